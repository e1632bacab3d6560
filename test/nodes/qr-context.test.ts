import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import type { Node, NodeMessage } from "node-red";
import { Redis } from "ioredis";
import helper from "node-red-node-test-helper";
import type { EdgeMessage } from "../../lib/messages";
import device = require("../../nodes/context-edge-device/context-edge-device");
import store = require("../../nodes/context-edge-store/context-edge-store");
import qrContext = require("../../nodes/qr-context/qr-context");
import { scratch } from "../support/cache";
import { freePort } from "../support/ports";
import { startRedis, type TestRedis } from "../support/redis";

const DEVICE = "1000000000000001";
const STORE = "1000000000000002";
const QR = "1000000000000003";
const FOUND = "1000000000000004";
const NONE = "1000000000000005";
const CAUGHT = "1000000000000007";

let dataDir: string;

const flow = (storeConfig: object, config: object = {}): object[] => [
  { id: "f000000000000001", type: "tab" },
  {
    id: DEVICE,
    type: "context-edge-device",
    data_dir: dataDir,
    assets: [{ id: "motor-1", line: "l1", station: "s1", readers: "reader-1" }],
  },
  { id: STORE, type: "context-edge-store", device: DEVICE, ...storeConfig },
  {
    id: QR,
    z: "f000000000000001",
    type: "qr-context",
    device: DEVICE,
    store: STORE,
    deadline_ms: "1000",
    ...config,
    wires: [[FOUND], [NONE]],
  },
  { id: FOUND, z: "f000000000000001", type: "helper" },
  { id: NONE, z: "f000000000000001", type: "helper" },
  { id: "1000000000000006", z: "f000000000000001", type: "catch", wires: [[CAUGHT]] },
  { id: CAUGHT, z: "f000000000000001", type: "helper" },
];

const NODES = [device, store, qrContext];

function node(id: string): Node {
  const found: object = helper.getNode(id);
  return found as Node;
}

interface Arrived {
  at: string;
  message: EdgeMessage & { error?: { message: string; code?: string } };
}

/** The connections of this process to a Redis, by number. */
async function clients(url: string): Promise<string[]> {
  const asking = new Redis(url);
  const [own, all] = [String(await asking.client("ID")), String(await asking.client("LIST"))];
  asking.disconnect();
  return [...all.matchAll(/^id=(\d+)/gm)].map(([, id]) => id).filter((id) => id !== own);
}

/** What the next message becomes: where it comes out, and how. */
function send(message: EdgeMessage): Promise<Arrived> {
  return new Promise((resolve) => {
    const outs: [string, string][] = [
      [FOUND, "found"],
      [NONE, "none"],
      [CAUGHT, "caught"],
    ];
    for (const [id, at] of outs) {
      node(id).removeAllListeners("input");
      node(id).on("input", (received: object, _send, done) => {
        done();
        resolve({ at, message: received as Arrived["message"] });
      });
    }
    node(QR).receive(message as NodeMessage);
  });
}

async function status(accept: (text: string) => boolean): Promise<string> {
  const spy = (node(QR) as unknown as { status: { lastCall: { args: [{ text: string; fill: string }] } | null } })
    .status;
  for (;;) {
    const shown = spy.lastCall?.args[0];
    if (shown && accept(`${shown.fill} ${shown.text}`)) return `${shown.fill} ${shown.text}`;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

interface Answer {
  ok: boolean;
  text: string;
}

async function ask(body: object): Promise<Answer> {
  const request = helper.request() as { post(path: string): { send(body: object): Promise<{ body: Answer }> } };
  return (await request.post("/context-edge/context-edge-store/test").send(body)).body;
}

describe("qr-context", function () {
  this.timeout(20_000);
  before(() => new Promise<void>((resolve) => helper.startServer(resolve)));
  after(() => new Promise<void>((resolve) => helper.stopServer(resolve)));
  beforeEach(() => {
    dataDir = scratch("qr-context");
  });
  afterEach(async () => {
    await helper.unload();
    rmSync(dataDir, { recursive: true, force: true });
  });

  describe("with contexts on the device", () => {
    it("imports what the plant sends at its start, then finds it", async () => {
      await helper.load(NODES, flow({ kind: "embedded" }));
      const payload = [{ key: "context:A100", value: { product: "A" } }];
      const imported = await send({ command: { name: "import" }, payload });
      assert.equal(imported.at, "found");
      assert.deepEqual(
        { ...(imported.message.payload as object), at: "" },
        { kind: "contexts-changed", cause: "import", at: "", count: 1, rejected: 0 },
      );

      const { at, message } = await send({ payload: "A100\r\n", reader: "reader-1", topic: "scanner" });
      assert.equal(at, "found");
      assert.deepEqual(message.context, { product: "A" });
      assert.deepEqual(message.payload, { product: "A" });
      assert.deepEqual(message.asset, { id: "motor-1", line: "l1", station: "s1" });
      assert.equal(message.lookup?.source, "embedded");
      assert.equal(message.scan?.code, "A100");
      assert.equal(message.topic, "scanner");
      // On a busy machine the store is seen empty first.
      assert.equal(await status((text) => text.endsWith("· 1")), "green embedded · 1");
    });

    it("warns of the rows an import refused, and of a check as a check", async () => {
      await helper.load(NODES, flow({ kind: "embedded" }));
      const payload = "code;t\nA;95,5\nB;96";
      await send({ command: { name: "import", check: true }, payload });
      await send({ command: { name: "import" }, payload });
      const told = helper.log().args.map(([{ msg }]) => String(msg));
      const warned = told.filter((text) => text.includes("1 rows refused, the first in line 2: t is"));
      const begins = warned.map((text) => text.slice(0, text.indexOf(",")));
      assert.deepEqual(begins, ["check: 1 contexts can be imported", "import: 1 contexts imported"]);
    });

    it("sends what has no context to output 2, says why in the status, and takes it back", async () => {
      await helper.load(NODES, flow({ kind: "embedded" }, { debounce_ms: "0" }));
      await send({ command: { name: "put", code: "A" }, payload: { product: "A" } });
      const { at, message } = await send({ payload: "Z", context: { product: "older" } });
      assert.deepEqual([at, message.unusable?.code, "context" in message], ["none", "context-unknown", false]);
      await status((text) => text.startsWith("yellow context-unknown"));
      await send({ payload: "A" });
      await status((text) => text === "green embedded · 1");
    });

    it("sends a failing command to Catch, once, with its code", async () => {
      await helper.load(NODES, flow({ kind: "embedded" }));
      const { at, message } = await send({ command: { name: "import" }, payload: 7 });
      assert.equal(at, "caught");
      assert.match(message.error?.message ?? "", /list of \{key, value\}/);
      const text = await send({ command: "put", payload: {} } as unknown as EdgeMessage);
      assert.match(text.message.error?.message ?? "", /msg.command is the text "put", must be an object with a name/);
    });

    it("looks up by a GS1 part and joins the asset", async () => {
      const config = {
        key: "batch:{gs1.batch}",
        joins: [{ key: "asset:{context.asset_id}", into: "asset", required: "true" }],
      };
      await helper.load(NODES, flow({ kind: "embedded" }, config));
      await send({
        command: { name: "import" },
        payload: { "batch:B7": { asset_id: "motor-1" }, "asset:motor-1": { power_kw: 5.5 } },
      });
      const { message } = await send({ payload: Buffer.from("]d2010950600013435210B7\r") });
      assert.deepEqual(message.context, { asset_id: "motor-1", asset: { power_kw: 5.5 } });
      assert.deepEqual(message.scan?.gs1, { gtin: "09506000134352", batch: "B7" });
    });

    it("keeps contexts over a deploy", async () => {
      await helper.load(NODES, flow({ kind: "embedded" }));
      await send({ command: { name: "put", key: "context:A" }, payload: { v: 1 } });
      await helper.unload();
      await helper.load(NODES, flow({ kind: "embedded" }));
      assert.deepEqual((await send({ payload: "A" })).message.context, { v: 1 });
    });

    for (const [what, config] of [
      ["a key that says nothing of the scan", { key: "context:all" }],
      ["a key template with a typing error", { key: "context:{cod}" }],
      ["a deadline of 0", { deadline_ms: "0" }],
      ["no store", { store: "" }],
    ] as const) {
      it(`refuses every message with ${what}`, async () => {
        await helper.load(NODES, flow({ kind: "embedded" }, config));
        const { at, message } = await send({ payload: "A" });
        assert.equal(at, "caught");
        assert.match(message.error?.message ?? "", /qr-context|template/);
        await status((text) => text.startsWith("red"));
      });
    }
  });

  describe("with contexts in Redis", () => {
    let server: TestRedis;
    before(async () => {
      server = await startRedis();
    });
    after(() => server.stop());

    it("finds what is there, and serves it from memory the next time", async () => {
      await helper.load(NODES, flow({ kind: "redis", url: server.url, cache: true }, { debounce_ms: "0" }));
      await status((text) => text === "green redis · cache");
      await send({ command: { name: "put", key: "context:A" }, payload: { v: 1 } });
      assert.equal((await send({ payload: "A" })).message.lookup?.source, "redis");
      assert.equal((await send({ payload: "A" })).message.lookup?.source, "cache");
    });

    it("keeps its connection and what is in memory over a deploy that leaves the store as it was", async () => {
      const nodes = flow({ kind: "redis", url: server.url, cache: true }, { debounce_ms: "0", deadline_ms: "50" });
      await helper.load(NODES, nodes);
      await status((text) => text === "green redis · cache");
      await send({ command: { name: "put", key: "context:A" }, payload: { v: 1 } });
      await send({ payload: "A" });
      const before = await clients(server.url);
      await helper.unload();
      await helper.load(NODES, nodes);
      const { at, message } = await send({ payload: "A" });
      assert.deepEqual([at, message.lookup?.source], ["found", "cache"]);
      assert.deepEqual(await clients(server.url), before);
      await helper.unload();
      await helper.load(NODES, flow({ kind: "redis", url: server.url, cache: true, cache_size: "99" }));
      assert.equal((await send({ payload: "A" })).message.lookup?.source, "redis", "another store");
    });

    it("comes up without a server, says so on output 2, and finds it by itself", async () => {
      const port = await freePort();
      await helper.load(NODES, flow({ kind: "redis", url: `redis://127.0.0.1:${port}` }));
      const { at, message } = await send({ payload: "A" });
      assert.deepEqual([at, message.unusable?.code, message.scan?.code], ["none", "context-unavailable", "A"]);
      assert.equal(
        await status((text) => text.startsWith("red")),
        `red redis 127.0.0.1:${port} · nothing listens there`,
      );
    });

    it("tests a connection as it is typed, and sends the stored password to its own host alone", async () => {
      const nodes = flow({ kind: "redis", url: server.url, cache: true });
      await helper.load(NODES, nodes, { [STORE]: { password: "stored" } });
      const good = await ask({ kind: "redis", url: server.url, cache: true });
      assert.ok(good.ok, good.text);
      assert.match(good.text, /^redis:\/\/127\.0\.0\.1:\d+: Redis 7/);
      const elsewhere = await ask({ id: STORE, kind: "redis", url: "redis://127.0.0.2:6379", password: "__PWRD__" });
      assert.deepEqual(elsewhere, {
        ok: false,
        code: "secret-elsewhere",
        text: "redis://127.0.0.2:6379: the stored password belongs to another host: type it again",
      });
      assert.match((await ask({ kind: "redis", url: "http://127.0.0.1" })).text, /redis:\/\/host:port/);
    });
  });
});
