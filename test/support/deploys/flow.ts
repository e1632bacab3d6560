import { join } from "node:path";

/** A node as it stands in flows.json. */
export type FlowNode = Record<string, unknown> & { id: string; type: string };

export interface Peers {
  readonly redis: string;
  readonly opcua: string;
  readonly modbus: number;
  readonly dir: string;
}

const id = (n: number): string => `de9107000000${n.toString(16).padStart(4, "0")}`;
const [DEVICE, REDIS, EMBEDDED, OBJECTS, MODEL, OPCUA, MODBUS] = [1, 2, 3, 4, 5, 6, 7].map(id) as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];
export const TABS = [id(0x10), id(0x20)] as const;
export const [SCAN, FUSE] = [id(0x11), id(0x12)] as const;
export { MODEL };

const channel = (name: string, unit: string, more: object = {}) => ({
  name,
  source: "wire",
  unit,
  max_age_ms: "60000",
  required: "false",
  ...more,
});

/** Scan to record, twice: once with every kind of peer there is, once with a plant of its own. */
export function deployedFlow({ redis, opcua, modbus, dir }: Peers): FlowNode[] {
  const assets = [1, 2, 3, 4].map((n) => ({ id: `motor-${n}`, line: "line-1", station: `test-${n}`, readers: "" }));
  const config: FlowNode[] = [
    { id: DEVICE, type: "context-edge-device", device_id: "edge-1", data_dir: join(dir, "data"), assets },
    { id: REDIS, type: "context-edge-store", kind: "redis", url: redis },
    { id: EMBEDDED, type: "context-edge-store", kind: "embedded", device: DEVICE },
    { id: OBJECTS, type: "context-edge-objects", kind: "folder", folder: join(dir, "bucket") },
    { id: MODEL, type: "context-edge-model", name: "model" },
    { id: OPCUA, type: "context-edge-opcua", endpoint: opcua, interval_ms: "100" },
    { id: MODBUS, type: "context-edge-modbus", host: "127.0.0.1", port: String(modbus), interval_ms: "200" },
  ];
  const peers = [
    channel("temperature", "°C"),
    channel("vibration_x", "mm/s"),
    channel("vibration_y", "mm/s", { source: "opcua", match: "ns=1;s={asset}.vibration_y" }),
    channel("current", "A", { source: "modbus", match: "6", type: "float32" }),
  ];
  const wired = peers.map((row) => ({ ...row, source: "wire", match: "", type: "number" }));
  return [
    ...config,
    ...chain(0x10, "peers", REDIS, { opcua: OPCUA, modbus: MODBUS, channels: peers }, undefined),
    ...chain(
      0x20,
      "plant",
      EMBEDDED,
      { channels: wired },
      { rate_hz: "20", cycle_s: "0.2", assets: "2", device: DEVICE },
    ),
  ];
}

function chain(from: number, label: string, store: string, fusing: object, plant: object | undefined): FlowNode[] {
  const z = id(from);
  const [scan, fuse, infer, decision, emit, failures] = [1, 2, 3, 4, 5, 6].map((n) => id(from + n)) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const at = (column: number): object => ({ z, x: 100 + 180 * column, y: 100 });
  const nodes: FlowNode[] = [
    { id: z, type: "tab", label },
    { ...at(1), id: scan, type: "qr-context", device: DEVICE, store, debounce_ms: "0", wires: [[fuse], [fuse]] },
    {
      ...at(2),
      id: fuse,
      type: "sensor-fuse",
      device: DEVICE,
      trigger: "scan",
      ...fusing,
      wires: [[infer], [decision]],
    },
    { ...at(3), id: infer, type: "tensorrt-infer", model: MODEL, wires: [[decision]] },
    { ...at(4), id: decision, type: "decision", device: DEVICE, model: MODEL, wires: [[], [], [emit]] },
    {
      ...at(5),
      id: emit,
      type: "ldo-emit",
      device: DEVICE,
      objects: OBJECTS,
      seal_after_s: "2",
      wires: [[], []],
    },
    { ...at(6), id: failures, type: "catch", scope: null, wires: [[]] },
  ];
  if (plant) nodes.push({ ...at(0), id: id(from + 7), type: "context-edge-plant", ...plant, wires: [[scan], [fuse]] });
  return nodes;
}
