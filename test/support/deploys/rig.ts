/**
 * A headless Node-RED with real peers that is deployed over and over while messages pass: what it loses, and what it leaves
 * behind.
 */
import { Redis } from "ioredis";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { contextFor, PRODUCTS, RECIPES } from "../../../lib/plant/catalogue";
import { startModbus } from "../../../simulator/modbus-server";
import { startOpcua } from "../../../simulator/opcua-server";
import { BUNDLED_VERSION, linkedPalette, removeUserDir, startNodeRed } from "../nodered";
import { until } from "../process";
import { startRedis } from "../redis";
import { deployedFlow, FUSE, MODEL, SCAN, TABS, type FlowNode } from "./flow";

export const KINDS = ["full", "flows", "nodes", "disabled tab", "restart"] as const;
export type DeployKind = (typeof KINDS)[number];

/** What the probe tells. */
export interface Seen {
  readonly sent: number;
  readonly accepted: number;
  readonly completed: number;
  /** Completed more than once. */
  readonly doubles: number;
  /** Completed with an error, by code. */
  readonly failed: Readonly<Record<string, number>>;
  /** Taken some seconds ago, and not completed. */
  readonly open: readonly (readonly [type: string, messages: number])[];
  readonly resources: Readonly<Record<string, number>>;
  readonly workers: number;
  readonly listeners: Readonly<Record<string, number>>;
  readonly heap: number;
}

/** Everything that could be left over, by name. */
export type Left = Readonly<Record<string, number>>;

export interface DeployRig {
  deploy(kind: DeployKind): Promise<void>;
  /** Changes how the model is run, so that it must be loaded again. */
  reconfigureModel(): Promise<void>;
  /** Waits until nothing is under way, and what lingers after a deploy is gone. */
  settle(): Promise<Seen>;
  left(): Promise<Left>;
  loads(): Promise<number>;
  start(perSecond: number): Promise<void>;
  stopSending(): Promise<void>;
  readonly log: string;
  close(): Promise<void>;
}

/** Long enough for connections to be made, and short enough to cut some off that are being made. */
const BETWEEN_MS = 200;
/** A slot is kept for some seconds after its last user: a deploy must find it again. */
const LINGER_MS = 6_000;
const SAMPLES = 8;
const ASSETS = ["motor-1", "motor-2", "motor-3", "motor-4"];

export async function startDeployRig(): Promise<DeployRig> {
  const redis = await startRedis();
  const client = new Redis(redis.port, "127.0.0.1");
  const opcua = await startOpcua({ host: "127.0.0.1", port: 0, assets: ASSETS });
  const modbus = await startModbus("127.0.0.1", 0, ASSETS.length);
  const userDir = linkedPalette();
  const show = setInterval(() => {
    const readings = { vibration_x: 1.2, vibration_y: 1 + Math.random() / 10, temperature: 70, current: 11 };
    for (const [place, asset] of ASSETS.entries()) {
      opcua.show(asset, readings, new Date());
      modbus.show(place, readings);
    }
  }, 50);
  const context = contextFor(PRODUCTS[0], RECIPES[0], "", "batch-1");
  // A context that names an asset of its own would bring every scan to that one.
  const { asset_id: _, ...stored } = context;
  await client.mset(
    Object.fromEntries(Array.from({ length: 40 }, (_none, n) => [`context:PART-${n}`, JSON.stringify(stored)])),
  );
  let flow: readonly FlowNode[] = deployedFlow({
    redis: redis.url,
    opcua: opcua.endpoint,
    modbus: modbus.port,
    dir: userDir,
  });
  const settings = { nodesDir: join(__dirname, "probe") };
  const red = await startNodeRed({ version: BUNDLED_VERSION, userDir, flow, settings });
  let changes = 0;

  const post = async (path: string, body: unknown, headers: Record<string, string> = {}): Promise<void> => {
    const answer = await fetch(`${red.url}${path}`, {
      method: "POST",
      // Not over a connection that was idle: its server may be closing it at this moment.
      headers: { "content-type": "application/json", connection: "close", ...headers },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  };
  const deployAs = (type: string, next: readonly FlowNode[] = flow): Promise<void> => {
    flow = next;
    return post("/flows", type === "reload" ? [] : flow, { "Node-RED-Deployment-Type": type });
  };
  const changed = (which: (node: FlowNode) => boolean): FlowNode[] => {
    changes++;
    return flow.map((node) => (which(node) ? { ...node, name: `changed ${changes}` } : node));
  };
  const disabled = (yes: boolean): FlowNode[] =>
    flow.map((node) => (node.id === TABS[changes % 2] ? { ...node, disabled: yes } : node));

  const deploy = async (kind: DeployKind): Promise<void> => {
    if (kind === "full") return deployAs("full");
    if (kind === "restart") return deployAs("reload");
    if (kind === "flows")
      return deployAs(
        "flows",
        changed(({ z }) => z === TABS[0]),
      );
    if (kind === "nodes") {
      // Each node in its turn, the config nodes too.
      const nodes = flow.filter(({ type }) => type !== "tab" && type !== "catch");
      const turn = nodes[changes % nodes.length];
      return deployAs(
        "nodes",
        changed(({ id }) => id === turn?.id),
      );
    }
    changes++;
    await deployAs("flows", disabled(true));
    return deployAs("flows", disabled(false));
  };
  const seen = async () => {
    // A connection that is kept would be one more.
    const answer = await fetch(`${red.url}/probe`, { headers: { connection: "close" } });
    return (await answer.json()) as Seen;
  };
  const count = async (): Promise<Map<string, number>> => {
    const { resources, workers, listeners } = await seen();
    const clients = String(await client.client("LIST"))
      .trim()
      .split("\n").length;
    return new Map([
      ...Object.entries(resources),
      ...Object.entries(listeners).map(([name, number]) => [`listeners of ${name}`, number] as const),
      ["workers", workers],
      ["redis clients", clients],
      ["opcua sessions", opcua.sessions()],
    ]);
  };

  return {
    deploy,
    reconfigureModel: () =>
      deployAs(
        "full",
        flow.map((node) => (node.id === MODEL ? { ...node, queue_limit: "999" } : node)),
      ),
    settle: async () => {
      await sleep(LINGER_MS);
      let last = await seen();
      const answered = async (): Promise<boolean> => (last = await seen()).open.length === 0;
      await until("nothing is left open", answered, 10_000).catch(() => undefined);
      return last;
    },
    left: async () => {
      // A plant goes on in there, and the spool is sealed: what comes and goes is not left over, what stays is.
      const least = new Map<string, number>();
      for (let sample = 0; sample < SAMPLES; sample++) {
        // oxlint-disable-next-line no-await-in-loop
        const has = await count();
        for (const name of new Set([...least.keys(), ...has.keys()]))
          least.set(name, Math.min(has.get(name) ?? 0, sample === 0 ? Infinity : (least.get(name) ?? 0)));
        // oxlint-disable-next-line no-await-in-loop
        await sleep(BETWEEN_MS);
      }
      return Object.fromEntries(least);
    },
    loads: async () => {
      const text = await (await fetch(`${red.url}/context-edge/metrics`, { headers: { connection: "close" } })).text();
      return Number(/^context_edge_model_loads_total (\d+)$/m.exec(text)?.[1]);
    },
    start: (perSecond) => post("/probe/start", { scan: SCAN, fuse: FUSE, perSecond }),
    stopSending: () => post("/probe/stop", {}),
    get log() {
      return red.process.output;
    },
    close: async () => {
      clearInterval(show);
      await red.stop();
      client.disconnect();
      await Promise.all([redis.stop(), opcua.close(), modbus.close()]);
      removeUserDir(userDir);
    },
  };
}

export interface DeployOutcome {
  readonly seen: Seen;
  readonly deploys: number;
  /** Never completed, completed twice, or completed with an error: nothing here is sent that deserves one. */
  readonly lost: number;
  /** What there is more of than before, by name. */
  readonly left: Left;
  readonly reloads: number;
  /** Bytes of heap, after a collection, that a deploy added. */
  readonly heapPerDeploy: number;
}

/** Deploys `rounds` times in each way under load, and says what that has cost. */
export async function deployUnderLoad(rig: DeployRig, rounds: number, perSecond: number): Promise<DeployOutcome> {
  // Once in each way first: what is made at first use is not left over.
  await deployAll(rig, 1, perSecond);
  const before = await rig.settle();
  const had = await rig.left();
  const loaded = await rig.loads();
  await deployAll(rig, rounds, perSecond);
  const seen = await rig.settle();
  const has = await rig.left();
  const open = seen.open.reduce((sum, [, messages]) => sum + messages, 0);
  const failed = Object.values(seen.failed).reduce((sum, count) => sum + count, 0);
  const more = Object.entries(has).map(([name, count]) => [name, count - (had[name] ?? 0)] as const);
  const deploys = rounds * KINDS.length;
  return {
    seen,
    deploys,
    lost: open + seen.doubles + failed,
    left: Object.fromEntries(more.filter(([, count]) => count > 0)),
    reloads: (await rig.loads()) - loaded,
    heapPerDeploy: (seen.heap - before.heap) / deploys,
  };
}

async function deployAll(rig: DeployRig, rounds: number, perSecond: number): Promise<void> {
  await rig.start(perSecond);
  for (let round = 0; round < rounds; round++) {
    for (const kind of KINDS) {
      // One after the other: a deploy while another is under way is refused.
      // oxlint-disable-next-line no-await-in-loop
      await rig.deploy(kind);
      // oxlint-disable-next-line no-await-in-loop
      await sleep(BETWEEN_MS);
    }
  }
  await rig.stopSending();
}
