import assert from "node:assert/strict";
import { Redis } from "ioredis";
import { systemClock } from "../../lib/clock";
import { probeRedis } from "../../lib/context/redis-probe";
import { sentinelRedis, type SentinelSettings } from "../../lib/context/redis-target";
import { bench, cached, outcome, settings, until, type Bench } from "../support/redis-bench";
import { startRedisLab, type RedisLab } from "../support/redis-lab";
import { freePort } from "../support/ports";

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("a master that Sentinels name", function () {
  this.timeout(60_000);
  // One for each failover: Sentinels do not begin another one for some time.
  let labs: RedisLab[];
  let lab: RedisLab;
  let edge: Bench | undefined;
  const target = (changes: Partial<SentinelSettings> = {}) =>
    sentinelRedis({
      ...settings("redis://unused"),
      nodes: (lab.sentinels ?? []).map((port) => `127.0.0.1:${port}`).join(", "),
      masterName: "peer",
      secure: false,
      addressMap: "",
      sentinel: { username: "", password: "", secure: false },
      ...changes,
    });
  const probe = (changes: Partial<SentinelSettings> = {}) =>
    probeRedis(target(changes), true, ["context:"], systemClock);
  /** Port of the master as most Sentinels see it now. */
  const master = async (): Promise<number> => {
    const sentinel = new Redis(lab.sentinels?.[0] as number, "127.0.0.1");
    try {
      const [, port] = (await sentinel.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "peer")) as [string, string];
      return Number(port);
    } finally {
      sentinel.disconnect();
    }
  };

  before(async () => {
    labs = await Promise.all([startRedisLab("sentinel"), startRedisLab("sentinel")]);
    lab = labs[0];
  });
  after(() => Promise.all(labs.map((one) => one.stop())));
  afterEach(async () => {
    await edge?.close();
    edge = undefined;
  });

  it("is found, and told by the test what is wrong with the way there", async () => {
    const [first] = lab.sentinels ?? [];
    const good = await probe();
    assert.ok(good.ok, good.text);
    assert.match(good.text, /^master 127\.0\.0\.1:\d+, 3 of 3 Sentinels; Redis [\d.]+, [\d.]+ ms, cache on$/);
    const free = await freePort();
    const one = await probe({ nodes: `127.0.0.1:${free}, 127.0.0.1:${first}` });
    assert.ok(one.ok, one.text);
    assert.match(one.text, new RegExp(`1 of 2 Sentinels; 127\\.0\\.0\\.1:${free}: nothing listens there`));
    assert.deepEqual(await probe({ nodes: `127.0.0.1:${first}`, masterName: "mymaster" }), {
      ok: false,
      text: `127.0.0.1:${first}: watches no master called mymaster, but peer`,
    });
    assert.match((await probe({ nodes: `127.0.0.1:${lab.ports[0]}` })).text, /answers, but is no Sentinel/);
    assert.match(
      (await probe({ password: "geheim", username: "edge" })).text,
      /the master: user name or password is wrong/,
    );
    assert.doesNotMatch((await probe({ password: "geheim", username: "edge" })).text, /geheim/);
  });

  it("says at work, too, that the name or the Sentinels are wrong", async () => {
    edge = bench(target({ masterName: "mymaster" }));
    await until("said", () => /know no master|no Sentinel knows/.test(edge?.store.state.text ?? ""));
    await edge.close();
    edge = bench(target({ nodes: `127.0.0.1:${lab.ports[0]}` }));
    await until("said", () => /is no Sentinel/.test(edge?.store.state.text ?? ""));
  });

  for (const [i, fault, words] of [
    [0, "kill", "is killed"],
    [1, "stop", "hangs"],
  ] as const) {
    it(`is followed by itself when it ${words}: answers in time throughout, writes to the new one`, async () => {
      lab = labs[i];
      const deadlineMs = 100;
      edge = bench(target(), { onDeadline: "stale", deadlineMs });
      const at = edge;
      await cached(at);
      await at.commands.run({ name: "put", key: "context:A" }, { v: 1 });
      assert.deepEqual((await at.find("A")).context, { v: 1 });
      const old = await master();
      // The replicas must have it before the master goes: replication is not what is tested.
      await wait(200);
      lab.fault(fault, lab.ports.indexOf(old));

      const outcomes = new Map<string, number>();
      let slowest = 0;
      let promotedAt = 0;
      const watch = (async () => {
        while ((await master().catch(() => old)) === old) await wait(20);
        promotedAt = performance.now();
      })();
      let backAt = 0;
      while (backAt === 0) {
        const askedAt = performance.now();
        const said = await outcome(at.find("A"));
        slowest = Math.max(slowest, performance.now() - askedAt);
        outcomes.set(said, (outcomes.get(said) ?? 0) + 1);
        if (promotedAt > 0) {
          const wrote = await Promise.race([
            at.commands.run({ name: "put", key: "context:B" }, { v: 2 }).then(
              () => true,
              () => false,
            ),
            wait(50).then(() => false),
          ]);
          if (wrote) backAt = performance.now();
        }
        await wait(5);
        assert.ok(promotedAt === 0 || performance.now() - promotedAt < 10_000, "not back within 10 s of the promotion");
      }
      await watch;
      const backMs = backAt - promotedAt;
      assert.ok(backMs < 5_000, `back ${backMs.toFixed(0)} ms after the promotion`);
      assert.ok(slowest < deadlineMs + 150, `an answer took ${slowest.toFixed(0)} ms`);
      for (const said of outcomes.keys()) assert.match(said, /^(found|stale)$/);
      assert.ok((outcomes.get("stale") ?? 0) > 0, "the master was never missed");

      const fresh = new Redis(await master(), "127.0.0.1");
      assert.equal(await fresh.get("context:B"), '{"v":2}', "written to the new master");
      await cached(at);
      await at.find("A");
      await fresh.set("context:A", '{"v":3}');
      await until("its changes are told", async () => (await at.find("A")).context["v"] === 3);
      // What was away comes back, and takes no more writes from here, whether it knows already that it is no master.
      lab.fault(fault === "kill" ? "start" : "cont", lab.ports.indexOf(old));
      await wait(300);
      await until("it writes", () =>
        at.commands.run({ name: "put", key: "context:C" }, { v: 4 }).then(
          () => true,
          () => false,
        ),
      );
      assert.equal(await fresh.get("context:C"), '{"v":4}');
      fresh.disconnect();
    });
  }
});
