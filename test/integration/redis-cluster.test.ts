import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { Cluster, Command } from "ioredis";
import { systemClock } from "../../lib/clock";
import { probeRedis } from "../../lib/context/redis-probe";
import { clusterRedis, singleRedis, type ClusterSettings } from "../../lib/context/redis-target";
import { bench, outcome, settings, source, until, type Bench } from "../support/redis-bench";
import { startRedisLab, type RedisLab } from "../support/redis-lab";
import { startRedis } from "../support/redis";
import { startTcpProxy } from "../support/tcp-proxy";

const CODES = Array.from({ length: 60 }, (_, i) => `P${i}`);

const cli = (port: number, ...args: readonly string[]): string =>
  execFileSync("redis-cli", ["-p", String(port), ...args], { encoding: "utf8" }).trim();

describe("a Cluster of three nodes", function () {
  this.timeout(60_000);
  let lab: RedisLab;
  let other: Cluster;
  let edge: Bench | undefined;
  const target = (changes: Partial<ClusterSettings> = {}) =>
    clusterRedis({
      ...settings("redis://unused"),
      nodes: `127.0.0.1:${lab.ports[0]}`,
      secure: false,
      addressMap: "",
      ...changes,
    });
  const start = (options: Parameters<typeof bench>[1] & { maxAgeMs?: number } = {}): Bench => {
    edge = bench(target(), options);
    return edge;
  };
  /** Index of the node that owns a code's key. */
  const ownerOf = (code: string): number => {
    const slot = new Command("get", [`context:${code}`]).getSlot();
    const key = other.slots[slot]?.[0];
    return lab.ports.findIndex((port) => key === `127.0.0.1:${port}`);
  };

  before(async () => {
    lab = await startRedisLab("cluster");
    other = new Cluster([{ host: "127.0.0.1", port: lab.ports[0] }], { slotsRefreshInterval: 500 });
    other.on("error", () => undefined);
    await until("connected", () => other.status === "ready");
  });
  after(async () => {
    other.disconnect();
    await lab.stop();
  });
  afterEach(async () => {
    await edge?.close();
    edge = undefined;
  });

  it("is put, patched, imported, found and deleted in across its slots", async () => {
    const at = start();
    await until("ready", () => at.store.state.text === "redis cluster · cache");
    const rows = CODES.map((code, i) => ({ code, value: { i } }));
    await at.commands.run({ name: "import" }, rows);
    assert.equal(new Set(CODES.map(ownerOf)).size, 3, "codes on all nodes");
    const found = await Promise.all(CODES.map((code) => at.find(code)));
    assert.deepEqual(
      found.map(({ context }) => context["i"]),
      CODES.map((_, i) => i),
    );
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => at.commands.run({ name: "patch", code: "P7" }, { [`p${i}`]: i })),
    );
    assert.equal(Object.keys((await at.find("P7")).context).length, 21);
    const { count } = await at.commands.run(
      { name: "delete" },
      CODES.slice(0, 30).map((code) => `context:${code}`),
    );
    assert.equal(count, 30);
    assert.equal(await outcome(at.find("P0")), "context-unknown");
  });

  it("answers from memory for a short time only, for it tells of no changes", async () => {
    const at = start({ maxAgeMs: 100 });
    await until("ready", () => at.store.state.phase === "ready");
    await other.set("context:T", '{"v":1}');
    assert.equal(await source(at, "T"), "redis");
    assert.equal(await source(at, "T"), "cache");
    await other.set("context:T", '{"v":2}');
    const changedAt = performance.now();
    await until("the change is seen", async () => (await at.find("T")).context["v"] === 2);
    assert.ok(performance.now() - changedAt < 250, `${performance.now() - changedAt} ms`);
  });

  it("loses no patch while a slot moves, and finds its keys afterwards", async () => {
    const at = start({ cache: false });
    await until("ready", () => at.store.state.phase === "ready");
    const key = "context:moving";
    await at.commands.run({ name: "put", key }, {});
    const from = ownerOf("moving");
    const to = (from + 1) % 3;
    const [source_, target_] = [lab.ports[from], lab.ports[to]];
    const [fromId, toId] = [cli(source_, "cluster", "myid"), cli(target_, "cluster", "myid")];
    const slot = cli(source_, "cluster", "keyslot", key);
    const patches = (async () => {
      for (let i = 0; i < 200; i++) await at.commands.run({ name: "patch", key }, { [`p${i}`]: i });
    })();
    cli(target_, "cluster", "setslot", slot, "importing", fromId);
    cli(source_, "cluster", "setslot", slot, "migrating", toId);
    await new Promise((resolve) => setTimeout(resolve, 30));
    cli(source_, "migrate", "127.0.0.1", String(target_), key, "0", "5000");
    await new Promise((resolve) => setTimeout(resolve, 30));
    for (const port of [target_, source_]) cli(port, "cluster", "setslot", slot, "node", toId);
    const settled = await patches.then(
      () => undefined,
      (error: unknown) => error,
    );
    // A patch in the very moment of the move may be refused, never half done: it is sent again.
    if (settled !== undefined) {
      assert.match((settled as { code: string }).code, /^context-(unavailable|conflict)$/);
      for (let i = 0; i < 200; i++) await at.commands.run({ name: "patch", key }, { [`p${i}`]: i });
    }
    assert.equal(Object.keys((await at.find("moving")).context).length, 200);
    assert.equal(cli(target_, "exists", key), "1");
  });

  it("answers in time while a node is down or hangs, and is back by itself", async () => {
    const deadlineMs = 100;
    const at = start({ cache: false, deadlineMs });
    await until("ready", () => at.store.state.phase === "ready");
    for (const code of CODES) await at.commands.run({ name: "put", code }, { code });
    for (const [fault, mend] of [
      ["kill", "start"],
      ["stop", "cont"],
    ] as const) {
      lab.fault(fault, 1);
      const gone = CODES.filter((code) => ownerOf(code) === 1);
      assert.ok(gone.length > 0);
      const end = performance.now() + 3_000;
      const seen = new Set<string>();
      while (performance.now() < end) {
        const askedAt = performance.now();
        for (const said of await Promise.all(CODES.map((code) => outcome(at.find(code))))) seen.add(said);
        const took = performance.now() - askedAt;
        assert.ok(took < deadlineMs + 200, `answers took ${took.toFixed(0)} ms`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      for (const said of seen) assert.match(said, /^(found|context-unavailable|context-deadline)$/);
      assert.ok(seen.size > 1, "the node was never missed");
      lab.fault(mend, 1);
      const port = lab.ports[1];
      const healthy = (): boolean => {
        try {
          return (
            lab.ports.every((one) => /cluster_state:ok/.test(cli(one, "cluster", "info"))) &&
            cli(port, "ping") === "PONG"
          );
        } catch {
          return false;
        }
      };
      await until("the Cluster is whole", healthy, 20_000);
      const wholeAt = performance.now();
      // A killed node comes back empty; unknown is an answer, too.
      await until(
        "all answered",
        async () =>
          (await Promise.all(CODES.map((code) => outcome(at.find(code))))).every((said) =>
            /^(found|context-unknown)$/.test(said),
          ),
        15_000,
      );
      const took = performance.now() - wholeAt;
      assert.ok(took < 5_000, `back ${took.toFixed(0)} ms after the Cluster`);
      for (const code of gone) await at.commands.run({ name: "put", code }, { code });
    }
  });

  it("is reached through other addresses than it announces", async () => {
    const proxies = await Promise.all(lab.ports.map((port) => startTcpProxy(port)));
    const addressMap = lab.ports.map((port, i) => `127.0.0.1:${port}=127.0.0.1:${proxies[i]?.port}`).join(", ");
    const through = target({ nodes: `127.0.0.1:${proxies[0]?.port}`, addressMap });
    edge = bench(through, { cache: false });
    const at = edge;
    await until("ready", () => at.store.state.phase === "ready");
    for (const code of CODES) await at.commands.run({ name: "put", code }, { code });
    for (const code of CODES) assert.equal(await outcome(at.find(code)), "found");
    for (const proxy of proxies) assert.ok(proxy.connections > 0);
    await at.close();
    await Promise.all(proxies.map((proxy) => proxy.stop()));
  });

  it("is told by the test from what is none", async () => {
    const good = await probeRedis(target(), true, ["context:"], systemClock);
    assert.ok(good.ok, good.text);
    assert.match(good.text, /^3 masters, Redis [\d.]+, [\d.]+ ms, cache with a short life$/);
    const single = singleRedis(settings(`redis://127.0.0.1:${lab.ports[0]}`));
    assert.match((await probeRedis(single, true, ["context:"], systemClock)).text, /choose Redis Cluster/);
    const alone = await startRedis();
    const none = await probeRedis(target({ nodes: `127.0.0.1:${alone.port}` }), true, ["context:"], systemClock);
    await alone.stop();
    assert.deepEqual(none, {
      ok: false,
      text: `127.0.0.1:${alone.port}: the server is no part of a Redis Cluster: choose Redis`,
    });
    const elsewhere = target({ addressMap: `127.0.0.1:${lab.ports[2]}=127.0.0.1:1` });
    assert.match(
      (await probeRedis(elsewhere, true, ["context:"], systemClock)).text,
      /127\.0\.0\.1:1, as the Cluster announces it, cannot be reached.*address map/,
    );
  });
});
