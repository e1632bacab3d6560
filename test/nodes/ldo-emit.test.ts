import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import helper from "node-red-node-test-helper";
import type { EdgeMessage, Ldo } from "../../lib/messages";
import device = require("../../nodes/context-edge-device/context-edge-device");
import objects = require("../../nodes/context-edge-objects/context-edge-objects");
import emit = require("../../nodes/ldo-emit/ldo-emit");
import { judged } from "../unit/ldo/support";

const [DEVICE, OBJECTS, EMIT, STORED, UPLOADED, CATCH, ERRORS, SECOND] = [1, 2, 3, 4, 5, 6, 7, 8].map(
  (n) => `200000000000000${n}`,
);

interface TestNode {
  receive(message: object): void;
  on(event: "input", listener: (message: EdgeMessage) => void): void;
  on(event: "call:status", listener: (call: { args: [{ text: string }] }) => void): void;
}

function node(id: string): TestNode {
  const found: unknown = helper.getNode(id);
  return found as TestNode;
}

/** An ldo-emit node with something on each output, as it runs in Node-RED, into a folder. */
class Sheet {
  readonly stored: EdgeMessage[] = [];
  readonly uploaded: EdgeMessage[] = [];
  readonly errors: (EdgeMessage & { error: { message: string } })[] = [];
  status = "";

  private constructor(private readonly dir: string) {
    const collect = (id: string, into: EdgeMessage[]): void =>
      node(id).on("input", (message) => void into.push(message));
    collect(STORED, this.stored);
    collect(UPLOADED, this.uploaded);
    collect(ERRORS, this.errors);
    node(EMIT).on("call:status", ({ args }) => (this.status = args[0].text));
  }

  static async load(dir: string, config: object = {}, second?: object): Promise<Sheet> {
    const z = "f000000000000002";
    const emitter = { z, type: "ldo-emit", device: DEVICE, objects: OBJECTS };
    const flow = [
      { id: z, type: "tab" },
      {
        id: DEVICE,
        type: "context-edge-device",
        device_id: "edge-1",
        mode: "live",
        data_dir: join(dir, "data"),
        line: "line-1",
      },
      { id: OBJECTS, type: "context-edge-objects", kind: "folder", folder: join(dir, "bucket") },
      { ...emitter, id: EMIT, ...config, wires: [[STORED], [UPLOADED]] },
      ...(second ? [{ ...emitter, id: SECOND, ...second, wires: [[], []] }] : []),
      { id: STORED, z, type: "helper" },
      { id: UPLOADED, z, type: "helper" },
      { id: CATCH, z, type: "catch", wires: [[ERRORS]] },
      { id: ERRORS, z, type: "helper" },
    ];
    await helper.load([device, objects, emit], flow);
    return new Sheet(dir);
  }

  send(...messages: object[]): void {
    for (const message of messages) node(EMIT).receive(message);
  }

  /** Objects in the bucket, segment by segment. */
  bucket(): Ldo[] {
    const root = join(this.dir, "bucket", "ldo", "v1");
    const keys = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ndjson.gz"));
    return keys.sort().flatMap((key) =>
      gunzipSync(readFileSync(join(root, key)))
        .toString()
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Ldo),
    );
  }
}

async function until(holds: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(`after 6 s still not: ${what}`);
}

describe("ldo-emit in Node-RED", () => {
  let dir: string;
  before(() => new Promise<void>((resolve) => helper.startServer(resolve)));
  after(() => new Promise<void>((resolve) => helper.stopServer(resolve)));
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), "ldo-emit-"))));
  afterEach(async () => {
    await helper.unload();
    rmSync(dir, { recursive: true, force: true });
  });

  it("keeps a sample, sends it on, and uploads it on flush", async () => {
    const sheet = await Sheet.load(dir);
    const message = judged({ foreign: 7 });
    sheet.send(message);
    await until(() => sheet.stored.length === 1, "stored");
    const [{ ldo, payload, topic, foreign }] = sheet.stored;
    assert.equal(payload, ldo);
    assert.deepEqual([ldo?.device, ldo?.ldo_id, topic, foreign], ["edge-1", `LDO-${message.fusion?.id}`, "line-1", 7]);
    assert.equal(sheet.uploaded.length, 0);
    sheet.send({ command: { name: "flush" } });
    await until(() => sheet.uploaded.length === 1, "uploaded");
    const { event } = sheet.uploaded[0];
    assert.deepEqual([event?.kind, event?.["rows"], event?.["ids"]], ["uploaded", 1, [ldo?.ldo_id]]);
    assert.match(String(event?.["key"]), /^ldo\/v1\/dev=edge-1\/[0-9a-f]{32}\/0000000001\.ndjson\.gz$/);
    assert.deepEqual(sheet.bucket(), [ldo]);
    await until(() => sheet.status === "0 waiting · 1 uploaded", "the status");
  });

  it("keeps one object of a sample, however many wires it comes over", async () => {
    const sheet = await Sheet.load(dir, { seal_after_s: "0.2" });
    const message = judged();
    sheet.send(message, { ...message }, { ...message }, judged());
    await until(() => sheet.uploaded.length > 0 && sheet.bucket().length === 2, "two uploaded by age");
    assert.equal(sheet.stored.length, 2);
    assert.deepEqual(sheet.errors, []);
    await until(() => sheet.status === "0 waiting · 2 uploaded · 2 duplicates", "the status");
  });

  it("uploads after a restart what waited before it", async () => {
    const before = await Sheet.load(dir);
    before.send(judged(), judged());
    await until(() => before.stored.length === 2, "stored");
    await helper.unload();
    const after = await Sheet.load(dir);
    await until(() => after.status === "2 waiting · 0 uploaded", "the status");
    after.send({ command: { name: "flush" } });
    await until(() => after.uploaded.length === 1, "uploaded");
    assert.equal(after.bucket().length, 2);
  });

  it("refuses through Catch what does not fit, with the path", async () => {
    const sheet = await Sheet.load(dir);
    sheet.send(
      judged({ sensor_data: { temperature: Number.NaN } }),
      judged({ context: { note: "x".repeat(70_000) } }),
      { payload: 1 },
    );
    await until(() => sheet.errors.length === 3, "three errors");
    const all = sheet.errors.map(({ error }) => error.message).join("\n");
    assert.match(all, /\/sensor_data\/temperature must be number/);
    assert.match(all, /the context has 70011 bytes, limit 65536/);
    assert.match(all, /no fused sample/);
    assert.equal(sheet.stored.length, 0);
  });

  it("lets a notice without a sample pass, and leaves no object", async () => {
    const sheet = await Sheet.load(dir);
    sheet.send({ unusable: { code: "stale", channel: "temperature", reason: "…" } }, judged());
    await until(() => sheet.stored.length === 1, "the sample");
    assert.deepEqual(sheet.errors, []);
  });

  it("two nodes of one device share its spool, and must agree", async () => {
    const sheet = await Sheet.load(dir, {}, {});
    const message = judged();
    sheet.send(message);
    await until(() => sheet.stored.length === 1, "stored");
    node(SECOND).receive({ ...message });
    node(SECOND).receive(judged());
    await until(() => sheet.status.startsWith("2 waiting"), "two waiting, not three");
    await helper.unload();
    const split = await Sheet.load(dir, {}, { quota_mb: "64" });
    node(SECOND).receive(judged());
    await until(() => split.errors.length === 1, "the error");
    assert.match(split.errors[0].error.message, /other settings.*"quota_mb":1024.*"quota_mb":64/);
  });

  it("answers replay with how much went back into the line", async () => {
    const sheet = await Sheet.load(dir);
    sheet.send({ command: { name: "replay" } }, { command: { name: "evict" } });
    await until(() => sheet.uploaded.length === 1 && sheet.errors.length === 1, "an answer and an error");
    assert.deepEqual([sheet.uploaded[0].event?.kind, sheet.uploaded[0].event?.["segments"]], ["replayed", 0]);
    assert.match(sheet.errors[0].error.message, /no command evict/);
  });
});
