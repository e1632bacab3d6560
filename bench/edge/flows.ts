/** The flows that the bench compares. Node ids are 16 hex digits, derived from a name. */
import { createHash } from "node:crypto";
import { CHANNELS, PRODUCTS, RECIPES, UNITS } from "../../lib/plant/catalogue";

type FlowNode = Record<string, unknown>;

export function id(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, 16);
}

/** A tab whose nodes stand in one line, each wired to the next on its first output. */
export function chain(tab: string, nodes: readonly FlowNode[]): FlowNode[] {
  const z = id(tab);
  return [
    { id: z, type: "tab", label: tab },
    ...nodes.map((node, i) => ({
      id: id(`${tab}/${i}`),
      z,
      x: 120 + 160 * i,
      y: 80,
      ...node,
      wires: [
        ...((node["before"] as string[][] | undefined) ?? []),
        i + 1 < nodes.length ? [id(`${tab}/${i + 1}`)] : [],
      ],
    })),
  ];
}

/** As many hops as the loop has, empty but for one GET, one JSON.parse and one session.run. */
export function floorFlow(name: string): FlowNode[] {
  return chain(name, [
    { type: "bench-in", name },
    { type: "bench-lookup", name: "" },
    { type: "bench-hop", name: "" },
    { type: "bench-run", name: "" },
    { type: "bench-hop", name: "" },
    { type: "bench-out", name },
  ]);
}

const FUNCTION_LOOKUP = `
global.get("redis").get("context:" + msg.payload).then((text) => {
  if (text === null) { msg.error = "unknown"; node.send([null, msg]); node.done(); return; }
  msg.context = JSON.parse(text);
  msg.payload = msg.context;
  node.send([msg, null]);
  node.done();
}, (error) => node.done(error));`;

const FUNCTION_FUSE = `
const latest = flow.get("latest") || {};
const now = Date.now();
msg.sensor_data = {};
for (const channel of ["vibration_x", "vibration_y", "temperature", "current"]) {
  const reading = latest[channel];
  if (!reading || now - reading.at > 3600000) { msg.unusable = channel; return [null, msg]; }
  msg.sensor_data[channel] = reading.value;
}
msg.payload = msg.sensor_data;
return [msg, null];`;

const FUNCTION_INFER = `
const { session, manifest, ort } = global.get("model");
const sensors = [];
manifest.channels.forEach((channel, i) => {
  const normal = channel.reference ? channel.reference.split(".").reduce((at, key) => at[key], msg.context) : 0;
  sensors[i] = msg.sensor_data[channel.name] - normal;
});
const feeds = { sensors: new ort.Tensor("float32", sensors, [1, 4]) };
for (const spec of manifest.ids) {
  const value = msg.context[spec.field];
  feeds[spec.input] = new ort.Tensor("int64", [BigInt(spec.vocabulary[value] || 0)], [1]);
}
session.run(feeds).then((answer) => {
  const { temperature, bias } = manifest.calibration.fp32;
  const logits = Array.from(answer[manifest.output.name].data, (x, i) => (x + bias[i]) / temperature);
  const most = Math.max(...logits);
  const odds = logits.map((x) => Math.exp(x - most));
  const sum = odds.reduce((a, b) => a + b, 0);
  msg.probabilities = Object.fromEntries(manifest.labels.map((label, i) => [label.name, odds[i] / sum]));
  const best = odds.indexOf(Math.max(...odds));
  msg.label = manifest.labels[best].name;
  msg.confidence = odds[best] / sum;
  msg.payload = msg.label;
  node.send(msg);
  node.done();
}, (error) => node.done(error));`;

const FUNCTION_DECIDE = `
const thresholds = msg.context.thresholds || {};
const reasons = [];
if (msg.sensor_data.temperature > thresholds.temp_critical) reasons.push("temperature");
if (Math.max(msg.sensor_data.vibration_x, msg.sensor_data.vibration_y) > thresholds.vibration_max) reasons.push("vibration");
msg.outcome = reasons.length > 0 ? "alert" : msg.confidence <= 0.8 ? "review" : msg.label === "normal" ? "normal" : "alert";
return msg;`;

function functionNode(name: string, func: string, outputs: number): FlowNode {
  return { type: "function", name, func, outputs, timeout: 0, noerr: 0, initialize: "", finalize: "", libs: [] };
}

/** The loop as a plant would write it by hand: function nodes, the libraries in the global context. */
export function functionFlow(name: string): FlowNode[] {
  const initialize = `flow.set("latest", ${JSON.stringify(READINGS_NOW)});`;
  const [tab, ...nodes] = chain(name, [
    { type: "bench-in", name },
    functionNode("lookup", FUNCTION_LOOKUP, 2),
    { ...functionNode("fuse", FUNCTION_FUSE, 2), initialize: initialize.replaceAll('"NOW"', "Date.now()") },
    functionNode("infer", FUNCTION_INFER, 1),
    functionNode("decide", FUNCTION_DECIDE, 1),
    { type: "bench-out", name },
  ]);
  return [tab, ...nodes];
}

/** What the bench's product calls normal, and what its sensors read: a normal sample. */
export const READINGS: Readonly<Record<string, number>> = Object.fromEntries(
  CHANNELS.map((channel, i) => [channel, PRODUCTS[0].normal[i] + PRODUCTS[0].bias[i]]),
);

/** About 600 bytes, as a plant's contexts are. */
export function benchContext(n: number): object {
  const [product] = PRODUCTS;
  return {
    product: product.name,
    recipe: RECIPES[0].name,
    asset_id: "motor-1",
    batch: `batch-${n}`,
    normal: Object.fromEntries(CHANNELS.map((channel, i) => [channel, product.normal[i]])),
    thresholds: { temp_warning: 90, temp_critical: 105, vibration_max: 6 },
    expected_runtime: product.runtimeS,
    order: { number: `4500${n}`, customer: "customer 17", due: "2026-12-01", quantity: 250 },
    routing: ["winding", "impregnation", "assembly", "run-in", "end-of-line"],
    notes: "run-in at nominal voltage, direction of rotation as seen from the drive end, insulation class F, duty S1",
  };
}

const READINGS_NOW = Object.fromEntries(
  Object.entries(READINGS).map(([channel, value]) => [channel, { value, at: "NOW" }]),
);

/** The same work in a service beside Node-RED: a function node, `http request`, a function node. */
export function serviceFlow(name: string, port: number): FlowNode[] {
  const ask = `msg.payload = { code: msg.payload, asset_id: "motor-1", sensors: ${JSON.stringify(READINGS)} };
msg.headers = { "content-type": "application/json" };
return msg;`;
  const answer = `msg.outcome = msg.payload.outcome; return msg;`;
  return chain(name, [
    { type: "bench-in", name },
    functionNode("ask", ask, 1),
    {
      type: "http request",
      name: "",
      method: "POST",
      ret: "obj",
      paytoqs: "ignore",
      url: `http://127.0.0.1:${port}/predict`,
      tls: "",
      persist: true,
      proxy: "",
      insecureHTTPParser: false,
      authType: "",
      senderr: false,
      headers: [],
    },
    functionNode("answer", answer, 1),
    { type: "bench-out", name },
  ]);
}

/** The loop itself, scan → decision; `<name>/readings` is a second inlet, for readings. */
export function loopFlow(name: string, redisPort: number): FlowNode[] {
  const device = id("device");
  const store = id("store");
  const model = id("model");
  const channels = Object.entries(UNITS).map(([channel, unit]) => ({
    name: channel,
    source: "wire",
    match: "",
    unit,
    min: "-50",
    max: "200",
    max_age_ms: "3600000",
    required: "true",
    uncertain: "reject",
  }));
  const nodes = chain(name, [
    { type: "bench-in", name },
    {
      type: "qr-context",
      device,
      store,
      key: "context:{code}",
      joins: [],
      deadline_ms: "1000",
      debounce_ms: "0",
      queue: "1000",
    },
    { type: "sensor-fuse", device, trigger: "scan", channels },
    { type: "tensorrt-infer", model, why: false },
    { type: "decision", device, model, before: [[], []] },
    { type: "bench-out", name },
  ]);
  const fuse = nodes.find((node) => node["type"] === "sensor-fuse") as FlowNode;
  return [
    ...nodes,
    {
      id: id(`${name}/readings`),
      type: "bench-in",
      z: nodes[0]["id"],
      name: `${name}/readings`,
      x: 120,
      y: 160,
      wires: [[fuse["id"]]],
    },
    {
      id: device,
      type: "context-edge-device",
      name: "bench",
      mode: "live",
      data_dir: "data",
      assets: [{ id: "motor-1", line: "line-1", station: "1", readers: "" }],
    },
    {
      id: store,
      type: "context-edge-store",
      kind: "redis",
      url: `redis://127.0.0.1:${redisPort}`,
      tls_verify: true,
      cache: false,
    },
    {
      id: model,
      type: "context-edge-model",
      source: "bundled",
      model: "motor-faults",
      backend: "onnx",
      placement: "in-process",
      threads: "1",
    },
  ];
}

/** The loop with its records kept: scan → decision → ldo-emit, into a folder. */
export function recordingFlow(name: string, redisPort: number): FlowNode[] {
  const nodes = loopFlow(name, redisPort);
  const decision = nodes.find((node) => node["type"] === "decision") as FlowNode;
  const out = nodes.find((node) => node["type"] === "bench-out") as FlowNode;
  const emit = id(`${name}/emit`);
  decision["wires"] = [[], [], [emit]];
  const objects = id("objects");
  return [
    ...nodes,
    {
      id: emit,
      type: "ldo-emit",
      z: nodes[0]["id"],
      device: id("device"),
      objects,
      x: 900,
      y: 160,
      wires: [[out["id"]], []],
    },
    { id: objects, type: "context-edge-objects", kind: "folder", folder: "objects" },
  ];
}
