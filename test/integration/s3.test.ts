import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { systemClock } from "../../lib/clock";
import { sha256 } from "../../lib/storage/hash";
import type { PutOutcome } from "../../lib/storage/object-store";
import type { S3Store } from "../../lib/storage/s3-store";
import { readSegments } from "../../lib/storage/segments";
import { openSpool, type Spool } from "../../lib/storage/spool";
import { checkStore } from "../../lib/storage/store-check";
import { scratch } from "../support/cache";
import { keysOf } from "../support/objects";
import { until } from "../support/process";
import { openTestStore, startSeaweedfs, startVersitygw, type TestS3 } from "../support/s3";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy";

const create = { condition: { ifNoneMatch: "*" } } as const;
const errorOf = (outcome: PutOutcome): string =>
  "error" in outcome ? `${outcome.error.code}: ${outcome.error.message}` : outcome.kind;

for (const [name, start] of [
  ["versitygw", startVersitygw],
  ["SeaweedFS", startSeaweedfs],
] as const) {
  describe(`S3 on ${name}`, function () {
    this.timeout(60_000);
    let server: TestS3;
    let store: S3Store;

    before(async function () {
      this.timeout(900_000);
      server = await start();
      store = openTestStore(server);
    });
    after(async () => {
      await store?.close();
      await server?.stop();
    });

    it("stores an object, reads it back with its hash, and knows what is missing", async () => {
      const body = randomBytes(100_000);
      assert.equal((await store.put("ldo/v1/dev=a/one", body, create)).kind, "stored");
      const found = await store.get("ldo/v1/dev=a/one");
      assert.ok(body.equals(found?.body ?? Buffer.alloc(0)));
      assert.equal(found?.sha256, sha256(body));
      assert.equal((await store.head("ldo/v1/dev=a/one"))?.size, 100_000);
      assert.equal(await store.get("ldo/v1/dev=a/none"), undefined);
      assert.equal(await store.head("ldo/v1/dev=a/none"), undefined);
      await assert.rejects(store.get("ldo/v1/dev=a/one", 1_000), { code: "objects-too-large" });
    });

    it("creates once: the same bytes again are there already, other bytes are not taken", async () => {
      assert.equal((await store.put("once", Buffer.from("mine"), create)).kind, "stored");
      assert.equal((await store.put("once", Buffer.from("mine"), create)).kind, "exists-same");
      assert.equal((await store.put("once", Buffer.from("theirs"), create)).kind, "exists-other");
    });

    it("says which of the two it was for a body so large that the server hangs up early", async () => {
      const [mine, theirs] = [randomBytes(6 << 20), randomBytes(6 << 20)];
      assert.equal((await store.put("large", mine, create)).kind, "stored");
      assert.equal((await store.put("large", mine, create)).kind, "exists-same");
      assert.ok(["exists-other", "unknown"].includes((await store.put("large", theirs, create)).kind));
      assert.equal((await store.head("large"))?.sha256, sha256(mine));
    });

    it("swaps only the version that was read", async () => {
      assert.equal(
        (await store.put("swap", Buffer.from("0"), { condition: { ifMatch: '"0123456789abcdef0123456789abcdef"' } }))
          .kind,
        "exists-other",
      );
      const first = await store.put("swap", Buffer.from("1"));
      const etag = first.kind === "stored" ? first.etag : "";
      assert.equal((await store.put("swap", Buffer.from("2"), { condition: { ifMatch: etag } })).kind, "stored");
      assert.equal((await store.put("swap", Buffer.from("3"), { condition: { ifMatch: etag } })).kind, "exists-other");
    });

    it("lets one of several racing writers win, and knows that of itself", async () => {
      const { holds, detail } = await store.conditionalWrites();
      assert.ok(holds, detail);
      assert.match((await checkStore(store, Date.now())).text, /written, read back; one of 12/);
      assert.deepEqual(await keysOf(store, "probe/"), []);
    });

    it("lists more than a page, from a prefix, after a key, below its own prefix", async () => {
      const inner = openTestStore(server, { prefix: "site-1/" });
      try {
        const keys = Array.from({ length: 1_050 }, (_, n) => `many/${String(n).padStart(5, "0")}`);
        for (let at = 0; at < keys.length; at += 50) {
          await Promise.all(keys.slice(at, at + 50).map((key) => inner.put(key, Buffer.from("x"))));
        }
        assert.deepEqual(await keysOf(inner, "many/"), keys);
        assert.deepEqual(await keysOf(inner, "many/", keys[1_040]), keys.slice(1_041));
        assert.equal((await keysOf(store, "site-1/many/")).length, 1_050);
      } finally {
        await inner.close();
      }
    });

    it("names what is wrong: no such bucket, a wrong secret, a wrong key", async () => {
      const answers: [change: object, code: string][] = [
        [{ bucket: "not-there" }, "objects-bucket"],
        [{ credentials: { ...server.options.credentials, secretAccessKey: "wrong" } }, "objects-denied"],
        [{ credentials: { accessKeyId: "nobody", secretAccessKey: "wrong" } }, "objects-denied"],
      ];
      // SeaweedFS makes a bucket that is not there.
      if (name === "SeaweedFS") answers.shift();
      for (const [change, code] of answers) {
        const wrong = openTestStore(server, change);
        const outcome = await wrong.put("x", Buffer.from("x"), create);
        assert.equal(outcome.kind, "refused", errorOf(outcome));
        assert.equal(outcome.kind === "refused" && outcome.error.code, code, errorOf(outcome));
        assert.equal((await checkStore(wrong, Date.now())).ok, false);
        await wrong.close();
      }
    });
  });
}

describe("S3 behind a bad network", function () {
  this.timeout(60_000);
  let server: TestS3;
  let proxy: TcpProxy;
  let store: S3Store;

  before(async function () {
    this.timeout(900_000);
    server = await startVersitygw();
    proxy = await startTcpProxy(server.port);
    store = openTestStore(server, { endpoint: `http://127.0.0.1:${proxy.port}`, timeoutMs: 1_500 });
  });
  beforeEach(() => proxy.set({ kind: "none" }));
  after(async () => {
    await store?.close();
    await proxy?.stop();
    await server?.stop();
  });

  it("calls a put unknown whose answer did not come, and finds it there at the next try", async () => {
    for (const [key, fault] of [
      ["net/cut", { kind: "cut-answer" }],
      ["net/mute", { kind: "mute" }],
    ] as const) {
      proxy.set(fault);
      const outcome = await store.put(key, Buffer.from("body"), create);
      assert.equal(outcome.kind, "unknown");
      proxy.set({ kind: "none" });
      assert.equal((await store.put(key, Buffer.from("body"), create)).kind, "exists-same", key);
      await store.close();
    }
  });

  it("gives up after its own time, with the number", async () => {
    proxy.set({ kind: "mute" });
    await assert.rejects(store.get("net/cut"), { code: "objects-timeout", message: /did not answer within 1500 ms/ });
    await store.close();
  });

  it("takes a connection that breaks in the middle of the body for unknown", async () => {
    proxy.set({ kind: "cut", afterBytes: 300_000 });
    assert.equal((await store.put("net/large", randomBytes(1 << 20), create)).kind, "unknown");
    proxy.set({ kind: "none" });
    assert.equal(await store.head("net/large"), undefined);
  });

  it("takes a busy server for unknown, whatever it says", async () => {
    for (const status of [
      "503 Slow Down",
      "500 Internal Server Error",
      "429 Too Many Requests",
      "507 Insufficient Storage",
    ]) {
      proxy.set({ kind: "answer", status });
      const outcome = await store.put("net/busy", Buffer.from("x"), create);
      assert.equal(outcome.kind, "unknown");
      assert.equal(outcome.kind === "unknown" && outcome.error.code, "objects-busy");
      await assert.rejects(store.get("net/busy"), { code: "objects-busy" });
    }
  });

  describe("a spool", () => {
    let dir: string;
    let spool: Spool;

    beforeEach(async () => {
      dir = scratch("s3-spool");
      spool = await openSpool({
        dataDir: dir,
        name: "ldo",
        keyPrefix: `ldo/v1/dev=${Date.now().toString(36)}`,
        binding: "test",
        store,
        clock: systemClock,
        random: () => 0.05,
        ages: { maxAgeMs: 50 },
      });
    });
    afterEach(async () => {
      await spool.close();
      rmSync(dir, { recursive: true, force: true });
    });

    it("goes on taking records while the store is slow, refuses connections or answers 503, and brings all of them there", async () => {
      let n = 0;
      for (const fault of [
        { kind: "slow", ms: 400 },
        { kind: "refuse" },
        { kind: "answer", status: "503 Slow Down" },
        { kind: "cut-answer" },
      ] as const) {
        proxy.set(fault);
        const slowest = await appendFor(spool, 700, () => `id-${n++}`);
        assert.ok(slowest < 400, `an append took ${slowest} ms under ${fault.kind}`);
      }
      assert.notEqual(spool.stats().health, "ok");
      proxy.set({ kind: "none" });
      await spool.flush();
      await until("everything is uploaded", () => spool.stats().uploaded.rows === n, 30_000);
      const ids: string[] = [];
      const gaps: unknown[] = [];
      for await (const { records } of readSegments(store, { prefix: "ldo/v1/", onGap: (gap) => gaps.push(gap) })) {
        ids.push(...records.map((record) => (record as { id: string }).id));
      }
      assert.equal(ids.length, n);
      assert.equal(new Set(ids).size, n);
      assert.deepEqual(gaps, []);
      assert.equal(spool.stats().health, "ok");
    });
  });
});

/** Appends for `ms`; the longest that one took. */
async function appendFor(spool: Spool, ms: number, nextId: () => string): Promise<number> {
  const end = performance.now() + ms;
  let slowest = 0;
  while (performance.now() < end) {
    const started = performance.now();
    const id = nextId();
    await spool.append(id, JSON.stringify({ id }));
    slowest = Math.max(slowest, performance.now() - started);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return slowest;
}
