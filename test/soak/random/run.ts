/**
 * Random messages to the input of every flow node in a real Node-RED: none may crash it, each must be answered exactly once,
 * and nothing may grow. Node-RED's own hooks count, not the nodes. It runs what is built: `npm run build` first.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Rig } from "../../../bench/edge/rig";
import { scratch } from "../../support/cache";
import { until } from "../../support/process";
import { RandomMessages } from "../../support/random-messages";
import { Answers } from "./answers";

interface Hooks {
  add(name: string, hook: (event: { msg: object; node: { node: { type: string } }; error?: unknown }) => void): void;
  remove(name: string): void;
}

interface RunningNodeRed {
  readonly nodes: { getNode(id: string): { receive(message: object): void } | null };
}

export interface RandomReport {
  readonly sent: number;
  readonly answered: number;
  /** Of those, with an error, by node type. */
  readonly failed: Readonly<Record<string, number>>;
  /** Bytes of heap that the second half of the messages has added. */
  readonly grown: number;
  readonly seconds: number;
}

/** No more than the smallest queue of a node, for each node. */
const BATCH = 1200;
const TYPES = ["qr-context", "sensor-fuse", "tensorrt-infer", "decision", "ldo-emit", "context-edge-plant"] as const;

const idOf = (type: string): string => `9a0000000000000${TYPES.findIndex((known) => known === type)}`;

function flowIn(dir: string): object[] {
  const at = { z: "f900000000000001", x: 100, y: 100 };
  const [deviceId, storeId, objectsId, modelId] = [1, 2, 3, 4].map((n) => `9c0000000000000${n}`);
  const channels = ["temperature", "current", "vibration_x", "vibration_y"].map((name) => ({
    name,
    source: "wire",
    max_age_ms: "1000",
    required: "false",
  }));
  const own: Readonly<Record<string, object>> = {
    "qr-context": { store: storeId },
    "sensor-fuse": { channels, trigger: "any" },
    "tensorrt-infer": { model: modelId, why: "true" },
    decision: { model: modelId, on_n: "1", on_m: "1" },
    "ldo-emit": { objects: objectsId, seal_after_s: "1" },
    "context-edge-plant": { rate_hz: "1", cycle_s: "60" },
  };
  const assets = ["motor-1", "motor-2"].map((id) => ({ id, line: "line-1", station: "", readers: "" }));
  return [
    { id: at.z, type: "tab" },
    { id: deviceId, type: "context-edge-device", data_dir: join(dir, "data"), assets },
    { id: storeId, type: "context-edge-store", device: deviceId },
    { id: objectsId, type: "context-edge-objects", kind: "folder", folder: join(dir, "bucket") },
    { id: modelId, type: "context-edge-model" },
    ...TYPES.map((type) => ({ ...at, id: idOf(type), type, device: deviceId, ...own[type], wires: [[], [], []] })),
    { ...at, id: "f900000000000002", type: "catch", wires: [[]] },
  ];
}

/**
 * @param count messages in all
 * @throws Error when one is answered twice, or not within 15 s
 */
export async function soakRandom(count: number, seed: number, say: (line: string) => void): Promise<RandomReport> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const { hooks } = createRequire(require.resolve("node-red"))("@node-red/util") as { hooks: Hooks };
  // Half of all properties at a time. An error that is no plain object ends Node-RED itself (5.0) when a message fails.
  const messages = new RandomMessages({ error: 0 }, seed, 50);
  const began = performance.now();
  const failed: Record<string, number> = {};
  let sent = 0;
  const answers = new Answers();
  const rig = await Rig.start({ flow: flowIn(scratch("random")) });
  try {
    const red = (await import("node-red")).default as unknown as RunningNodeRed;
    const nodes = TYPES.map((type) => {
      const node = red.nodes.getNode(idOf(type));
      if (!node) throw new Error(`there is no ${type}: was it built?`);
      return node;
    });
    hooks.add("onComplete.random", ({ msg, node: { node }, error }) => {
      if (!TYPES.some((type) => type === node.type)) return;
      answers.take(msg);
      if (error !== undefined && error !== null) failed[node.type] = (failed[node.type] ?? 0) + 1;
    });
    let heap = Infinity;
    while (sent < count) {
      for (let i = 0; i < BATCH && sent < count; i++) {
        const message = messages.next();
        answers.expect(message);
        nodes[sent++ % nodes.length]?.receive(message);
      }
      // The nodes must keep up with what they have before they get more: their queues are not what is tried here.
      // oxlint-disable-next-line no-await-in-loop
      await until(`each of ${sent} messages is answered: ${answers.answered}`, () => answers.missing === 0);
      once(answers);
      if (heap === Infinity && sent >= count / 2) {
        collect();
        heap = process.memoryUsage().heapUsed;
      }
      if (sent % 50_000 === 0) say(`${sent} messages, ${answers.answered} answers`);
    }
    // What came late would be an answer too many.
    await sleep(500);
    once(answers);
    collect();
    const grown = process.memoryUsage().heapUsed - heap;
    return { sent, answered: answers.answered, failed, grown, seconds: (performance.now() - began) / 1000 };
  } finally {
    hooks.remove("onComplete.random");
    await rig.stop();
  }
}

function once({ answered, tooMany }: Answers): void {
  if (tooMany > 0) throw new Error(`${tooMany} answers too many, beside those to ${answered} messages`);
}
