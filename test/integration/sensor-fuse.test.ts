import assert from "node:assert/strict";
import helper from "node-red-node-test-helper";
import type { EdgeMessage } from "../../lib/messages";
import { OwnSources, sourceRow } from "../support/own-sources";
import { until } from "../support/process";
import device = require("../../nodes/context-edge-device/context-edge-device");
import fuse = require("../../nodes/sensor-fuse/sensor-fuse");
import modbus = require("../../nodes/context-edge-modbus/context-edge-modbus");
import opcua = require("../../nodes/context-edge-opcua/context-edge-opcua");

const row = (name: string, source: string, match: string, more: object = {}): object =>
  sourceRow(name, source, match, { max_age_ms: "1000", ...more });

/** The node as it runs in Node-RED, on an OPC UA server and a Modbus device of its own. */
describe("sensor-fuse with its own sources", function () {
  this.timeout(60_000);
  let sources: OwnSources;

  before(async function () {
    this.timeout(120_000);
    sources = await OwnSources.start("fuse", "--user", "op:secret", "--no-anonymous");
  });
  afterEach(() => helper.unload());
  after(() => sources.stop());

  it("fuses channels of both, tells which one went stale, and is back by itself", async () => {
    await helper.load(
      [device, opcua, modbus, fuse],
      [
        { id: "a1", type: "tab", label: "line" },
        {
          id: "d1",
          type: "context-edge-device",
          data_dir: sources.folder,
          assets: [{ id: "motor-1", line: "line-1", station: "", readers: "" }],
        },
        {
          id: "u1",
          type: "context-edge-opcua",
          endpoint: sources.server.info.url,
          interval_ms: "100",
          watchdog_ms: "5000",
        },
        {
          id: "m1",
          type: "context-edge-modbus",
          host: "127.0.0.1",
          port: String(sources.plcPort),
          unit: "1",
          interval_ms: "100",
          timeout_ms: "300",
        },
        {
          id: "f1",
          z: "a1",
          type: "sensor-fuse",
          x: 1,
          y: 1,
          device: "d1",
          opcua: "u1",
          modbus: "m1",
          trigger: "periodic",
          period_ms: "100",
          channels: [
            row("temperature", "opcua", "nsu=urn:peer:sensors;s=temperature", { unit: "°C" }),
            row("speed", "modbus", "40011", { type: "int16", scale: "0.1" }),
            row("level", "modbus", "input:6", { type: "float32", order: "DCBA" }),
          ],
          wires: [["o1"], ["o2"]],
        },
        { id: "o1", z: "a1", type: "helper", x: 2, y: 1 },
        { id: "o2", z: "a1", type: "helper", x: 2, y: 2 },
      ],
      { u1: { user: "op", password: "secret" } },
    );
    const samples: EdgeMessage[] = [];
    const notices: EdgeMessage[] = [];
    helper.getNode("o1").on("input", (message) => samples.push(message));
    helper.getNode("o2").on("input", (message) => (message["event"] ? notices.push(message) : undefined));

    await until("a complete sample", () => samples.length > 0);
    const [{ sensor_data: data, fusion, asset }] = samples as [EdgeMessage];
    assert.ok(Math.abs((data?.["speed"] ?? NaN) - 55) < 1e-9);
    assert.equal(data?.["level"], Math.fround(-273.15));
    assert.ok((data?.["temperature"] ?? NaN) > 10);
    assert.equal(fusion?.channels["speed"]?.source, "modbus");
    assert.equal(asset?.id, "motor-1");

    await sources.plc.command("hang on");
    const stale = (): unknown[] =>
      notices.filter(({ event }) => event?.kind === "channel-stale").map(({ event }) => event?.["channel"]);
    await until("the staleness of both is told", () => stale().length >= 2, 5000);
    assert.deepEqual(new Set(stale()), new Set(["level", "speed"]));
    await sources.plc.command("hang off");
    await until(
      "the recovery is told",
      () => notices.filter(({ event }) => event?.kind === "channel-good").length === 2,
      5000,
    );
    const counted = samples.length;
    await until("samples go on", () => samples.length > counted);
  });

  it("closes its connections with the flow", async () => {
    await until("the device sees none", async () => (await sources.plc.command("state"))["connections"] === 0);
    await until("the server sees none", async () => (await sources.server.command("state"))["connections"] === 0);
  });
});
