/** Something that raises alarms, for the examples that send them on: buttons, a judged sample, a decision node. */
import { functionFrom } from "../files";
import type { Place, Ref, Sheet } from "../sheet";

const SAMPLES: readonly (readonly [key: string, name: string, payload: object])[] = [
  ["wear", "bearing wear", { label: "bearing_wear", confidence: 0.93, temperature: 79 }],
  ["hot", "97 °C", { label: "normal", confidence: 0.97, temperature: 97 }],
  ["normal", "normal", { label: "normal", confidence: 0.97, temperature: 75 }],
];

const COMMANDS: readonly (readonly [key: string, name: string, command: object])[] = [
  ["ack", "acknowledge bearing wear", { name: "ack", label: "bearing_wear" }],
  ["close-wear", "close: bearing replaced", { name: "close", label: "bearing_wear", cause: "bearing replaced" }],
  ["close-hot", "close: fan cleaned", { name: "close", label: "limit:temperature", cause: "fan cleaned" }],
];

/** @returns decision: output 1 is what the examples send on, its input takes their commands */
export function addAlarmSource(sheet: Sheet): Ref {
  const place = (col: number, row: number): Place => ({ col, row: 2 + row });
  const device = sheet.config("context-edge-device", "device", {
    name: "example",
    site: "demo",
    line: "line-1",
    data_dir: "context-edge/alerts-example",
    assets: [{ id: "motor-1", line: "line-1", station: "test-1", readers: "reader-1" }],
  });
  const judged = sheet.node("function", "judged", place(1, 1), {
    name: "a judged sample",
    ...functionFrom(["alerts", "sample.js"]),
  });
  const decision = sheet.node("decision", "decision", place(2, 3), {
    name: "decide",
    device,
    on_n: "1",
    on_m: "1",
    off_delay_s: "5",
  });
  sheet.wire(judged, 0, decision);
  const samples = SAMPLES.map(([key, name, payload], i) => {
    const button = sheet.node("inject", key, place(0, i), press(name, [json("payload", payload)]));
    sheet.wire(button, 0, judged);
    return button;
  });
  const commands = COMMANDS.map(([key, name, fields], i) => {
    const command = { ...fields, asset: "motor-1", by: "example" };
    const button = sheet.node("inject", key, place(0, 3 + i), press(name, [json("command", command)]));
    sheet.wire(button, 0, decision);
    return button;
  });
  sheet.group("source", "Alarms to try it with (in your flow: the decision node you have)", [
    ...samples,
    ...commands,
    judged,
    decision,
  ]);
  return decision;
}

function json(property: string, value: object): object {
  return { p: property, v: JSON.stringify(value), vt: "json" };
}

function press(name: string, props: object[]): Record<string, unknown> {
  return { name, props, repeat: "", crontab: "", once: false, onceDelay: 0.1, topic: "" };
}

/** Asks decision for what is open, and for what was closed lately: at the start, and now and then, should an event be lost. */
export function addAsking(sheet: Sheet, decision: Ref, at: Place, repeatS = "60"): Ref[] {
  const asks = [
    ["ask-closed", "closed lately, at start", { name: "list", closed: true, limit: 100 }, "", "1"],
    ["ask-open", `open, at start and every ${repeatS} s`, { name: "list" }, repeatS, "1.5"],
  ] as const;
  return asks.map(([key, name, command, repeat, onceDelay], i) => {
    const ask = sheet.node(
      "inject",
      key,
      { col: at.col, row: at.row + i },
      { ...press(name, [json("command", command)]), repeat, once: true, onceDelay },
    );
    sheet.wire(ask, 0, decision);
    return ask;
  });
}
