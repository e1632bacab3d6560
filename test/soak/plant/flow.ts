/** The loop for eight machines: one reader of codes, a sensor-fuse with its own source per machine, one model, one record. */
import { PRODUCTS, RECIPES } from "../../../lib/plant/catalogue";
import { id } from "../../../bench/edge/flows";
import { CHANNELS, type Machine } from "./machines";

type FlowNode = Record<string, unknown>;

const REGISTERS = { vibration_x: 40, vibration_y: 42, temperature: 44, current: 46 } as const;
const UNITS = { vibration_x: "mm/s", vibration_y: "mm/s", temperature: "°C", current: "A" } as const;
/** A value older than this is not used. */
export const MAX_AGE_MS = 1_500;
export const INTERVAL_MS = 200;

export function plantFlow(machines: readonly Machine[]): FlowNode[] {
  const z = id("soak");
  const at = (name: string, x: number, y: number) => ({ id: id(name), z, x, y });
  const device = id("device");
  const fuses = machines.flatMap((machine, i) => [
    {
      ...at(`fuse-${machine.asset}`, 520, 80 + 60 * i),
      type: "sensor-fuse",
      name: machine.asset,
      device,
      trigger: "scan",
      asset: machine.asset,
      channels: CHANNELS.map((name) => channel(machine, name)),
      [machine.protocol]: id(`plc-${machine.asset}`),
      wires: [[id("infer")], [id("gaps"), id("decision")]],
    },
    plc(machine),
  ]);
  return [
    { id: z, type: "tab", label: "eight machines" },
    { ...at("scans", 100, 80), type: "bench-in", name: "scans", wires: [[id("qr")]] },
    {
      ...at("qr", 240, 80),
      type: "qr-context",
      device,
      store: id("store"),
      key: "context:{asset}",
      joins: [],
      deadline_ms: "1000",
      debounce_ms: "0",
      queue: "1000",
      wires: [[id("route")], [id("route")]],
    },
    {
      ...at("route", 380, 80),
      type: "switch",
      property: "asset.id",
      propertyType: "msg",
      rules: machines.map(({ asset }) => ({ t: "eq", v: asset, vt: "str" })),
      checkall: "false",
      outputs: machines.length,
      wires: machines.map(({ asset }) => [id(`fuse-${asset}`)]),
    },
    ...fuses,
    { ...at("infer", 700, 80), type: "tensorrt-infer", model: id("model"), wires: [[id("decision")]] },
    {
      ...at("decision", 860, 80),
      type: "decision",
      device,
      model: id("model"),
      wires: [[], [], [id("emit")]],
    },
    {
      ...at("emit", 1020, 80),
      type: "ldo-emit",
      device,
      objects: id("objects"),
      seal_after_s: "2",
      wires: [[id("kept")], []],
    },
    { ...at("kept", 1180, 80), type: "bench-out", name: "kept", wires: [] },
    { ...at("gaps", 700, 160), type: "bench-out", name: "gaps", wires: [] },
    {
      id: device,
      type: "context-edge-device",
      name: "soak",
      mode: "live",
      data_dir: "data",
      assets: machines.map(({ asset }, i) => ({ id: asset, line: "line-1", station: `s${i}`, readers: `reader-${i}` })),
    },
    { id: id("store"), type: "context-edge-store", kind: "embedded", device },
    { id: id("model"), type: "context-edge-model", source: "bundled", model: "motor-faults", backend: "onnx" },
    { id: id("objects"), type: "context-edge-objects", kind: "folder", folder: "objects" },
  ];
}

function channel({ protocol, peer }: Machine, name: (typeof CHANNELS)[number]): FlowNode {
  const opcua = { match: `ns=${peer.info.ns_index};s=${name}`, type: "number" };
  return {
    name,
    source: protocol,
    unit: UNITS[name],
    min: "-50",
    max: "200",
    max_age_ms: String(MAX_AGE_MS),
    required: "true",
    uncertain: "reject",
    ...(protocol === "opcua" ? opcua : { match: `holding:${REGISTERS[name]}`, type: "float32", order: "ABCD" }),
  };
}

function plc({ asset, protocol, place }: Machine): FlowNode {
  const own = { id: id(`plc-${asset}`), name: asset };
  const [host, port] = place.split(":");
  return protocol === "opcua"
    ? { ...own, type: "context-edge-opcua", endpoint: place, interval_ms: String(INTERVAL_MS), watchdog_ms: "1000" }
    : {
        ...own,
        type: "context-edge-modbus",
        host,
        port,
        unit: "1",
        interval_ms: String(INTERVAL_MS),
        timeout_ms: "500",
      };
}

export function contextOf(asset: string): object {
  const [product] = PRODUCTS;
  return {
    product: product.name,
    recipe: RECIPES[0].name,
    asset_id: asset,
    batch: `batch-${asset}`,
    normal: Object.fromEntries(CHANNELS.map((name, i) => [name, product.normal[i]])),
    thresholds: { temp_warning: 90, temp_critical: 105, vibration_max: 12 },
  };
}
