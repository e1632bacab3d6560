import assert from "node:assert/strict";
import { Redis } from "ioredis";
import { systemClock } from "../../lib/clock";
import { CycleCounter } from "../../lib/context/cycle-counter";
import type { Context } from "../../lib/messages";
import { startRedis, type TestRedis } from "../support/redis";
import { bench, cached, fails, outcome, ready, settings, source, until, type Bench } from "../support/redis-bench";
import { startTcpProxy } from "../support/tcp-proxy";

async function connections(of: Redis): Promise<number> {
  return String(await of.call("CLIENT", "LIST"))
    .trim()
    .split("\n").length;
}

const keyOf = (asset: string): string => `cycles:${asset}`;

describe("contexts in Redis", function () {
  this.timeout(30_000);
  let server: TestRedis;
  let other: Redis;
  let open: Bench[] = [];
  const start = (...args: Parameters<typeof bench>): Bench => {
    const made = bench(...args);
    open.push(made);
    return made;
  };

  before(async () => {
    server = await startRedis();
    other = new Redis(server.port, "127.0.0.1");
    other.on("error", () => undefined);
  });
  after(async () => {
    other.disconnect();
    await server.stop();
  });
  beforeEach(() => other.flushall());
  afterEach(async () => {
    server.resume();
    await Promise.all(open.map((one) => one.close()));
    open = [];
  });

  it("are found, unknown, or refused for what they are", async () => {
    const edge = start(settings(server.url));
    await ready(edge);
    await other.mset(
      "context:A",
      '{"product":"A"}',
      "context:B",
      "{broken",
      "context:C",
      "[1]",
      "context:D",
      "x".repeat(10_000_000),
      "context:E",
      "",
    );
    await other.hset("context:H", "product", "H");
    assert.deepEqual((await edge.find("A")).context, { product: "A" });
    for (const [code, wanted] of [
      ["nobody", "context-unknown"],
      ["E", "context-unknown"],
      ["B", "context-invalid"],
      ["C", "context-invalid"],
      ["D", "context-invalid"],
      ["H", "context-invalid"],
    ] as const) {
      assert.equal(await outcome(edge.find(code)), wanted, code);
    }
  });

  it("come from memory until somebody changes them, also by FLUSHALL, DEL and expiry", async () => {
    const edge = start(settings(server.url));
    await cached(edge);
    const changed = async (value: unknown) =>
      until(
        "the change arrives",
        async () => (await outcome(edge.find("A"))) === (value === null ? "context-unknown" : "found"),
      );
    await other.set("context:A", '{"v":1}');
    await changed(1);
    await source(edge, "A");
    assert.equal(await source(edge, "A"), "cache");
    await other.set("context:A", '{"v":2}');
    await until("2 arrives", async () => (await edge.find("A")).context["v"] === 2);
    await other.flushall();
    await changed(null);
    await other.set("context:A", '{"v":3}', "PX", 30);
    await changed(3);
    await changed(null);
  });

  it("never lag behind the invalidation while another writes as fast as it can", async () => {
    const edge = start(settings(server.url));
    await cached(edge);
    let written = 0;
    const stop = new AbortController();
    const writer = (async () => {
      while (!stop.signal.aborted) await other.set("context:A", `{"v":${++written}}`);
    })();
    await until("a first", async () => (await outcome(edge.find("A"))) === "found");
    let seen = 0;
    for (let i = 0; i < 5_000; i++) {
      const v = (await edge.find("A")).context["v"] as number;
      assert.ok(v >= seen, `${v} after ${seen}`);
      seen = v;
    }
    stop.abort();
    await writer;
    await until("the last value", async () => (await edge.find("A")).context["v"] === written, 500);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(await source(edge, "A"), "cache");
    assert.equal((await edge.find("A")).context["v"], written);
  });

  it("are put, patched, deleted and imported, and read as they are then", async () => {
    const edge = start(settings(server.url));
    await cached(edge);
    assert.equal(await outcome(edge.find("A")), "context-unknown");
    await edge.commands.run({ name: "put", key: "context:A" }, { product: "A", n: 1 });
    assert.deepEqual((await edge.find("A")).context, { product: "A", n: 1 });
    await edge.commands.run({ name: "patch", key: "context:A" }, { n: null, hold: true });
    assert.deepEqual((await edge.find("A")).context, { product: "A", hold: true });
    const rows = Array.from({ length: 1_234 }, (_, i) => ({ code: `P${i}`, value: { i } }));
    assert.deepEqual(await edge.commands.run({ name: "import" }, rows), {
      command: "import",
      count: 1_234,
      rejected: 0,
    });
    assert.deepEqual((await edge.find("P1233")).context, { i: 1_233 });
    assert.deepEqual(await edge.commands.run({ name: "delete" }, ["context:A", "context:P0", "context:none"]), {
      command: "delete",
      count: 2,
    });
    assert.equal(await outcome(edge.find("A")), "context-unknown");
  });

  it("lose no patch when two devices patch the same one", async () => {
    const [one, two] = [start(settings(server.url)), start(settings(server.url))];
    await Promise.all([ready(one), ready(two)]);
    await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        (i % 2 ? one : two).commands.run({ name: "patch", key: "context:A" }, { [`p${i}`]: i }),
      ),
    );
    assert.equal(Object.keys((await one.find("A")).context).length, 40);
  });

  it("answer within the deadline while the server hangs, and are back when it is", async () => {
    const edge = start(settings(server.url), { cache: false, deadlineMs: 10 });
    await ready(edge);
    await other.set("context:A", "{}");
    server.hang();
    const at = performance.now();
    assert.equal(await outcome(edge.find("A")), "context-deadline");
    assert.ok(performance.now() - at < 200, `${performance.now() - at} ms`);
    await assert.rejects(
      Promise.race([
        edge.commands.run({ name: "put", key: "context:B" }, {}),
        new Promise((_, reject) => setTimeout(reject, 15_000)),
      ]),
      fails("context-unavailable"),
    );
    await until("said", () => /no answer for \d s/.test(edge.store.state.text));
    assert.equal(edge.store.state.phase, "waiting");
    server.resume();
    await until("found again", async () => (await outcome(edge.find("A"))) === "found");
  });

  it("are served as last known, marked stale, while the server hangs; never another's", async () => {
    const edge = start(settings(server.url), { cache: false, onDeadline: "stale" });
    await ready(edge);
    await other.set("context:A", '{"v":1}');
    await edge.find("A");
    server.hang();
    const found = await edge.find("A");
    assert.equal(found.lookup.stale, true);
    assert.deepEqual(found.context, { v: 1 });
    assert.match(await outcome(edge.find("B")), /context-(deadline|unavailable)/);
  });

  it("are not served from memory after the tracking connection was lost", async () => {
    const edge = start(settings(server.url));
    await cached(edge);
    await other.set("context:A", '{"v":1}');
    await until("found", async () => (await outcome(edge.find("A"))) === "found");
    assert.equal(await source(edge, "A"), "cache");
    await other.call("CLIENT", "KILL", "TYPE", "pubsub");
    await other.set("context:A", '{"v":2}');
    await until("2", async () => (await edge.find("A")).context["v"] === 2, 2_000);
    await cached(edge);
    await source(edge, "A");
    assert.equal(await source(edge, "A"), "cache", "the cache is on again");
    await other.set("context:A", '{"v":3}');
    await until("3", async () => (await edge.find("A")).context["v"] === 3, 2_000);
  });

  it("come back by themselves when the server was killed, and when it was not there at the start", async () => {
    const edge = start(settings(server.url));
    await cached(edge);
    await server.kill();
    await until("noticed", async () => (await outcome(edge.find("A"))) === "context-unavailable");
    const late = start(settings(server.url));
    assert.equal(await outcome(late.find("A")), "context-unavailable");
    await server.restart();
    await until("other is back", async () => (await other.set("context:A", "{}").catch(() => "")) === "OK");
    await Promise.all([cached(edge), cached(late)]);
    assert.equal(await outcome(edge.find("A")), "found");
    assert.equal(await outcome(late.find("A")), "found");
  });

  it("count each run once, though answers to the writes are lost on the way", async () => {
    const proxy = await startTcpProxy(server.port);
    const edge = start(settings(`redis://127.0.0.1:${proxy.port}`));
    await ready(edge);
    const counter = new CycleCounter(edge.store, { keyOf, deadlineMs: 20, trouble: () => undefined }, systemClock);
    const numbers: number[] = [];
    for (let i = 0; i < 120; i++) {
      if (i % 30 === 15) proxy.set({ kind: "cut-answer" });
      if (i % 30 === 20) proxy.set({ kind: "none" });
      const number = await counter.count("motor-1", `run-${i}`);
      if (number !== undefined) numbers.push(number);
    }
    await until("all are stored", () => counter.waiting === 0, 15_000);
    assert.equal((JSON.parse((await other.get("cycles:motor-1")) ?? "{}") as Context)["cycle_count"], 120);
    assert.ok(numbers.length > 10 && numbers.length < 120, `${numbers.length} in time`);
    assert.equal(new Set(numbers).size, numbers.length, "no number twice");
    assert.equal(await counter.close(), 0);
    await edge.close();
    await proxy.stop();
  });

  it("hold two connections while used, and none afterwards", async () => {
    const before = await connections(other);
    const edge = start(settings(server.url));
    await cached(edge);
    assert.equal(await connections(other), before + 2);
    await edge.close();
    await until("closed", async () => (await connections(other)) === before);
  });
});
