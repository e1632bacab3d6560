import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import helper from "node-red-node-test-helper";
import { SECOND, Sheet, node } from "../support/emit-sheet";
import { until } from "../support/process";
import { judged } from "../unit/ldo/support";

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
    await until("stored", () => sheet.stored.length === 1);
    const [{ ldo, payload, topic, foreign }] = sheet.stored;
    assert.equal(payload, ldo);
    assert.deepEqual([ldo?.device, ldo?.ldo_id, topic, foreign], ["edge-1", `LDO-${message.fusion?.id}`, "line-1", 7]);
    assert.equal(sheet.uploaded.length, 0);
    sheet.send({ command: { name: "flush" } });
    await until("uploaded", () => sheet.uploaded.length === 1);
    const { event } = sheet.uploaded[0];
    assert.deepEqual([event?.kind, event?.["rows"], event?.["ids"]], ["uploaded", 1, [ldo?.ldo_id]]);
    assert.match(String(event?.["key"]), /^ldo\/v1\/dev=edge-1\/[0-9a-f]{32}\/0000000001\.ndjson\.gz$/);
    assert.deepEqual(sheet.bucket(), [ldo]);
    await until("the status", () => sheet.status === "0 waiting · 1 uploaded");
  });

  it("keeps one object of a sample, however many wires it comes over", async () => {
    const sheet = await Sheet.load(dir, { seal_after_s: "0.2" });
    const message = judged();
    sheet.send(message, { ...message }, { ...message }, judged());
    await until("two uploaded by age", () => sheet.uploaded.length > 0 && sheet.bucket().length === 2);
    assert.equal(sheet.stored.length, 2);
    assert.deepEqual(sheet.errors, []);
    await until("the status", () => sheet.status === "0 waiting · 2 uploaded · 2 duplicates");
  });

  it("uploads after a restart what waited before it", async () => {
    const before = await Sheet.load(dir);
    before.send(judged(), judged());
    await until("stored", () => before.stored.length === 2);
    await helper.unload();
    const after = await Sheet.load(dir);
    await until("the status", () => after.status === "2 waiting · 0 uploaded");
    after.send({ command: { name: "flush" } });
    await until("uploaded", () => after.uploaded.length === 1);
    assert.equal(after.bucket().length, 2);
  });

  it("refuses through Catch what does not fit, with the path", async () => {
    const sheet = await Sheet.load(dir);
    sheet.send(
      judged({ sensor_data: { temperature: Number.NaN } }),
      judged({ context: { note: "x".repeat(70_000) } }),
      { payload: 1 },
    );
    await until("three errors", () => sheet.errors.length === 3);
    const all = sheet.errors.map(({ error }) => error.message).join("\n");
    assert.match(all, /\/sensor_data\/temperature must be number/);
    assert.match(all, /the context has 70011 bytes, limit 65536/);
    assert.match(all, /no fused sample/);
    assert.equal(sheet.stored.length, 0);
  });

  it("lets a notice without a sample pass, and leaves no object", async () => {
    const sheet = await Sheet.load(dir);
    sheet.send({ unusable: { code: "stale", channel: "temperature", reason: "…" } }, judged());
    await until("the sample", () => sheet.stored.length === 1);
    assert.deepEqual(sheet.errors, []);
  });

  it("two nodes of one device share its spool, and must agree", async () => {
    const sheet = await Sheet.load(dir, {}, {});
    const message = judged();
    sheet.send(message);
    await until("stored", () => sheet.stored.length === 1);
    node(SECOND).receive({ ...message });
    node(SECOND).receive(judged());
    await until("two waiting, not three", () => sheet.status.startsWith("2 waiting"));
    await helper.unload();
    const split = await Sheet.load(dir, {}, { quota_mb: "64" });
    node(SECOND).receive(judged());
    await until("the error", () => split.errors.length === 1);
    assert.match(split.errors[0].error.message, /other settings.*"quota_mb":1024.*"quota_mb":64/);
  });

  it("answers replay with how much went back into the line", async () => {
    const sheet = await Sheet.load(dir);
    sheet.send({ command: { name: "replay" } }, { command: { name: "evict" } });
    await until("an answer and an error", () => sheet.uploaded.length === 1 && sheet.errors.length === 1);
    assert.deepEqual([sheet.uploaded[0].event?.kind, sheet.uploaded[0].event?.["segments"]], ["replayed", 0]);
    assert.match(sheet.errors[0].error.message, /no command evict/);
    sheet.send({ command: "flush" });
    await until("the second error", () => sheet.errors.length === 2);
    assert.match(sheet.errors[1].error.message, /msg.command is the text "flush", must be an object with a name/);
  });
});
