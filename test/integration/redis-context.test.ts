import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { systemClock } from "../../lib/clock";
import { ContextCommands } from "../../lib/context/commands";
import { Deadlines } from "../../lib/context/deadlines";
import { KeyTemplate } from "../../lib/context/key-template";
import { ContextLookup, type Found } from "../../lib/context/lookup";
import { redisOptions, type RedisSettings } from "../../lib/context/redis-options";
import { probeRedis } from "../../lib/context/redis-probe";
import { RedisStore } from "../../lib/context/redis-store";
import { NoRead, readScan } from "../../lib/context/scan";
import { EdgeError } from "../../lib/errors";
import { scratch } from "../support/cache";
import { freePort } from "../support/ports";
import { startRedis, type TestRedis } from "../support/redis";

type Changes = Partial<Omit<RedisSettings, "tls">> & { tls?: Partial<RedisSettings["tls"]> };

function settings(url: string, changes: Changes = {}): RedisSettings {
  const tls = { ca: "", cert: "", key: "", servername: "", verify: true, ...changes.tls };
  return { url, username: "", password: "", db: undefined, ...changes, tls };
}

interface Bench {
  readonly store: RedisStore;
  readonly commands: ContextCommands;
  find(code: string): Promise<Found>;
  close(): Promise<void>;
}

function bench(
  of: RedisSettings,
  options: { cache?: boolean; onDeadline?: "fail" | "stale"; deadlineMs?: number } = {},
): Bench {
  const { cache = true, onDeadline = "fail", deadlineMs = 10 } = options;
  const cached = cache ? { maxEntries: 1000, maxAgeMs: 60_000 } : undefined;
  const store = new RedisStore({ connection: redisOptions(of), cache: cached, maxLastKnown: 1000 }, systemClock);
  const user = {};
  store.use(user, { prefixes: ["context:"], lastKnown: onDeadline === "stale" });
  const key = new KeyTemplate("context:{code}");
  const deadlines = new Deadlines(deadlineMs, systemClock);
  const lookup = new ContextLookup(store, { key, joins: [], onDeadline, staleMaxMs: 60_000 }, deadlines, systemClock);
  const noRead = new NoRead([]);
  return {
    store,
    commands: new ContextCommands(store, key, noRead),
    find: (code) =>
      lookup.find({ scan: readScan(code, noRead), reader: undefined, asset: undefined, context: undefined }),
    close: async () => {
      deadlines.close();
      await store.release(user);
    },
  };
}

async function until(what: string, holds: () => boolean | Promise<boolean>, ms = 8_000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const cached = (of: Bench) => until("cache on", () => of.store.state.text === "redis · cache");
const ready = (of: Bench) =>
  until("connected", () => of.store.state.phase === "ready" || of.store.state.phase === "degraded");
const source = async (of: Bench, code: string) => (await of.find(code)).lookup.source;
const outcome = (found: Promise<Found>) =>
  found.then(
    ({ lookup }) => (lookup.stale ? "stale" : "found"),
    (error: { code: string }) => error.code,
  );
const fails = (code: string) => (error: unknown) => error instanceof EdgeError && error.code === code;

async function connections(of: Redis): Promise<number> {
  return String(await of.call("CLIENT", "LIST"))
    .trim()
    .split("\n").length;
}

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
    const edge = start(settings(server.url), { deadlineMs: 1_000 });
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
    assert.deepEqual(await edge.commands.run({ name: "import" }, rows), { command: "import", count: 1_234 });
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
    const edge = start(settings(server.url), { cache: false });
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

  it("hold two connections while used, and none afterwards", async () => {
    const before = await connections(other);
    const edge = start(settings(server.url));
    await cached(edge);
    assert.equal(await connections(other), before + 2);
    await edge.close();
    await until("closed", async () => (await connections(other)) === before);
  });
});

describe("a Redis with access control", function () {
  this.timeout(30_000);
  let server: TestRedis;
  let dir: string;
  before(async () => {
    dir = scratch("acl");
    const file = join(dir, "users.acl");
    writeFileSync(
      file,
      [
        "user default off",
        "user full on >pw ~context:* +getrange +mset +set +del +watch +unwatch +multi +exec +ping +hello +select +client|id +client|tracking +subscribe resetchannels &__redis__:invalidate",
        "user plain on >pw ~context:* resetchannels +getrange +ping +hello +select +client|id +subscribe",
        "user foreign on >pw ~other:* resetchannels +@all",
      ].join("\n") + "\n",
    );
    server = await startRedis(["--aclfile", file]);
  });
  after(async () => {
    await server.stop();
    rmSync(dir, { recursive: true });
  });
  const as = (username: string, password = "pw") => settings(server.url, { username, password });
  const probe = (username: string, password?: string) =>
    probeRedis(redisOptions(as(username, password)), true, ["context:"], systemClock);

  it("is enough with the rights that the help names", async () => {
    const edge = bench(as("full"));
    await cached(edge);
    await edge.commands.run({ name: "put", key: "context:A" }, { v: 1 });
    await edge.commands.run({ name: "patch", key: "context:A" }, { w: 2 });
    assert.deepEqual((await edge.find("A")).context, { v: 1, w: 2 });
    await edge.close();
    const { ok, text } = await probe("full");
    assert.ok(ok, text);
    assert.match(text, /^Redis \d+\.\d+\.\d+, \d+\.\d ms, cache on$/);
  });

  it("without the rights of the cache works, and says which rules mend it", async () => {
    const edge = bench(as("plain"));
    await until("degraded", () => edge.store.state.phase === "degraded");
    assert.match(edge.store.state.text, /ACL SETUSER plain/);
    assert.equal(await outcome(edge.find("nobody")), "context-unknown");
    await edge.close();
    const { ok, text } = await probe("plain");
    assert.equal(ok, false);
    assert.match(text, /cache stays off/);
    assert.match(text, /ACL SETUSER plain &__redis__:invalidate/);
    assert.match(text, /ACL SETUSER plain \+client\|tracking/);
  });

  it("says that the keys are not allowed, or the password is wrong", async () => {
    assert.match((await probe("foreign")).text, /ACL SETUSER foreign ~context:\*/);
    assert.deepEqual(await probe("full", "wrong"), { ok: false, text: "user name or password is wrong" });
    const edge = bench(as("full", "wrong"));
    await until("said", () => /user name or password is wrong/.test(edge.store.state.text));
    assert.equal(await outcome(edge.find("A")), "context-unavailable");
    await edge.close();
  });
});

describe("a Redis behind TLS", function () {
  this.timeout(30_000);
  let server: TestRedis;
  let dir: string;
  let url: string;
  before(async () => {
    dir = scratch("tls");
    // An OPC UA library in the same process may have left OPENSSL_CONF as the text "undefined".
    const { OPENSSL_CONF: _, ...env } = process.env;
    const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: dir, env, stdio: "pipe" });
    openssl(
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-keyout",
      "ca.key",
      "-out",
      "ca.crt",
      "-days",
      "2",
      "-subj",
      "/CN=test CA",
    );
    openssl(
      "req",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-keyout",
      "server.key",
      "-out",
      "server.csr",
      "-subj",
      "/CN=redis",
    );
    writeFileSync(join(dir, "server.ext"), "subjectAltName=DNS:redis.plant,IP:127.0.0.1\n");
    openssl(
      "x509",
      "-req",
      "-in",
      "server.csr",
      "-CA",
      "ca.crt",
      "-CAkey",
      "ca.key",
      "-CAcreateserial",
      "-out",
      "server.crt",
      "-days",
      "2",
      "-extfile",
      "server.ext",
    );
    const port = await freePort();
    url = `rediss://127.0.0.1:${port}`;
    server = await startRedis([
      "--tls-port",
      String(port),
      "--tls-auth-clients",
      "no",
      "--tls-cert-file",
      join(dir, "server.crt"),
      "--tls-key-file",
      join(dir, "server.key"),
      "--tls-ca-cert-file",
      join(dir, "ca.crt"),
    ]);
  });
  after(async () => {
    await server.stop();
    rmSync(dir, { recursive: true });
  });
  const probe = (changes: Changes) => probeRedis(redisOptions(settings(url, changes)), true, ["context:"], systemClock);

  it("is reached with its CA, its cache too", async () => {
    const edge = bench(settings(url, { tls: { ca: join(dir, "ca.crt") } }));
    await cached(edge);
    assert.equal(await outcome(edge.find("A")), "context-unknown");
    await edge.close();
  });

  it("is refused without its CA or under another name, in words", async () => {
    assert.match((await probe({})).text, /authority that is not known/);
    assert.match(
      (await probe({ tls: { ca: join(dir, "ca.crt"), servername: "redis.elsewhere" } })).text,
      /for another name/,
    );
    assert.ok((await probe({ tls: { ca: join(dir, "ca.crt"), servername: "redis.plant" } })).ok);
  });
});
