import assert from "node:assert/strict";
import helper from "node-red-node-test-helper";
import type { EdgeMessage } from "../../lib/messages";
import { OwnSources, sourceRow } from "../support/own-sources";
import { until } from "../support/process";
import device = require("../../nodes/context-edge-device/context-edge-device");
import fuse = require("../../nodes/sensor-fuse/sensor-fuse");
import modbus = require("../../nodes/context-edge-modbus/context-edge-modbus");
import opcua = require("../../nodes/context-edge-opcua/context-edge-opcua");

const ASSETS = ["0", "7"];
/** What the device holds at 40011, and one further. */
const REGISTERS = [550, -1234];
const row = (name: string, source: string, match: string, more: object = {}): object =>
  sourceRow(name, source, match, { max_age_ms: "5000", ...more });

/** A channel row with {asset} in its node id or address, on real servers. */
describe("sensor-fuse's own sources, per asset", function () {
  this.timeout(60_000);
  let sources: OwnSources;

  before(async function () {
    this.timeout(120_000);
    sources = await OwnSources.start("fuse-assets", "--tags", "8");
  });
  afterEach(() => helper.unload());
  after(() => sources.stop());

  it("read each asset's own node and registers, and make a sample of each", async () => {
    const flow = [
      { id: "a1", type: "tab", label: "line" },
      {
        id: "d1",
        type: "context-edge-device",
        data_dir: sources.folder,
        assets: ASSETS.map((id) => ({ id, line: "line-1", station: "", readers: "" })),
      },
      { id: "u1", type: "context-edge-opcua", endpoint: sources.server.info.url, interval_ms: "100" },
      {
        id: "m1",
        type: "context-edge-modbus",
        host: "127.0.0.1",
        port: String(sources.plcPort),
        unit: "1",
        interval_ms: "100",
        assets: [
          { asset: "0", host: "", unit: "", offset: "0" },
          { asset: "7", host: "", unit: "", offset: "1" },
        ],
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
        period_ms: "200",
        channels: [
          row("tag", "opcua", "nsu=urn:peer:sensors;s=tag000{asset}"),
          row("register", "modbus", "40011@{asset}", { type: "int16" }),
        ],
        wires: [["o1"], []],
      },
      { id: "o1", z: "a1", type: "helper", x: 2, y: 1 },
    ];
    await helper.load([device, opcua, modbus, fuse], flow);
    const samples = new Map<string | undefined, EdgeMessage[]>();
    helper.getNode("o1").on("input", (message: EdgeMessage) => {
      const id = message.asset?.id;
      samples.set(id, [...(samples.get(id) ?? []), message]);
    });
    await until("both assets have samples", () => ASSETS.every((id) => (samples.get(id)?.length ?? 0) >= 3), 20_000);
    assert.deepEqual(new Set(samples.keys()), new Set(ASSETS), "and nobody else");
    const [first, second] = ASSETS.map((id) => samples.get(id)?.at(-1)?.sensor_data ?? {});
    const apart = (second?.["tag"] ?? NaN) - (first?.["tag"] ?? NaN);
    assert.ok(Math.abs(apart - 7) <= 1, `tag0007 stands ${apart} above tag0000`);
    assert.deepEqual([first?.["register"], second?.["register"]], REGISTERS);
  });
});
