import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { systemClock } from "../../lib/clock";
import { singleRedis } from "../../lib/context/redis-target";
import { probeRedis } from "../../lib/context/redis-probe";
import { scratch } from "../support/cache";
import { freePort } from "../support/ports";
import { startRedis, type TestRedis } from "../support/redis";
import { startTcpProxy } from "../support/tcp-proxy";
import { bench, cached, outcome, settings, until, type Changes } from "../support/redis-bench";

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
    probeRedis(singleRedis(as(username, password)), true, ["context:"], systemClock);

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
      "optional",
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
  const openssl = (...args: string[]) => {
    // An OPC UA library in the same process may have left OPENSSL_CONF as the text "undefined".
    const { OPENSSL_CONF: _, ...env } = process.env;
    execFileSync("openssl", args, { cwd: dir, env, stdio: "pipe" });
  };
  const probe = (changes: Changes) => probeRedis(singleRedis(settings(url, changes)), true, ["context:"], systemClock);

  it("is reached with its CA, its cache too", async () => {
    const edge = bench(settings(url, { tls: { ca: join(dir, "ca.crt") } }));
    await cached(edge);
    assert.equal(await outcome(edge.find("A")), "context-unknown");
    await edge.close();
  });

  it("has its deadline begin when the first connection stands", async () => {
    const proxy = await startTcpProxy(Number(new URL(url).port));
    proxy.set({ kind: "slow", ms: 150 });
    const edge = bench(settings(`rediss://127.0.0.1:${proxy.port}`, { tls: { ca: join(dir, "ca.crt") } }), {
      deadlineMs: 100,
    });
    const asked = Promise.all(["A", "B"].map((code) => outcome(edge.find(code))));
    const put = edge.commands.run({ name: "put", key: "context:C" }, { v: 1 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    proxy.set({ kind: "none" });
    assert.deepEqual(await asked, ["context-unknown", "context-unknown"]);
    await put;
    assert.equal(await outcome(edge.find("C")), "found");
    await edge.close();
    await proxy.stop();
  });

  it("is refused without its CA or under another name, in words", async () => {
    assert.match((await probe({})).text, /authority that is not known/);
    assert.match(
      (await probe({ tls: { ca: join(dir, "ca.crt"), servername: "redis.elsewhere" } })).text,
      /for another name/,
    );
    assert.ok((await probe({ tls: { ca: join(dir, "ca.crt"), servername: "redis.plant" } })).ok);
  });

  it("asks for a client certificate in words, and takes one", async () => {
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "edge.key", "-out", "edge.csr", "-subj", "/CN=edge");
    const signing = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2"];
    openssl("x509", "-req", "-in", "edge.csr", ...signing, "-out", "edge.crt");
    const ca = join(dir, "ca.crt");
    const admin = new Redis(url, { tls: { ca: readFileSync(ca) } });
    await admin.config("SET", "tls-auth-clients", "yes");
    admin.disconnect();
    const without = await probe({ tls: { ca } });
    assert.deepEqual(without, {
      ok: false,
      text: "the server asks for a client certificate: name its file and its key",
    });
    const own = { ca, cert: join(dir, "edge.crt"), key: join(dir, "edge.key") };
    const { ok, text } = await probe({ tls: own });
    assert.ok(ok, text);
    const edge = bench(settings(url, { tls: own }));
    await cached(edge);
    assert.equal(await outcome(edge.find("A")), "context-unknown");
    await edge.close();
  });
});
