import assert from "node:assert/strict";
import { historian } from "../../flows/src/alerts/historian";
import { press, withEnv } from "../support/alarms";
import { influxdb, type TestInflux } from "../support/influxdb";
import { linkedPalette, removeUserDir, startNodeRed, type NodeRed } from "../support/nodered";
import { until } from "../support/process";

/** Events of one millisecond come back in any order; their number says which was first. */
const inOrder = (events: Record<string, unknown>[]): Record<string, unknown>[] =>
  events.toSorted((one, other) => Number(one["number"]) - Number(other["number"]));

describe("samples and alarms to a historian", function () {
  this.timeout(60_000);
  let server: TestInflux;
  let userDir: string;
  let red: NodeRed;
  let flow: ReturnType<typeof historian>;

  before(async function () {
    this.timeout(300_000);
    server = await influxdb("plant");
    userDir = linkedPalette();
    flow = withEnv(historian(), { INFLUX_URL: `${server.url}/write?db=plant&precision=ms`, INFLUX_TOKEN: "" });
    red = await startNodeRed({ version: "5.0.7", userDir, flow });
  });
  after(async () => {
    await red?.stop();
    await server?.stop();
    removeUserDir(userDir);
  });

  const button = (name: string): Promise<void> => press(red, flow, name);
  const rows = async (q: string, count: number): Promise<Record<string, unknown>[]> => {
    let found: Record<string, unknown>[] = [];
    await until(`${count} rows of ${q}`, async () => (found = await server.query(q)).length === count, 20_000);
    return found;
  };

  it("writes what came while the historian was not there, once it is", async () => {
    await button("97 °C");
    await until("it was tried", () => red.process.output.includes("ECONNREFUSED"));
    await server.start();
    const columns = "temperature, vibration_x, outcome, prediction, confidence, asset, line, station";
    const [sample] = await rows(`SELECT ${columns} FROM sample`, 1);
    const { time, ...written } = sample ?? {};
    assert.ok(Math.abs(Date.now() - Date.parse(String(time))) < 30_000, String(time));
    assert.deepEqual(written, {
      temperature: 97,
      vibration_x: 1.8,
      outcome: "alert",
      prediction: "normal",
      confidence: 0.97,
      asset: "motor-1",
      line: "line-1",
      station: "test-1",
    });
  });

  it("writes each alarm event with its number", async () => {
    await button("close: fan cleaned");
    const columns = ["event", "number", "label", "severity", "active", "open", "cause"];
    const events = await rows(`SELECT ${columns.join(", ")} FROM alarm`, 2);
    assert.deepEqual(
      inOrder(events).map((event) => columns.map((column) => event[column])),
      [
        ["raised", 1, "limit:temperature", "critical", true, true, "temperature 97 (limit 95)"],
        ["closed", 2, "limit:temperature", "critical", false, false, "by example: fan cleaned"],
      ],
    );
  });

  it("is not stopped by names and causes with every sign that means something to the protocol", async () => {
    const awkward = 'a,b=c d"e\\';
    const odd = flow.map((node) => {
      if (node["name"] === "a judged sample")
        return { ...node, func: String(node["func"]).replaceAll('"motor-1"', JSON.stringify(awkward)) };
      if (node["name"] !== "close: bearing replaced") return node;
      const command = {
        name: "close",
        label: "bearing_wear",
        asset: awkward,
        by: "x",
        cause: 'he said "no\\" = 1, 2\n3',
      };
      return { ...node, props: [{ p: "command", v: JSON.stringify(command), vt: "json" }] };
    });
    await red.deploy(odd);
    await button("bearing wear");
    await button("close: bearing replaced");
    const events = await rows("SELECT number, asset, cause FROM alarm WHERE label = 'bearing_wear'", 2);
    const asset = 'a,b=c d"e/';
    assert.deepEqual(
      inOrder(events).map((event) => ({ number: event["number"], asset: event["asset"], cause: event["cause"] })),
      [
        { number: 1, asset, cause: "the model says so, at 0.93" },
        { number: 2, asset, cause: 'by x: he said "no\\" = 1, 2\n3' },
      ],
    );
  });
});
