import assert from "node:assert/strict";
import { Redis } from "ioredis";
import { freePort } from "../support/ports";
import { startRedis, type TestRedis } from "../support/redis";
import { bench, fails, outcome, ready, settings, until, type Bench } from "../support/redis-bench";
import { RespServer, type Answer } from "../support/resp-server";

const BURST = 64;
const bulk = (text: string) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;

/** What a lookup was told, or the code and text of why not. */
async function told(edge: Bench, code: string): Promise<string> {
  return edge.find(code).then(
    ({ context }) => JSON.stringify(context),
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  );
}

describe("lookups on a Redis that fails in the middle", function () {
  this.timeout(30_000);
  let server: TestRedis;
  let other: Redis;
  let edge: Bench;

  before(async () => {
    server = await startRedis();
    other = new Redis(server.port, "127.0.0.1");
    other.on("error", () => undefined);
  });
  after(async () => {
    other.disconnect();
    await server.stop();
  });
  beforeEach(async () => {
    await other.mset(Array.from({ length: BURST }, (_, i) => [`context:${i}`, `{"n":${i}}`]).flat());
  });
  afterEach(async () => {
    server.resume();
    await edge.close();
  });

  const burst = (from = 0) => Array.from({ length: BURST }, (_, i) => told(edge, String((from + i) % BURST)));

  it("get an answer each, and never another's, when late replies come after a hang", async () => {
    edge = bench(settings(server.url), { cache: false, deadlineMs: 10 });
    await ready(edge);
    server.hang();
    const late = await Promise.all(burst());
    assert.ok(late.every((text) => text.startsWith("context-deadline")));
    const next = burst(7);
    server.resume();
    for (const [i, text] of (await Promise.all(next)).entries())
      if (!text.startsWith("context-deadline")) assert.equal(text, `{"n":${(7 + i) % BURST}}`);
    await until("answers again", async () => (await outcome(edge.find("1"))) === "found");
    const after = await Promise.all(burst(3));
    assert.deepEqual(
      after,
      Array.from({ length: BURST }, (_, i) => `{"n":${(3 + i) % BURST}}`),
    );
  });

  it("say that a key holds another type", async () => {
    edge = bench(settings(server.url));
    await ready(edge);
    await other.hset("context:H", { product: "A" });
    assert.match(await told(edge, "H"), /^context-invalid: reading context:H: the key holds another type.*\(SET\)$/);
    await other.del("context:H");
  });

  it("go on reading from a replica, which refuses to write in words", async () => {
    const replica = await startRedis(["--replicaof", "127.0.0.1", String(await freePort())]);
    try {
      edge = bench(settings(replica.url));
      await ready(edge);
      assert.equal(await outcome(edge.find("A")), "context-unknown");
      await assert.rejects(
        edge.commands.run({ name: "put", key: "context:A" }, {}),
        (error: Error) => fails("context-unavailable")(error) && /read-only replica/.test(error.message),
      );
    } finally {
      await replica.stop();
    }
  });
});

/** As Redis would, with every key there. */
const plainly: Answer = ([name = ""]) => {
  switch (name.toLowerCase()) {
    case "ping":
      return "+PONG\r\n";
    case "getrange":
      return bulk('{"v":1}');
    default:
      return "+OK\r\n";
  }
};

const reading =
  (reply: string): Answer =>
  (command, connection) =>
    command[0]?.toLowerCase() === "getrange" ? reply : plainly(command, connection);

describe("lookups on a server that answers oddly", function () {
  this.timeout(30_000);
  let server: RespServer;
  let edge: Bench;
  beforeEach(async () => {
    server = await RespServer.start(plainly);
    edge = bench(settings(server.url), { cache: false, deadlineMs: 500 });
    await ready(edge);
  });
  afterEach(async () => {
    await edge.close();
    await server.stop();
  });

  for (const [reply, wanted] of [
    ["-MOVED 3999 127.0.0.1:6381\r\n", /^context-unavailable: .*part of a Redis Cluster/],
    ["-LOADING Redis is loading the dataset in memory\r\n", /^context-unavailable: .*still loading its data/],
    ["-NOAUTH Authentication required.\r\n", /^context-unavailable: .*asks for a password/],
    ["-MISCONF Redis is configured to save RDB snapshots\r\n", /^context-unavailable: .*MISCONF/],
    ["$-1\r\n", /^context-unknown/],
    [":7\r\n", /^context-(invalid|unavailable)/],
    ["*1\r\n$2\r\n{}\r\n", /^context-(invalid|unavailable)/],
    [bulk("null"), /^context-invalid/],
    [bulk('"text"'), /^context-invalid/],
    ["garbage\r\n", /^context-unavailable/],
  ] as const) {
    it(`are told what ${JSON.stringify(reply)} means, and the next one is served`, async () => {
      server.answer = reading(reply);
      assert.match(await told(edge, "A"), wanted);
      server.answer = plainly;
      await until("served", async () => (await told(edge, "A")) === '{"v":1}');
    });
  }

  it("are all answered, each its own, when the server dies under 64 of them", async () => {
    let answers = 0;
    server.answer = (command, connection) => {
      if (command[0]?.toLowerCase() !== "getrange") return plainly(command, connection);
      if (answers++ === 20) connection.destroy();
      return bulk(JSON.stringify({ key: command[1] }));
    };
    const all = await Promise.all(Array.from({ length: BURST }, (_, i) => told(edge, String(i))));
    for (const [i, text] of all.entries())
      assert.ok(
        text === `{"key":"context:${i}"}` ||
          text === `context-unavailable: reading context:${i}: Redis is not connected`,
        text,
      );
    assert.ok(all.filter((text) => text.startsWith("context-unavailable")).length >= BURST - 20);
    server.answer = plainly;
    await until("served", async () => (await told(edge, "A")) === '{"v":1}');
  });

  it("are served again after the server closed each connection it got", async () => {
    server.answer = (_command, connection) => void connection.destroy();
    server.drop();
    await until("away", () => edge.store.state.phase === "waiting");
    assert.match(await told(edge, "A"), /^context-unavailable/);
    server.answer = plainly;
    await until("served", async () => (await told(edge, "A")) === '{"v":1}');
  });
});
