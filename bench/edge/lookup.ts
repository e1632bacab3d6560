/** qr-context's lookup beside a bare GET + JSON.parse on the same connection options, its cache, and a Redis that hangs. */
import Redis from "ioredis";
import { systemClock } from "../../lib/clock";
import { Deadlines } from "../../lib/context/deadlines";
import { KeyTemplate, type KeySource } from "../../lib/context/key-template";
import { ContextLookup } from "../../lib/context/lookup";
import { RedisStore } from "../../lib/context/redis-store";
import { singleRedis } from "../../lib/context/redis-target";
import { startRedis, type TestRedis } from "../../test/support/redis";
import { until } from "../../test/support/process";
import { figure, type Figure } from "../figures";
import { median, medianInterval, quantile, ratios } from "../statistics";
import { benchContext } from "./flows";

const KEYS = 1_000;
const BLOCKS = 24;
const LOOKUPS = 2_000;
const DEADLINE_MS = 10;
/** Where the lookup itself is timed, a stall of the machine must not end the run. */
const PATIENT_MS = 5_000;
const HUNG = 3_000;

function storeOf(redis: TestRedis, cache: boolean): RedisStore {
  const tls = { ca: "", cert: "", key: "", servername: "", verify: true };
  const connection = singleRedis({ url: redis.url, username: "", password: "", db: undefined, tls });
  const options = cache ? { maxEntries: 10_000, maxAgeMs: 60_000 } : undefined;
  return new RedisStore({ connection, cache: options, maxLastKnown: 10_000, keepMs: 0 }, systemClock);
}

async function lookupOf(store: RedisStore, deadlineMs: number): Promise<ContextLookup> {
  const key = new KeyTemplate("context:{code}");
  store.use(store, { prefixes: [key.prefix], lastKnown: false });
  await until("the store is connected", () => store.state.phase === "ready");
  const plan = { key, joins: [], onDeadline: "fail" as const, staleMaxMs: 0 };
  return new ContextLookup(store, plan, new Deadlines(deadlineMs, systemClock), systemClock);
}

let asked = 0;
const code = (): string => `C-${asked++ % KEYS}`;
const source = (): KeySource => ({
  scan: { code: code(), raw: "", symbology: undefined, gs1: undefined },
  reader: undefined,
  asset: undefined,
  context: undefined,
});

async function timed(count: number, task: () => Promise<unknown>): Promise<number[]> {
  const taken: number[] = [];
  for (let i = 0; i < count; i++) {
    const at = performance.now();
    await task();
    taken.push(performance.now() - at);
  }
  return taken;
}

export async function lookupFigures(): Promise<Figure[]> {
  const server = await startRedis();
  const redis = new Redis(server.port, "127.0.0.1");
  const plain = storeOf(server, false);
  const remembering = storeOf(server, true);
  try {
    for (let n = 0; n < KEYS; n++) await redis.set(`context:C-${n}`, JSON.stringify(benchContext(n)));
    const lookup = await lookupOf(plain, PATIENT_MS);
    const cached = await lookupOf(remembering, PATIENT_MS);
    return [await beside(redis, lookup), await hits(cached), await hung(server, await lookupOf(plain, DEADLINE_MS))];
  } finally {
    server.resume();
    redis.disconnect();
    await plain.release(plain);
    await remembering.release(remembering);
    await server.stop();
  }
}

async function beside(redis: Redis, lookup: ContextLookup): Promise<Figure> {
  const p50: Record<string, number[]> = { get: [], again: [], lookup: [] };
  const bare = async (): Promise<unknown> => JSON.parse((await redis.get(`context:${code()}`)) ?? "null");
  const ours = (): Promise<unknown> => lookup.find(source());
  for (let i = 0; i < 3; i++) {
    await timed(LOOKUPS, bare);
    await timed(LOOKUPS, ours);
  }
  for (let block = 0; block < BLOCKS; block++) {
    p50["get"].push(median(await timed(LOOKUPS, bare)));
    p50["lookup"].push(median(await timed(LOOKUPS, ours)));
    p50["again"].push(median(await timed(LOOKUPS, bare)));
  }
  const { value, low, high } = medianInterval(ratios(p50["lookup"], p50["get"]));
  return figure("lookup_p50_ratio", value, "ratio", "≤ 1.2", {
    floor: 1,
    ratio: median(ratios(p50["again"], p50["get"])),
    low,
    high,
  });
}

async function hits(lookup: ContextLookup): Promise<Figure> {
  const find = (): Promise<unknown> => lookup.find(source());
  await timed(KEYS * 20, find);
  const blocks: number[] = [];
  for (let block = 0; block < BLOCKS; block++) blocks.push(1000 * median(await timed(LOOKUPS, find)));
  const { value, low, high } = medianInterval(blocks);
  return figure("cache_hit_us", value, "us", "≤ 5", { low, high });
}

/** How much later than its deadline an answer comes while Redis is stopped, less how late a bare timer is in the same run. */
async function hung(server: TestRedis, lookup: ContextLookup): Promise<Figure> {
  server.hang();
  const late: number[] = [];
  const timerLate: number[] = [];
  for (let i = 0; i < HUNG; i += 10) {
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        const at = performance.now();
        await lookup.find(source()).then(
          () => undefined,
          () => undefined,
        );
        late.push(performance.now() - at - DEADLINE_MS);
      }),
    );
    const at = performance.now();
    await new Promise((resolve) => setTimeout(resolve, DEADLINE_MS));
    timerLate.push(performance.now() - at - DEADLINE_MS);
  }
  server.resume();
  const floor = quantile(timerLate, 0.999);
  return figure("lookup_hung_over_ms", quantile(late, 0.999) - floor, "ms", "≤ 2", { floor });
}
