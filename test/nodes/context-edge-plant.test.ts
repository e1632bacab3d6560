import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import helper from "node-red-node-test-helper";
import type { EdgeMessage } from "../../lib/messages";
import { CHANNELS } from "../../lib/plant/catalogue";
import { until } from "../support/process";
import plant = require("../../nodes/context-edge-plant/context-edge-plant");
import device = require("../../nodes/context-edge-device/context-edge-device");

const FAST = { rate_hz: 100, cycle_s: 0.1, faults: false, seed: 7 };

function temperatureOf(reading: EdgeMessage | undefined): number {
  return (reading?.payload as { temperature: number } | undefined)?.temperature ?? NaN;
}

/** Loads a plant wired to two collectors and returns what came out of outputs 1 and 2. */
async function run(config: object, extra: object[] = []): Promise<{ scans: EdgeMessage[]; readings: EdgeMessage[] }> {
  const flow = [
    { id: "a1", type: "tab", label: "line" },
    { id: "a2", z: "a1", type: "context-edge-plant", x: 1, y: 1, wires: [["a3"], ["a4"]], ...FAST, ...config },
    { id: "a3", z: "a1", type: "helper", x: 2, y: 1 },
    { id: "a4", z: "a1", type: "helper", x: 2, y: 2 },
    ...extra,
  ];
  await helper.load([plant, device], flow);
  const heard = { scans: [] as EdgeMessage[], readings: [] as EdgeMessage[] };
  helper.getNode("a3").on("input", (message) => heard.scans.push(message));
  helper.getNode("a4").on("input", (message) => heard.readings.push(message));
  return heard;
}

describe("context-edge-plant", () => {
  let folder: string;

  before((done) => {
    folder = mkdtempSync(join(tmpdir(), "plant-node-"));
    helper.init(require.resolve("node-red"), { userDir: folder });
    helper.startServer(done);
  });
  afterEach(() => helper.unload());
  after((done) => {
    rmSync(folder, { recursive: true, force: true });
    helper.stopServer(done);
  });

  it("sends the contexts first, then scans whose keys are among them, and readings as objects", async () => {
    const { scans, readings } = await run({ assets: 2 });
    await until("scans came from both assets", () => new Set(scans.slice(1).map((scan) => scan.topic)).size === 2);
    const [first, ...rest] = scans as [EdgeMessage, ...EdgeMessage[]];
    assert.deepEqual(first.command, { name: "import" });
    const keys = new Set((first.payload as { key: string }[]).map(({ key }) => key));
    for (const scan of rest) {
      assert.ok(keys.has(`context:${String(scan.payload)}`), String(scan.payload));
      assert.equal(scan.reader, scan.topic === "motor-1" ? "reader-1" : "reader-2");
      assert.equal(scan.simulated, true);
    }
    assert.deepEqual(Object.keys(readings[0]?.payload as object), [...CHANNELS]);
    assert.equal(readings[0]?.topic, "motor-1");
    assert.equal(readings[0]?.simulated, true);
  });

  it("sends one message per channel when asked to", async () => {
    const { readings } = await run({ readings: "channels" });
    await until("readings came", () => readings.length >= 4);
    assert.deepEqual(
      readings.slice(0, 4).map(({ topic }) => topic),
      CHANNELS.map((channel) => `motor-1/${channel}`),
    );
    for (const { payload } of readings) assert.equal(typeof payload, "number");
  });

  it("takes asset ids and readers from the device", async () => {
    const { scans } = await run({ device: "a5", assets: 1 }, [
      { id: "a5", type: "context-edge-device", data_dir: folder, assets: [{ id: "press-9", readers: "gate-3" }] },
    ]);
    await until("a scan came", () => scans.length >= 2);
    assert.deepEqual([scans[1]?.topic, scans[1]?.reader], ["press-9", "gate-3"]);
  });

  it("shows the fault it is told to show, and keeps the truth in the record alone", async () => {
    const record = join(folder, "record.ndjson");
    const { scans, readings } = await run({ record: "record.ndjson" });
    await until("the plant runs", () => scans.length >= 2);
    helper.getNode("a2").receive({ command: { name: "inject", state: "over_temperature", duration_s: 60 } });
    await until("it gets hot", () => temperatureOf(readings.at(-1)) > 75);
    const count = scans.length;
    await until("it is scanned while hot", () => scans.length >= count + 2);
    assert.ok(scans.slice(1).every((scan) => !JSON.stringify(scan).includes("cooling_loss")));
    await helper.unload();
    const lines = readFileSync(record, "utf8").trim().split("\n").map((line) => JSON.parse(line) as { state: string }); // prettier-ignore
    assert.equal(lines.length, scans.length - 1);
    assert.equal(lines[0]?.state, "normal");
    assert.equal(lines.at(-1)?.state, "other");
  });

  it("stops and starts on command", async () => {
    const { readings } = await run({});
    await until("the plant runs", () => readings.length > 0);
    const node = helper.getNode("a2");
    node.receive({ command: { name: "stop" } });
    const held = readings.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(readings.length <= held + 1);
    node.receive({ command: { name: "start" } });
    await until("it goes on", () => readings.length > held + 2);
  });

  it("answers a command it does not know with plant-command, through done alone", async () => {
    await run({});
    const node = helper.getNode("a2");
    for (const message of [
      { payload: "x" },
      { command: "stop" },
      { command: { name: "explode" } },
      { command: { name: "clear", asset: "x" } },
    ]) {
      const logged = helper.log().args.length;
      node.receive(message);
      await until("the error is said", () => helper.log().args.length > logged);
      const errors = helper.log().args.slice(logged).filter(([entry]) => entry.level === 20); // prettier-ignore
      assert.equal(errors.length, 1);
    }
  });

  it("goes on without its record when that cannot be written, and says so once", async () => {
    const { scans } = await run({ record: "no/such/folder/record.ndjson" });
    await until("it scans", () => scans.length >= 4);
    const said = helper.log().args.filter(([{ level, msg }]) => level === 20 && String(msg).startsWith("plant-record"));
    assert.equal(said.length, 1);
  });

  it("its example loads and runs", async () => {
    const text = readFileSync(join(__dirname, "..", "..", "examples", "context-edge-plant.json"), "utf8");
    const flow = (JSON.parse(text) as { id: string; type: string }[]).filter(({ type }) => !["inject", "debug", "comment"].includes(type)); // prettier-ignore
    const sinks = ["21", "22"].map((end) => ({ id: `a7c0de00000000${end}`, z: "a7c0de0000000001", type: "helper", x: 1, y: 1 })); // prettier-ignore
    await helper.load([plant, device], [...flow, ...sinks]);
    let readings = 0;
    helper.getNode("a7c0de0000000022").on("input", () => readings++);
    await until("it reads", () => readings > 3);
  });

  it("says what is wrong with its configuration", async () => {
    await run({ rate_hz: "fast" });
    const [[entry]] = helper.log().args.filter(([{ level, type }]) => level === 20 && type === "context-edge-plant");
    assert.match(String(entry.msg), /rate_hz is "fast", must be a number from 0.1 to 500/);
  });
});
