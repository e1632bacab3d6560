/**
 * Scan → decision through Node-RED, beside a floor of as many empty hops with one GET, one JSON.parse and one
 * session.run, and beside the two ways a plant does it today. Blocks are interleaved, so each ratio compares
 * neighbours in time; the floor runs twice, and its ratio to itself is the machine's noise.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Redis from "ioredis";
import type { Manifest } from "../../lib/messages";
import { cached } from "../../test/support/cache";
import { freePort } from "../../test/support/ports";
import { TestProcess, until } from "../../test/support/process";
import { startRedis } from "../../test/support/redis";
import { figure, type Figure } from "../figures";
import { median, medianInterval, quantile, ratios } from "../statistics";
import { READINGS, benchContext, floorFlow, functionFlow, loopFlow, serviceFlow } from "./flows";
import { Rig, flooded, sequential } from "./rig";
import { withCoresAwake } from "./wakeful";

const MODEL = join(__dirname, "..", "..", "models", "motor-faults");
const CONTEXTS = 1_000;
const BLOCKS = 24;
const MESSAGES = 1_500;
const SERVICE_MESSAGES = 200;
const FLOODED = 3_000;
const IN_FLIGHT = 64;
const WARM_UP = 4_000;

interface Judged {
  decision?: { outcome: string };
  outcome?: string;
}

export async function chainFigures(): Promise<Figure[]> {
  const redisServer = await startRedis();
  const redis = new Redis(redisServer.port, "127.0.0.1");
  const service = await startService(redisServer.port);
  try {
    for (let n = 0; n < CONTEXTS; n++) await redis.set(`context:C-${n}`, JSON.stringify(benchContext(n)));
    return await measure(redis, redisServer.port, service.port);
  } finally {
    redis.disconnect();
    await service.process.stop();
    await redisServer.stop();
  }
}

async function measure(redis: Redis, redisPort: number, servicePort: number): Promise<Figure[]> {
  const ort = await import("onnxruntime-node");
  const session = await ort.InferenceSession.create(join(MODEL, "model.onnx"), { intraOpNumThreads: 1 });
  const manifest = JSON.parse(readFileSync(join(MODEL, "model.json"), "utf8")) as Manifest;
  const feeds = {
    sensors: new ort.Tensor("float32", new Float32Array(4), [1, 4]),
    ...Object.fromEntries(manifest.ids.map(({ input }) => [input, new ort.Tensor("int64", BigInt64Array.of(1n), [1])])),
  };
  const rig = await Rig.start({
    flow: [
      ...floorFlow("floor"),
      ...loopFlow("loop", redisPort),
      ...functionFlow("functions"),
      ...serviceFlow("service", servicePort),
    ],
    redis,
    session,
    feeds: () => feeds,
    globals: { redis, model: { session, manifest, ort } },
  });
  try {
    await provesItself(rig);
    return [...(await withCoresAwake(() => latencyFigures(rig))), ...(await throughputFigures(rig))];
  } finally {
    await rig.stop();
    await session.release();
  }
}

let scans = 0;
const scan = (): object => ({ payload: `C-${scans++ % CONTEXTS}` });

/** Every chain judges the sample "normal" before anything is timed. */
async function provesItself(rig: Rig): Promise<void> {
  const readings = (): void => rig.send("loop/readings", { payload: { ...READINGS }, topic: "motor-1" });
  readings();
  for (const chain of ["loop", "functions", "service"]) {
    const judged = await new Promise<Judged>((resolve, reject) => {
      rig.onArrival(chain, resolve);
      setTimeout(() => rig.send(chain, scan()), 500);
      setTimeout(() => reject(new Error(`${chain} did not judge a sample within 10 s`)), 10_000);
    });
    const outcome = judged.decision?.outcome ?? judged.outcome;
    if (outcome !== "normal") throw new Error(`${chain} judged "${outcome}", not "normal": ${JSON.stringify(judged)}`);
  }
  for (const chain of ["floor", "loop", "functions"]) await sequential(rig, chain, WARM_UP, scan);
  await sequential(rig, "service", SERVICE_MESSAGES, scan);
}

async function latencyFigures(rig: Rig): Promise<Figure[]> {
  const p50: Record<string, number[]> = { floor: [], loop: [], again: [], functions: [], service: [] };
  const p99: Record<string, number[]> = { floor: [], loop: [], again: [], functions: [], service: [] };
  for (let block = 0; block < BLOCKS; block++) {
    // The order alternates, so that no chain always runs in the wake of the same other.
    const order = block % 2 === 0 ? ["floor", "loop", "again", "functions"] : ["again", "functions", "loop", "floor"];
    for (const name of [...order, "service"]) {
      const chain = name === "again" ? "floor" : name;
      const { latencies } = await sequential(rig, chain, name === "service" ? SERVICE_MESSAGES : MESSAGES, scan);
      p50[name].push(quantile([...latencies], 0.5));
      p99[name].push(quantile([...latencies], 0.99));
    }
  }
  const noise = { ratio: median(ratios(p50["again"], p50["floor"])) };
  const added = p99["loop"].map((value, i) => value - p99["floor"][i]);
  const addedByNoise = p99["again"].map((value, i) => value - p99["floor"][i]);
  return [
    paired("chain_p50_ratio", p50["loop"], p50["floor"], "≤ 1.5", { floor: 1, ...noise }),
    { ...figure("chain_p50_us", 1000 * median(p50["loop"]), "us", null, { floor: 1000 * median(p50["floor"]) }) },
    interval("chain_p99_added_ms", added, "ms", "≤ 0.3", { floor: median(p99["floor"]), ratio: median(addedByNoise) }),
    paired("peer_service_ratio", p50["service"], p50["loop"], "≥ 10", noise),
    paired("peer_function_ratio", p50["functions"], p50["loop"], "≥ 1.5", noise),
  ];
}

async function throughputFigures(rig: Rig): Promise<Figure[]> {
  const perSecond: Record<string, number[]> = { floor: [], loop: [], again: [] };
  const cpu: Record<string, number[]> = { floor: [], loop: [], again: [] };
  for (let block = 0; block < BLOCKS; block++) {
    const order = block % 2 === 0 ? ["floor", "loop", "again"] : ["again", "loop", "floor"];
    for (const name of order) {
      const result = await flooded(rig, name === "again" ? "floor" : name, FLOODED, IN_FLIGHT, scan);
      perSecond[name].push(result.perSecond);
      cpu[name].push(result.cpuMs);
    }
  }
  return [
    paired("chain_per_s_ratio", perSecond["loop"], perSecond["floor"], "≥ 0.6", {
      floor: 1,
      ratio: median(ratios(perSecond["again"], perSecond["floor"])),
    }),
    figure("chain_per_s", median(perSecond["loop"]), "1/s", null, { floor: median(perSecond["floor"]) }),
    paired("chain_cpu_ratio", cpu["loop"], cpu["floor"], "≤ 1.5", {
      floor: 1,
      ratio: median(ratios(cpu["again"], cpu["floor"])),
    }),
  ];
}

type Goal = Parameters<typeof figure>[3];
type More = Parameters<typeof figure>[4];

function paired(name: string, over: number[], under: number[], goal: Goal, more: More): Figure {
  return interval(name, ratios(over, under), "ratio", goal, more);
}

function interval(name: string, values: number[], unit: string, goal: Goal, more: More): Figure {
  const { value, low, high } = medianInterval(values);
  return figure(name, value, unit, goal, { ...more, low, high });
}

/** The FastAPI service of bench/edge/peer, in a Python environment of its own in the cache. */
async function startService(redisPort: number): Promise<{ port: number; process: TestProcess }> {
  const requirements = join(__dirname, "peer", "requirements.txt");
  const dir = await cached("bench-service", readFileSync(requirements, "utf8"), (target) => {
    console.error(`installing the peer service's Python packages into ${target}`);
    execFileSync("python3", ["-m", "venv", target]);
    execFileSync(join(target, "bin", "pip"), ["install", "--quiet", "--disable-pip-version-check", "-r", requirements]);
  });
  const port = await freePort();
  const process = new TestProcess(join(dir, "bin", "python"), [
    join(__dirname, "peer", "service.py"),
    String(port),
    String(redisPort),
    MODEL,
  ]);
  await until(
    "the peer service answers",
    async () => (await fetch(`http://127.0.0.1:${port}/docs`).catch(() => undefined))?.ok === true,
    30_000,
  );
  return { port, process };
}
