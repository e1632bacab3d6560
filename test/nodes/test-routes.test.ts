import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import helper from "node-red-node-test-helper";
import { freePort } from "../support/ports";
import modbus = require("../../nodes/context-edge-modbus/context-edge-modbus");
import opcua = require("../../nodes/context-edge-opcua/context-edge-opcua");
import store = require("../../nodes/context-edge-store/context-edge-store");

interface Answer {
  ok: boolean;
  text: string;
}

/** What the test button of a dialog with these values shows. */
async function ask(type: string, body: object): Promise<Answer> {
  const request = helper.request() as { post(path: string): { send(body: object): Promise<{ body: Answer }> } };
  return (await request.post(`/context-edge/${type}/test`).send(body)).body;
}

describe("the test button of a dialog", function () {
  this.timeout(30_000);
  let folder: string;
  let web: Server;
  let port: number;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "test-routes-"));
    port = await freePort();
    web = createServer((_request, response) => response.end("a page")).listen(port, "127.0.0.1");
    helper.init(require.resolve("node-red"), { userDir: folder });
    await new Promise<void>((resolve) => helper.startServer(resolve));
    await helper.load([modbus, opcua, store], []);
  });
  after(async () => {
    await helper.unload();
    await new Promise<void>((resolve) => helper.stopServer(resolve));
    web.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("says that what answers is no Redis server", async () => {
    const answer = await ask("context-edge-store", { kind: "redis", url: `redis://127.0.0.1:${port}` });
    assert.deepEqual(answer, {
      ok: false,
      text: `redis://127.0.0.1:${port}: what answers there is no Redis server`,
    });
  });

  it("names the address at which nothing listens, and never the password in it", async () => {
    const free = await freePort();
    const redis = await ask("context-edge-store", { kind: "redis", url: `redis://user:geheim@127.0.0.1:${free}` });
    assert.deepEqual(redis, {
      ok: false,
      text: `redis://127.0.0.1:${free}: nothing listens there (connection refused)`,
    });
    const line = await ask("context-edge-modbus", { host: "127.0.0.1", port: String(free) });
    assert.match(line.text, new RegExp(`^127\\.0\\.0\\.1:${free}: `));
    const endpoint = `opc.tcp://127.0.0.1:${free}`;
    const session = await ask("context-edge-opcua", { endpoint });
    assert.equal(session.text, `${endpoint}: no OPC UA server answers there`);
    for (const { ok } of [redis, line, session]) assert.equal(ok, false);
  });

  it("names the address also where another kind of server answers", async () => {
    const line = await ask("context-edge-modbus", { host: "127.0.0.1", port: String(port), timeout_ms: "500" });
    assert.equal(line.ok, false);
    assert.ok(line.text.startsWith(`127.0.0.1:${port}: `), line.text);
    const endpoint = `opc.tcp://127.0.0.1:${port}`;
    const session = await ask("context-edge-opcua", { endpoint });
    assert.equal(session.ok, false);
    assert.ok(session.text.startsWith(`${endpoint}: `), session.text);
  });

  it("makes the OPC UA client's certificate without a word on the console", async () => {
    const said: unknown[][] = [];
    const { log, warn, error } = console;
    const note = (...words: unknown[]): void => void said.push(words);
    Object.assign(console, { log: note, warn: note, error: note });
    try {
      rmSync(join(folder, "context-edge", "opcua-pki"), { recursive: true, force: true });
      await ask("context-edge-opcua", { endpoint: `opc.tcp://127.0.0.1:${await freePort()}` });
    } finally {
      Object.assign(console, { log, warn, error });
    }
    assert.deepEqual(said, []);
    const made = readFileSync(
      join(folder, "context-edge", "opcua-pki", "own", "certs", "client_certificate.pem"),
      "utf8",
    );
    assert.match(made, /BEGIN CERTIFICATE/);
  });

  it("takes a variable of the environment as the deploy does, in every dialog", async () => {
    process.env["CONTEXT_EDGE_TEST_HOST"] = "127.0.0.1";
    try {
      const line = await ask("context-edge-modbus", {
        host: "${CONTEXT_EDGE_TEST_HOST}",
        port: String(await freePort()),
      });
      assert.match(line.text, /^127\.0\.0\.1:/);
    } finally {
      delete process.env["CONTEXT_EDGE_TEST_HOST"];
    }
  });

  it("takes a variable within a text, of the flow that the deployed node stands in, as the deploy does", async () => {
    const free = await freePort();
    const flow = { id: "f1", type: "tab", label: "line 1", env: [{ name: "PLC", type: "str", value: "127.0.0.1" }] };
    const server = { id: "u1", z: "f1", endpoint: `opc.tcp://\${PLC}:${free}`, user_kind: "password" };
    const redis = { id: "s1", z: "f1", kind: "redis", url: `redis://\${PLC}:${free}` };
    await helper.unload();
    await helper.load(
      [modbus, opcua, store],
      [flow, { type: "context-edge-opcua", ...server }, { type: "context-edge-store", ...redis }] as never,
      { u1: { user: "op", password: "geheim" }, s1: { password: "geheim" } },
    );
    const secret = { password: "__PWRD__" };
    const session = await ask("context-edge-opcua", { ...server, ...secret });
    assert.equal(session.text, `opc.tcp://127.0.0.1:${free}: no OPC UA server answers there`);
    const stored = await ask("context-edge-store", { ...redis, ...secret });
    assert.equal(stored.text, `redis://127.0.0.1:${free}: nothing listens there (connection refused)`);
    const elsewhere = await ask("context-edge-opcua", { ...server, ...secret, endpoint: "opc.tcp://${PLC}.evil:4840" });
    assert.match(elsewhere.text, /the stored password belongs to another endpoint/);
  });

  it("says what is wrong with a setting that leads nowhere", async () => {
    const answer = await ask("context-edge-store", { kind: "redis", url: "http://127.0.0.1" });
    assert.equal(answer.ok, false);
    assert.match(answer.text, /redis:\/\/host:port/);
    assert.match((await ask("context-edge-modbus", { port: "0" })).text, /port is "0"/);
  });
});
