import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import helper from "node-red-node-test-helper";
import type { EdgeMessage } from "../../lib/messages";
import { freePort } from "../support/ports";
import { until } from "../support/process";
import device = require("../../nodes/context-edge-device/context-edge-device");
import fuse = require("../../nodes/sensor-fuse/sensor-fuse");
import modbus = require("../../nodes/context-edge-modbus/context-edge-modbus");
import opcua = require("../../nodes/context-edge-opcua/context-edge-opcua");

const row = (name: string, unit: string, more: object = {}) => ({
  name,
  source: "wire",
  match: "",
  unit,
  max_age_ms: "2000",
  required: "true",
  ...more,
});
const registers = (name: string, match: string) => row(name, "", { source: "modbus", type: "uint16", match });
const SCAN = { id: "018f0000-0000-7000-8000-000000000001", code: "A", raw: "A", at: "2026-01-01T00:00:00.000Z" };

const receive = (message: EdgeMessage): void => helper.getNode("f1").receive(message);

describe("sensor-fuse", () => {
  let folder: string;

  before((done) => {
    folder = mkdtempSync(join(tmpdir(), "fuse-node-"));
    helper.init(require.resolve("node-red"), { userDir: folder });
    helper.startServer(done);
  });
  afterEach(() => helper.unload());
  after((done) => {
    rmSync(folder, { recursive: true, force: true });
    helper.stopServer(done);
  });

  /** Loads one fuse node and collects its outputs. */
  async function load(
    config: object,
    extra: object[] = [],
  ): Promise<{ samples: EdgeMessage[]; unusable: EdgeMessage[]; errors: EdgeMessage[] }> {
    await helper.load(
      [device, opcua, modbus, fuse],
      [
        { id: "a1", type: "tab", label: "line" },
        {
          id: "d1",
          type: "context-edge-device",
          data_dir: folder,
          assets: [{ id: "motor-1", line: "line-1", station: "test-1", readers: "reader-1" }],
        },
        { id: "f1", z: "a1", type: "sensor-fuse", x: 1, y: 1, device: "d1", wires: [["o1"], ["o2"]], ...config },
        { id: "o1", z: "a1", type: "helper", x: 2, y: 1 },
        { id: "o2", z: "a1", type: "helper", x: 2, y: 2 },
        { id: "c1", z: "a1", type: "catch", x: 1, y: 2, scope: null, wires: [["o3"]] },
        { id: "o3", z: "a1", type: "helper", x: 2, y: 3 },
        ...extra,
      ],
    );
    const heard = { samples: [] as EdgeMessage[], unusable: [] as EdgeMessage[], errors: [] as EdgeMessage[] };
    helper.getNode("o1").on("input", (message) => heard.samples.push(message));
    helper.getNode("o2").on("input", (message) => heard.unusable.push(message));
    helper.getNode("o3").on("input", (message) => heard.errors.push(message));
    return heard;
  }

  const CHANNELS = [
    row("vibration_x", "mm/s", { min: "0", max: "50" }),
    row("temperature", "°C", { min: "-20", max: "200", max_age_ms: "150" }),
  ];

  it("makes one sample out of readings and a scan", async () => {
    const { samples, unusable } = await load({ channels: CHANNELS });
    receive({ topic: "motor-1/vibration_x", payload: 1.8 });
    receive({ topic: "motor-1", payload: { temperature: 82 } });
    receive({ scan: SCAN, context: { product: "A" }, payload: {}, foreign: true });
    await until("a sample came", () => samples.length === 1);
    const [sample] = samples as [EdgeMessage];
    assert.deepEqual(sample.sensor_data, { vibration_x: 1.8, temperature: 82 });
    assert.deepEqual(sample.payload, sample.sensor_data);
    assert.equal(sample.asset?.id, "motor-1");
    assert.equal(sample["foreign"], true);
    assert.equal(unusable.length, 0, "absorbed readings are not sent on");
  });

  it("tells of staleness by itself, on output 2, and of the recovery", async () => {
    const { unusable } = await load({ channels: CHANNELS });
    receive({ payload: { vibration_x: 1.8, temperature: 82 } });
    await until("the notice came", () => unusable.length === 1, 3000);
    assert.equal(unusable[0]?.event?.kind, "channel-stale");
    assert.match(unusable[0]?.unusable?.reason ?? "", /temperature is stale: \d{3} ms old, limit 150 ms/);
    assert.equal(unusable[0]?.fusion, undefined);
    receive({ payload: { temperature: 82 } });
    await until("it is back", () => unusable.length === 2);
    assert.equal(unusable[1]?.event?.kind, "channel-good");
  });

  it("names the channel on output 2 when a scan finds it missing", async () => {
    const { samples, unusable } = await load({ channels: CHANNELS });
    receive({ payload: { vibration_x: 1.8 } });
    receive({ scan: SCAN, payload: {} });
    await until("it came", () => unusable.length === 1);
    assert.equal(unusable[0]?.unusable?.code, "channel-missing");
    assert.equal(unusable[0]?.unusable?.channel, "temperature");
    assert.equal(samples.length, 0);
  });

  it("answers every message with the reason when its configuration cannot work", async () => {
    for (const [config, reason] of [
      [
        { channels: [row("t", "", { source: "modbus", type: "float32", match: "40000" })] },
        /"40000" is not a Modbus address/,
      ],
      [{ channels: [row("t", "", { source: "opcua", match: "ns=2;s=t" })] }, /no working context-edge-opcua is chosen/],
      [{ channels: CHANNELS, device: "" }, /no working context-edge-device is chosen/],
      [{ channels: [row("t", "", { max_age_ms: "x" })] }, /max_age_ms is "x"/],
    ] as const) {
      const { errors } = await load(config);
      receive({ payload: { t: 1 } });
      await until("Catch heard of it", () => errors.length === 1);
      const { error } = errors[0] as unknown as { error: { message: string } };
      assert.match(error.message, reason);
      await helper.unload();
    }
  });

  it("lets go of all that it had begun when its configuration is refused", async () => {
    let connections = 0;
    const plc = createServer((socket) => {
      connections++;
      socket.on("error", () => undefined);
    }).listen(0, "127.0.0.1");
    await once(plc, "listening");
    const { port } = plc.address() as AddressInfo;
    const periodic = { trigger: "periodic", period_ms: "20" };
    const { samples, unusable } = await load(
      { ...periodic, channels: [registers("speed", "1"), registers("torque", "2@motor-1")], modbus: "m1" },
      [
        {
          id: "m1",
          type: "context-edge-modbus",
          host: "127.0.0.1",
          port: String(port),
          assets: [{ asset: "motor-1", offset: "65535" }],
        },
        { ...periodic, id: "f2", z: "a1", type: "sensor-fuse", device: "d1", channels: CHANNELS, wires: [[], ["o1"]] },
      ],
    );
    const refusal = /"2@motor-1" and the offset 65535/;
    const { error } = helper.getNode("f1") as unknown as { error: { args: [string][] } };
    assert.match(error.args[0]?.[0] ?? "", refusal);
    await until("its neighbour made samples meanwhile", () => samples.length >= 10);
    plc.close();
    assert.deepEqual({ unusable: unusable.length, connections }, { unusable: 0, connections: 0 });
  });

  it("answers a connection test in words, where nobody listens", async () => {
    await load({ channels: CHANNELS });
    const port = await freePort();
    interface Post {
      post(path: string): { send(body: object): PromiseLike<{ body: { ok: boolean; text: string } }> };
    }
    const post = async (type: string, body: object): Promise<{ ok: boolean; text: string }> => {
      const answer = await (helper.request() as Post).post(`/context-edge/${type}/test`).send(body);
      return answer.body;
    };
    const noDevice = await post("context-edge-modbus", { host: "127.0.0.1", port: String(port) });
    assert.equal(noDevice.ok, false);
    assert.match(noDevice.text, /ECONNREFUSED/);
    const wrong = await post("context-edge-opcua", { endpoint: "http://127.0.0.1" });
    assert.deepEqual(wrong.ok, false);
    assert.match(wrong.text, /must start with opc\.tcp/);
    const elsewhere = await post("context-edge-opcua", {
      endpoint: `opc.tcp://127.0.0.1:${port}`,
      user: "op",
      password: "__PWRD__",
    });
    assert.match(elsewhere.text, /stored password belongs to another endpoint/);
  });
});
