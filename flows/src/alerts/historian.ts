import { functionFrom, source } from "../files";
import { globalConfig } from "../modules";
import { Sheet, type FlowNode } from "../sheet";
import { post } from "./http";
import { addAlarmSource } from "./source";

const INFLUX_ENV = { INFLUX_URL: "http://127.0.0.1:8086/write?db=plant&precision=ms", INFLUX_TOKEN: "" } as const;

/** Samples and alarms to a historian. */
export function historian(): FlowNode[] {
  const info = source("alerts", "historian.md");
  const sheet = new Sheet("historian", "Samples and alarms to a historian", info);
  sheet.comment("start", { col: 0, row: 0 }, "Every sample and alarm event as InfluxDB line protocol over HTTP", info);
  const decision = addAlarmSource(sheet);
  const lines = sheet.node(
    "function",
    "lines",
    { col: 3.2, row: 4 },
    { name: "lines, in batches", ...functionFrom(["alerts", "historian.js"]) },
  );
  const request = sheet.node("http request", "request", { col: 4.1, row: 4 }, post("write"));
  const tick = sheet.node(
    "inject",
    "tick",
    { col: 3.2, row: 5.4 },
    {
      name: "each second",
      props: [{ p: "topic", vt: "str" }],
      repeat: "1",
      crontab: "",
      once: true,
      onceDelay: "1",
      topic: "tick",
    },
  );
  sheet.wire(decision, 0, lines);
  sheet.wire(decision, 2, lines);
  sheet.wire(tick, 0, lines);
  sheet.wire(lines, 0, request);
  sheet.wire(request, 0, lines);
  sheet.group("historian", "To the historian (copy this to where your decision node is)", [lines, request, tick]);
  return [...sheet.json(), globalConfig(INFLUX_ENV, {})];
}
