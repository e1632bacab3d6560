import assert from "node:assert/strict";
import { Redis } from "ioredis";
import { LEASE_MS } from "../../lib/context/cache";
import { startRedis, type TestRedis } from "../support/redis";
import { bench, cached, settings, source, until, type Bench } from "../support/redis-bench";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy";

/** The connection that is told of changes, by what it asked for; the other one, by what that asks. */
const TRACKING = /subscribe/i;
const DATA = /tracking/i;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("the cache behind a network that delays one connection", function () {
  this.timeout(60_000);
  let server: TestRedis;
  let other: Redis;
  let proxy: TcpProxy;
  let edge: Bench;
  const value = async (code = "A") => (await edge.find(code)).context["v"];

  before(async () => {
    server = await startRedis();
    other = new Redis(server.port, "127.0.0.1");
  });
  after(async () => {
    other.disconnect();
    await server.stop();
  });
  beforeEach(async () => {
    await other.flushall();
    await other.set("context:A", '{"v":1}');
    proxy = await startTcpProxy(server.port);
    edge = bench(settings(`redis://127.0.0.1:${proxy.port}`), { deadlineMs: 5_000 });
    await cached(edge);
  });
  afterEach(async () => {
    await edge.close();
    await proxy.stop();
  });

  it("does not keep a reply that its invalidation has overtaken", async () => {
    proxy.set({ kind: "slow", ms: 300 }, DATA);
    const before = edge.find("A");
    await wait(50);
    await other.set("context:A", '{"v":2}');
    await wait(50);
    proxy.set({ kind: "none" });
    const after = edge.find("A");
    assert.equal((await before).context["v"], 1, "asked before the change");
    assert.equal((await after).context["v"], 2, "asked after it, while the old reply was still under way");
    assert.equal(await value(), 2);
    assert.equal(await source(edge, "A"), "cache");
  });

  it("answers the new value when its reply overtakes the invalidation, and reads it once more", async () => {
    await value();
    proxy.set({ kind: "slow", ms: 200 }, TRACKING);
    const changedAt = performance.now();
    await other.set("context:A", '{"v":2}');
    await until("2", async () => (await value()) === 2, 1_000);
    assert.ok(performance.now() - changedAt < 1_000);
    await wait(300);
    assert.equal(await value(), 2);
  });

  it("serves nothing from memory once the tracking connection is silently lost", async () => {
    await value();
    proxy.set({ kind: "mute" }, TRACKING);
    await other.set("context:A", '{"v":2}');
    const changedAt = performance.now();
    let late = 0;
    while (performance.now() - changedAt < LEASE_MS + 1_500) {
      const askedAt = performance.now();
      if ((await value()) === 1) late = Math.max(late, askedAt - changedAt);
      await wait(5);
    }
    assert.ok(late <= LEASE_MS, `the old value was answered ${late.toFixed(0)} ms after the change`);
    proxy.set({ kind: "none" });
    await cached(edge);
    await other.set("context:A", '{"v":3}');
    await until("3", async () => (await value()) === 3, 1_000);
  });

  for (const [what, change] of [
    ["FLUSHDB", () => other.flushdb()],
    [
      "several keys in one push",
      () => other.mset("context:A", '{"v":9}', "context:B", '{"v":9}', "context:C", '{"v":9}'),
    ],
  ] as const) {
    it(`is told of ${what}`, async () => {
      await other.mset("context:B", '{"v":1}', "context:C", '{"v":1}');
      for (const code of ["A", "B", "C"]) await value(code);
      await change();
      await wait(100);
      for (const code of ["A", "B", "C"])
        assert.notEqual(await value(code).catch(() => undefined), 1, `${code} is answered as it was`);
    });
  }

  it("never answers what was replaced longer ago than it promises, whatever happens to either connection", async () => {
    const seed = 20_261_123;
    let state = seed;
    const random = (): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state / 4_294_967_296;
    };
    const codes = Array.from({ length: 20 }, (_, i) => `R${i}`);
    /** By code: when each version was replaced. */
    const replaced = new Map(codes.map((code) => [code, [] as number[]]));
    const versions = new Map(codes.map((code) => [code, 0]));
    await other.mset(codes.flatMap((code) => [`context:${code}`, '{"v":0}']));
    const end = performance.now() + 8_000;
    let worst = 0;
    let lookups = 0;
    let fromMemory = 0;
    const writer = (async () => {
      while (performance.now() < end) {
        const chosen = codes.filter(() => random() < 0.1);
        const next = chosen.map((code) => [code, (versions.get(code) ?? 0) + 1] as const);
        if (next.length > 0) {
          await other.mset(next.flatMap(([code, v]) => [`context:${code}`, `{"v":${v}}`]));
          // Replaced no later than now: the bound is on the safe side.
          for (const [code, v] of next) {
            replaced.get(code)?.push(performance.now());
            versions.set(code, v);
          }
        }
        await wait(random() * 30);
      }
    })();
    const troublemaker = (async () => {
      while (performance.now() < end) {
        const which = random() < 0.7 ? TRACKING : DATA;
        const dice = random();
        if (dice < 0.5) proxy.set({ kind: "slow", ms: random() * 400 }, which);
        else if (dice < 0.6) {
          // A connection loses nothing in its middle: what is silent is dead.
          proxy.set({ kind: "mute" }, TRACKING);
          await wait(random() * 2_000);
          proxy.cut(TRACKING);
        } else if (dice < 0.8) proxy.cut(which);
        else if (dice < 0.85) await other.call("CLIENT", "KILL", "TYPE", "pubsub");
        else proxy.set({ kind: "none" });
        await wait(random() * 800);
      }
      proxy.set({ kind: "none" });
    })();
    const reader = async (): Promise<void> => {
      while (performance.now() < end) {
        const code = codes[Math.floor(random() * codes.length)] ?? "R0";
        const askedAt = performance.now();
        const found = await edge.find(code).catch(() => undefined);
        if (found === undefined) await wait(2);
        else {
          lookups++;
          if (found.lookup.source === "cache") fromMemory++;
          const v = found.context["v"] as number;
          const at = replaced.get(code)?.[v];
          if (at !== undefined) worst = Math.max(worst, askedAt - at);
          if (lookups % 20 === 0) await wait(0);
        }
      }
    };
    await Promise.all([writer, troublemaker, reader(), reader(), reader()]);
    assert.ok(lookups > 2_000 && fromMemory > 200, `${lookups} lookups, ${fromMemory} from memory`);
    assert.ok(worst <= LEASE_MS, `an answer was replaced ${worst.toFixed(0)} ms before it was asked for`);
    await cached(edge);
    // What was written last may be told of within the lease, no later.
    await wait(LEASE_MS);
    for (const code of codes) assert.equal(await value(code), versions.get(code));
  });
});
