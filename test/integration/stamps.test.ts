import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import helper from "node-red-node-test-helper";
import type { ChannelState, EdgeMessage } from "../../lib/messages";
import { scratch } from "../support/cache";
import { startOpcuaPeer, type Peer } from "../support/peers";
import { until } from "../support/process";
import device = require("../../nodes/context-edge-device/context-edge-device");
import fuse = require("../../nodes/sensor-fuse/sensor-fuse");
import opcua = require("../../nodes/context-edge-opcua/context-edge-opcua");

const HOUR = 3_600_000;

const row = (name: string, age: string) => ({
  name,
  age,
  source: "opcua",
  match: "nsu=urn:peer:sensors;s=temperature",
  max_age_ms: "700",
  required: "false",
});

interface Shown {
  on(event: "call:status", listener: (call: { args: [{ text: string }] }) => void): void;
}

/** One variable of an OPC UA server, read twice: aged by its arrival, and by the stamp that the server puts on it. */
describe("stamps of an OPC UA server", function () {
  this.timeout(60_000);
  let folder: string;
  let server: Peer;
  let last: EdgeMessage | undefined;
  const statuses = { connection: [] as string[], fusion: [] as string[] };

  before(async function () {
    this.timeout(120_000);
    folder = scratch("stamps");
    server = await startOpcuaPeer("--rate", "20");
    helper.init(require.resolve("node-red"), { userDir: folder });
    await new Promise<void>((resolve) => helper.startServer(resolve));
    await helper.load(
      [device, opcua, fuse],
      [
        { id: "a1", type: "tab", label: "line" },
        { id: "d1", type: "context-edge-device", data_dir: folder, assets: [{ id: "motor-1" }] },
        { id: "u1", type: "context-edge-opcua", endpoint: server.info.url, interval_ms: "50", watchdog_ms: "5000" },
        {
          id: "f1",
          z: "a1",
          type: "sensor-fuse",
          x: 1,
          y: 1,
          device: "d1",
          opcua: "u1",
          trigger: "periodic",
          period_ms: "50",
          wires: [["o1"], []],
          channels: [row("by_arrival", "arrival"), row("by_stamp", "stamp")],
        },
        {
          id: "f2",
          z: "a1",
          type: "sensor-fuse",
          x: 1,
          y: 2,
          device: "d1",
          opcua: "u1",
          trigger: "any",
          wires: [[], []],
          channels: [row("by_arrival", "arrival")],
        },
        { id: "o1", z: "a1", type: "helper", x: 2, y: 1 },
      ],
    );
    helper.getNode("o1").on("input", (message) => (last = message));
    for (const [id, shown] of [
      ["u1", statuses.connection],
      ["f2", statuses.fusion],
    ] as const)
      (helper.getNode(id) as unknown as Shown).on("call:status", ({ args: [{ text }] }) => shown.push(text));
    await goodAgain();
  });
  afterEach(async () => {
    await server.command("freeze temperature off");
    await server.command("ts temperature auto");
    await goodAgain();
  });
  after(async () => {
    await helper.unload();
    await Promise.all([server.stop(), new Promise<void>((resolve) => helper.stopServer(resolve))]);
    rmSync(folder, { recursive: true, force: true });
  });

  const channel = (name: string): ChannelState | undefined => last?.fusion?.channels[name];

  async function goodAgain(): Promise<void> {
    await until(
      "both channels are good",
      () => ["by_arrival", "by_stamp"].every((name) => channel(name)?.quality === "good"),
      10_000,
    );
  }

  const says = (saying: RegExp): Promise<void> =>
    until(`by_stamp says ${saying}`, () => saying.test(channel("by_stamp")?.reason ?? ""), 5000);

  /** Waits until the trusted channel says this; the other one must not care. */
  async function only(saying: RegExp): Promise<void> {
    await says(saying);
    assert.equal(channel("by_arrival")?.quality, "good");
    assert.equal(last?.sensor_data?.["by_stamp"], null);
  }

  it("count where they are trusted, and are measured in either case", () => {
    for (const name of ["by_arrival", "by_stamp"]) {
      const { skew_ms: skew = NaN, age_ms: age } = channel(name) as ChannelState;
      assert.ok(skew <= 0 && skew > -1000, `${name}: the same machine's clock, and a way of ${skew} ms`);
      assert.ok(age !== null && age <= 700);
    }
  });

  it("that stand still while values change make the channel stale, and say so", async () => {
    await server.command("freeze temperature on");
    await says(
      /^by_stamp is stale: .*(its source timestamp stands still|the stamp of its last \d+ readings is the same)/,
    );
    assert.equal(last?.sensor_data?.["by_stamp"], null);
  });

  it("of a clock that is an hour ahead are refused, and the skew shows it", async () => {
    await server.command(`ts temperature ${HOUR}`);
    await only(/^by_stamp is bad: its stamp is 3,[56]\d\d,\d{3} ms ahead of this device's clock/);
    assert.ok(Math.abs((channel("by_arrival")?.skew_ms ?? 0) - HOUR) < 1000);
    const ahead = /stamps (of OPC UA )?3,(600|599) s ahead$/;
    for (const shown of [statuses.connection, statuses.fusion])
      await until("the status says so", () => ahead.test(shown.at(-1) ?? ""));
    const told = statuses.connection.length;
    assert.ok(statuses.connection.includes("connected · its stamps in step"), "what it was before");
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.equal(statuses.connection.length, told, "it is said once, not with every value");
  });

  it("of a clock that is an hour behind make the channel stale", async () => {
    await server.command(`ts temperature ${-HOUR}`);
    await only(/^by_stamp is stale: 3,[56]\d\d,\d{3} ms old/);
  });

  it("that are not there are missed", async () => {
    await server.command("ts temperature none");
    await only(/^by_stamp is bad: its source is trusted for its stamps and gave none$/);
  });
});
