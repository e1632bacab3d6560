import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Cluster, Redis } from "ioredis";
import { systemClock } from "../../lib/clock";
import { probeRedis } from "../../lib/context/redis-probe";
import { clusterRedis, sentinelRedis, type RedisTarget } from "../../lib/context/redis-target";
import { bench, cached, outcome, settings, until, type Bench } from "../support/redis-bench";
import { startRedisLab, type RedisLab } from "../support/redis-lab";

const CODES = Array.from({ length: 20 }, (_, i) => `P${i}`);

const probe = (target: RedisTarget) => probeRedis(target, true, ["context:"], systemClock);
const named = (ports: readonly number[] = []): string => ports.map((port) => `127.0.0.1:${port}`).join(", ");

describe("more than one Redis, over TLS alone", function () {
  this.timeout(60_000);
  let sentinel: RedisLab;
  let cluster: RedisLab;
  let edge: Bench | undefined;
  before(async () => {
    [sentinel, cluster] = await Promise.all([startRedisLab("sentinel", true), startRedisLab("cluster", true)]);
  });
  after(() => Promise.all([sentinel?.stop(), cluster?.stop()]));
  afterEach(async () => {
    await edge?.close();
    edge = undefined;
  });

  const throughSentinels = (ca: string, secure = { server: true, sentinel: true }): RedisTarget =>
    sentinelRedis({
      ...settings("redis://unused", { tls: { ca } }),
      nodes: named(sentinel.sentinels),
      masterName: "peer",
      secure: secure.server,
      addressMap: "",
      sentinel: { username: "", password: "", secure: secure.sentinel },
    });
  const ofCluster = (ca: string): RedisTarget =>
    clusterRedis({
      ...settings("redis://unused", { tls: { ca } }),
      nodes: named(cluster.ports),
      secure: true,
      addressMap: "",
    });

  it("is found through Sentinels, and followed to the new master when the old one is killed", async () => {
    const { ca = "", ports } = sentinel;
    const good = await probe(throughSentinels(ca));
    assert.ok(good.ok, good.text);
    assert.match(good.text, /^master 127\.0\.0\.1:\d+, 3 of 3 Sentinels; Redis [\d.]+, [\d.]+ ms, cache on$/);
    const at = (edge = bench(throughSentinels(ca), { onDeadline: "stale", deadlineMs: 100 }));
    await cached(at);
    await at.commands.run({ name: "put", key: "context:A" }, { v: 1 });
    assert.deepEqual((await at.find("A")).context, { v: 1 });
    const [replica] = ports.slice(1);
    const reading = new Redis(replica, { tls: { ca: readFileSync(ca) } });
    await until("replicated", async () => (await reading.get("context:A")) === '{"v":1}');
    reading.disconnect();
    sentinel.fault("kill", 0);
    await until("missed", async () => (await outcome(at.find("A"))) === "stale");
    const write = () => at.commands.run({ name: "put", key: "context:B" }, { v: 2 });
    await until("it writes to the new one", () => write().then(Boolean, () => false), 15_000);
    await cached(at);
    assert.deepEqual((await at.find("A")).context, { v: 1 });
  });

  it("says in words which of the lines is not what it should be", async () => {
    const { ca = "" } = sentinel;
    assert.match((await probe(throughSentinels(""))).text, /authority that is not known/);
    const plain = await probe(throughSentinels(ca, { server: true, sentinel: false }));
    assert.equal(plain.ok, false);
    assert.match(plain.text, /a port with TLS needs/);
    assert.match((await probe(ofCluster(""))).text, /authority that is not known/);
  });

  it("is put, found and deleted in on every node of a Cluster", async () => {
    const { ca = "", ports } = cluster;
    const good = await probe(ofCluster(ca));
    assert.ok(good.ok, good.text);
    assert.match(good.text, /^3 masters, Redis [\d.]+, [\d.]+ ms, cache with a short life$/);
    const at = (edge = bench(ofCluster(ca), { cache: false }));
    await until("ready", () => at.store.state.text === "redis cluster");
    await Promise.all(CODES.map((code) => at.commands.run({ name: "put", code }, { code })));
    const found = await Promise.all(CODES.map((code) => at.find(code)));
    assert.deepEqual(
      found.map(({ context }) => context["code"]),
      CODES,
    );
    const other = new Cluster([{ host: "127.0.0.1", port: ports[0] }], {
      redisOptions: { tls: { ca: readFileSync(ca) } },
      dnsLookup: (name, done) => done(null, name),
    });
    await until("connected", () => other.status === "ready");
    const kept = await Promise.all(other.nodes("master").map((node) => node.dbsize()));
    other.disconnect();
    assert.deepEqual([kept.length, kept.every((keys) => keys > 0)], [3, true]);
    const { count } = await at.commands.run(
      { name: "delete" },
      CODES.map((code) => `context:${code}`),
    );
    assert.equal(count, CODES.length);
  });
});
