import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import helper from "node-red-node-test-helper";
import type { EdgeMessage } from "../../lib/messages";
import { newKey } from "../../lib/release/keys";
import { editorDefaults } from "../support/defaults";
import { until } from "../support/process";
import device = require("../../nodes/context-edge-device/context-edge-device");
import model = require("../../nodes/context-edge-model/context-edge-model");
import train = require("../../nodes/context-edge-model-train/context-edge-model-train");
import objects = require("../../nodes/context-edge-objects/context-edge-objects");
import store = require("../../nodes/context-edge-store/context-edge-store");
import modbus = require("../../nodes/context-edge-modbus/context-edge-modbus");
import opcua = require("../../nodes/context-edge-opcua/context-edge-opcua");
import plant = require("../../nodes/context-edge-plant/context-edge-plant");
import decision = require("../../nodes/decision/decision");
import emit = require("../../nodes/ldo-emit/ldo-emit");
import qr = require("../../nodes/qr-context/qr-context");
import fuse = require("../../nodes/sensor-fuse/sensor-fuse");
import infer = require("../../nodes/tensorrt-infer/tensorrt-infer");

const ALL = [device, store, objects, model, train, opcua, modbus, plant, qr, fuse, infer, decision, emit];
const CONFIG_TYPES = ["device", "store", "objects", "model", "opcua", "modbus"].map((type) => `context-edge-${type}`);
const TAB = "f00000000000000e";
const node = (n: number): string => `a00000000000001${n}`;
const channels = (max: number): string =>
  JSON.stringify([{ name: "temperature", unit: "°C", max: String(max), offset: "${OFFSET}" }]);
const idOf = (type: string): string => `e00000000000000${CONFIG_TYPES.indexOf(type)}`;

const PEM = newKey().public.pem;
const TRUSTED = {
  release_keys: PEM,
  pointer_keys: PEM,
  device: idOf("context-edge-device"),
  objects: idOf("context-edge-objects"),
};

/** What else must be set for a field to be read: the first in which it is counts. A field that none reads is not checked. */
const VARIANTS: Readonly<Record<string, readonly object[]>> = {
  "context-edge-store": [
    {},
    { kind: "redis" },
    { kind: "sentinel", sentinel_nodes: "127.0.0.1:9" },
    { kind: "cluster", cluster_nodes: "127.0.0.1:9" },
  ],
  "qr-context": [{}, { count_cycles: true }],
  "context-edge-model-train": [
    {},
    { monthly: true },
    { place: "github", repository: "plant/models", bucket: "s3://ldo" },
  ],
  "context-edge-model": [{}, { source: "channel", ...TRUSTED }],
  "context-edge-modbus": [{}, { transport: "serial", serial_port: "/dev/none" }],
  "context-edge-objects": [{}, { kind: "s3", endpoint: "http://127.0.0.1:9", bucket: "b" }],
};
const ROW_VARIANTS: Readonly<Record<string, readonly object[]>> = {
  "sensor-fuse": [{}, { type: "float32", match: "holding:0" }, { align: "band_hz" }],
};
const ROWS: Readonly<Record<string, object>> = {
  "qr-context.joins": { key: "asset:{context.a}", into: "a", required: "false" },
};

/** What each node that is loaded says is wrong with its settings. */
async function complaints(flow: object[]): Promise<Map<string, string>> {
  await helper.load(ALL, flow);
  const entries = helper.log().args.map(([entry]) => entry);
  const said = new Map<string, string>();
  for (const { id, msg } of entries)
    if (id !== undefined && /environment variable/.test(String(msg))) said.set(id, String(msg));
  return said;
}

describe("environment variables in a node's settings", () => {
  let dir: string;
  before(() => new Promise<void>((resolve) => helper.startServer(resolve)));
  after(() => new Promise<void>((resolve) => helper.stopServer(resolve)));
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), "ce-env-"))));
  afterEach(async () => {
    await helper.unload();
    for (const name of Object.keys(process.env)) if (name.startsWith("CE_TEST_")) delete process.env[name];
    rmSync(dir, { recursive: true, force: true });
  });

  for (const [type, defaults] of editorDefaults()) {
    it(`${type}: each field takes one, and names it when it is not set`, async function () {
      this.timeout(20_000);
      const base: Record<string, unknown> = {};
      for (const [name, { value, type: configType }] of Object.entries(defaults))
        base[name] = configType === undefined ? structuredClone(value) : idOf(configType);
      if (type === "context-edge-device") base["data_dir"] = dir;
      const isConfig = CONFIG_TYPES.includes(type);
      const flow: { id: string; [name: string]: unknown }[] = [{ id: TAB, type: "tab" }, ...configNodes(dir, type)];
      const expected = new Map<string, string>();
      const add = (field: string, settings: object): void => {
        const id = `d${String(flow.length).padStart(15, "0")}`;
        expected.set(id, field);
        flow.push({ ...settings, id, type, ...(isConfig ? {} : { z: TAB, wires: [] }) });
      };
      for (const [field, { type: configType }] of Object.entries(defaults)) {
        if (field === "name" || configType !== undefined) continue;
        for (const more of VARIANTS[type] ?? [{}]) add(field, { ...base, ...more, [field]: "${CE_TEST_UNSET}" });
        const rows = base[field];
        if (!Array.isArray(rows)) continue;
        const first = { ...(rows[0] as object | undefined), ...ROWS[`${type}.${field}`] };
        for (const column of Object.keys(first))
          for (const more of ROW_VARIANTS[type] ?? [{}])
            add(`${field} 1: ${column}`, {
              ...base,
              [field]: [{ ...first, ...more, [column]: "a ${CE_TEST_UNSET} b" }],
            });
      }
      const said = await complaints(flow);
      const named = new Set<string>();
      for (const [id, text] of said) {
        const field = expected.get(id) as string;
        assert.ok(text.includes(`${field} uses the environment variable CE_TEST_UNSET, which is not set`), text);
        named.add(field);
      }
      assert.deepEqual(
        [...new Set(expected.values())].filter((field) => !named.has(field)),
        [],
      );
    });
  }

  it("numbers come from the environment of each subflow instance; tables, and parts of a text, too", async () => {
    const instance = (n: number, offset: string, threshold: string) => ({
      id: `b00000000000000${n}`,
      type: "subflow:a000000000000001",
      z: TAB,
      x: 1,
      y: n,
      env: [
        { name: "NUMBER", type: "num", value: String(n) },
        { name: "OFFSET", type: "num", value: offset },
        { name: "THRESHOLD", type: "str", value: threshold },
        { name: "CHANNELS", type: "json", value: channels(1000 * n) },
      ],
      wires: [[`c00000000000000${n}`]],
    });
    const z = "a000000000000001";
    await helper.load(ALL, [
      { id: TAB, type: "tab" },
      {
        id: z,
        type: "subflow",
        in: [{ wires: [{ id: node(1) }] }],
        out: [{ wires: [{ id: node(2), port: 2 }] }],
        env: [],
      },
      {
        id: node(0),
        z,
        type: "context-edge-device",
        device_id: "edge-${NUMBER}",
        data_dir: `${dir}/\${NUMBER}/data`,
        assets: '[{"id": "motor-${NUMBER}"}]',
      },
      {
        id: node(1),
        z,
        type: "sensor-fuse",
        device: node(0),
        trigger: "any",
        channels: "${CHANNELS}",
        wires: [[node(2)], []],
      },
      {
        id: node(2),
        z,
        type: "decision",
        device: node(0),
        threshold: "${THRESHOLD}",
        release_below: "0.5",
        limits: [],
        wires: [[], [], []],
      },
      instance(1, "100", "0.95"),
      instance(2, "-5", "0.6"),
      ...[1, 2].map((n) => ({ id: `900000000000000${n}`, z: TAB, type: "helper", wires: [[`b00000000000000${n}`]] })),
      { id: "c000000000000001", z: TAB, type: "helper" },
      { id: "c000000000000002", z: TAB, type: "helper" },
    ]);
    const heard = new Map<number, EdgeMessage>();
    for (const n of [1, 2]) {
      helper.getNode(`c00000000000000${n}`).on("input", (message: EdgeMessage) => void heard.set(n, message));
      const prediction = { label: "bearing_wear", confidence: 0.9 };
      helper.getNode(`900000000000000${n}`).send({ topic: "temperature", payload: 40, prediction });
    }
    await until("both instances answer", () => heard.size === 2);
    assert.deepEqual(
      [1, 2].map((n) => [
        heard.get(n)?.sensor_data?.["temperature"],
        heard.get(n)?.asset?.id,
        heard.get(n)?.decision?.outcome,
      ]),
      [
        [140, "motor-1", "review"],
        [35, "motor-2", "delayed"],
      ],
    );
    for (const n of [1, 2]) assert.ok(existsSync(join(dir, String(n), "data", "identity.json")));
  });

  it("a variable of the flow and of the process are found too; what is no number is said with its value", async () => {
    process.env["CE_TEST_MAX"] = "many";
    await helper.load(ALL, [
      { id: TAB, type: "tab", env: [{ name: "PERIOD", type: "num", value: "-1" }] },
      { id: idOf("context-edge-device"), type: "context-edge-device", data_dir: dir },
      {
        id: "d1",
        z: TAB,
        type: "sensor-fuse",
        device: idOf("context-edge-device"),
        period_ms: "${PERIOD}",
        channels: [],
      },
      {
        id: "d2",
        z: TAB,
        type: "sensor-fuse",
        device: idOf("context-edge-device"),
        channels: [{ name: "a", max: "${CE_TEST_MAX}" }],
      },
    ]);
    const said = helper
      .log()
      .args.map(([{ msg }]) => String(msg))
      .join("\n");
    assert.match(said, /period_ms is "-1", must be a number, at least 10/);
    assert.match(said, /channels 1: max is "many", must be a number/);
  });
});

function configNodes(dir: string, except: string): { id: string; [name: string]: unknown }[] {
  const settings: Record<string, object> = {
    "context-edge-device": { data_dir: dir },
    "context-edge-store": { device: idOf("context-edge-device") },
    "context-edge-objects": { folder: join(dir, "objects") },
    "context-edge-model": { source: "none" },
    "context-edge-opcua": { endpoint: "opc.tcp://127.0.0.1:9" },
    "context-edge-modbus": { port: "9" },
  };
  return CONFIG_TYPES.filter((type) => type !== except).map((type) => ({ id: idOf(type), type, ...settings[type] }));
}
