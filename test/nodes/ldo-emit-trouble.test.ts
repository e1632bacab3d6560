import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import helper from "node-red-node-test-helper";
import { systemClock } from "../../lib/clock";
import type { EdgeMessage, Mode } from "../../lib/messages";
import { systemClockWatch } from "../../lib/clock-watch";
import { FolderStore } from "../../lib/storage/folder-store";
import { board } from "../../lib/operation/board";
import { Outbox } from "../../lib/storage/outbox";
import { openSpool, type Spool } from "../../lib/storage/spool";
import type { DeviceService } from "../../nodes/common/services";
import { describe as shownOf } from "../../nodes/ldo-emit/status";
import { DEVICE, EMIT, OBJECTS, SECOND, Sheet, node } from "../support/emit-sheet";
import { until } from "../support/process";
import { WorkerWatch } from "../support/workers";
import { judged } from "../unit/ldo/support";

interface Hooks {
  add(name: string, hook: (event: { msg: EdgeMessage; node: { id: string } }) => void): void;
  remove(name: string): void;
}

const refused = () => board.inspect().reasons.find(({ code }) => code === "ldo-invalid");

const flush = { command: { name: "flush" } };

describe("ldo-emit when something is wrong", () => {
  let dir: string;
  before(() => new Promise<void>((resolve) => helper.startServer(resolve)));
  after(() => new Promise<void>((resolve) => helper.stopServer(resolve)));
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), "ldo-trouble-"))));
  afterEach(async () => {
    await helper.unload();
    rmSync(dir, { recursive: true, force: true });
  });

  const openHere = (name: string, store: FolderStore, keyPrefix = "ldo/v1/dev=edge-1"): Promise<Spool> => {
    mkdirSync(join(dir, "data"), { recursive: true });
    return openSpool({
      dataDir: join(dir, "data"),
      name,
      keyPrefix,
      binding: "board",
      store,
      clock: systemClock,
      random: () => 0,
    });
  };

  it("uploads what another spool has left in the data folder", async () => {
    const store = new FolderStore(join(dir, "bucket"), systemClock);
    const left = await openHere("older", store, "ldo/v1/dev=older");
    await left.append("LDO-left", '{"ldo_id":"LDO-left"}');
    await left.close();
    const sheet = await Sheet.load(dir);
    await until("it is in the bucket", () => sheet.bucket().length === 1);
    assert.deepEqual(sheet.bucket(), [{ ldo_id: "LDO-left" }]);
    assert.deepEqual(readdirSync(join(dir, "bucket", "ldo", "v1")), ["dev=older"]);
    await store.close();
  });

  it("is red and refuses while another has its spool, then takes over", async function () {
    this.timeout(60_000);
    const store = new FolderStore(join(dir, "bucket"), systemClock);
    const other = await openHere("ldo", store);
    await other.append("LDO-other", '{"ldo_id":"LDO-other"}');
    const sheet = await Sheet.load(dir);
    const message = judged();
    sheet.send(message);
    await until("the error", () => sheet.errors.length === 1);
    assert.match(
      sheet.errors[0]?.error.message ?? "",
      /spool-ldo\.db is in use by another process .* — stop the other/,
    );
    await until(
      "the status",
      () => sheet.colour === "red ring" && sheet.status === "cannot open its spool (database-locked)",
    );
    await other.close();
    await store.close();
    await until("the spool is its own, without a message", () => sheet.status.startsWith("1 waiting"), 30_000);
    sheet.send({ ...message }, flush);
    await until("both are there", () => sheet.uploaded.length === 1);
    assert.deepEqual(
      sheet
        .bucket()
        .map(({ ldo_id }) => ldo_id)
        .sort(),
      [`LDO-${message.fusion?.id}`, "LDO-other"],
    );
  });

  it("loses nothing when the spool's thread dies: it says so, and keeps the message when it is sent again", async function () {
    this.timeout(20_000);
    const workers = new WorkerWatch();
    const sheet = await Sheet.load(dir);
    sheet.send(judged());
    await until("stored", () => sheet.stored.length === 1);
    await workers.killFirst();
    workers.stop();
    const message = judged();
    sheet.send(message);
    await until("refused", () => sheet.errors.length === 1);
    assert.match(sheet.errors[0]?.error.message ?? "", /the worker of .*spool-ldo\.db ended/);
    await until("the status", () => sheet.colour === "red dot" && sheet.status.startsWith("disk fails (database)"));
    await until("it is well again", () => sheet.colour === "green dot", 10_000);
    sheet.send({ ...message }, flush);
    await until("both are uploaded", () => sheet.uploaded.length === 1);
    assert.equal(sheet.bucket().length, 2);
  });

  it("shows a store that refuses, and goes on taking objects", async () => {
    writeFileSync(join(dir, "bucket"), "a file where the folder should be");
    const sheet = await Sheet.load(dir);
    sheet.send(judged(), flush);
    await until("the status", () => sheet.colour === "red ring" && sheet.status.startsWith("store refuses (objects-"));
    sheet.send(judged());
    await until("stored all the same", () => sheet.stored.length === 2);
    rmSync(join(dir, "bucket"));
    sheet.send(flush);
    await until("uploaded", () => sheet.bucket().length === 2);
  });

  it("tells every node of the device that alarm records wait, also when the one that opened the spool is gone", async () => {
    const sheet = await Sheet.load(dir, {}, {});
    sheet.send(judged(), flush);
    await until("the spool is open", () => sheet.uploaded.length === 1);
    let second = "";
    node(SECOND).on("call:status", ({ args: [{ text }] }) => (second = text));
    await node(EMIT).close(true);
    writeFileSync(join(dir, "bucket", "mers"), "a file where the folder should be");
    const { service } = helper.getNode(DEVICE) as unknown as { service: DeviceService };
    const database = await service.database();
    await database.write([Outbox.put({ id: "a", line: '{"mer_id":"MER-1"}', urgent: true })]);
    Outbox.of(database).told();
    node(SECOND).receive(flush);
    await until("the status of the node that is left", () => second.startsWith("alarm records wait (objects-"));
    const { reasons } = board.inspect();
    assert.match(reasons.find(({ id }) => id === SECOND)?.cause ?? "", /^alarm records wait: /);
    rmSync(join(dir, "bucket", "mers"));
    node(SECOND).receive(flush);
    await until("it is well again", () => !second.startsWith("alarm records wait"));
  });

  it("shows that a second device writes under its spool's id, and loses nothing of either", async () => {
    const first = await Sheet.load(dir);
    first.send(judged());
    await until("stored", () => first.stored.length === 1);
    await helper.unload();
    const clone = mkdtempSync(join(tmpdir(), "ldo-clone-"));
    try {
      cpSync(join(dir, "data"), join(clone, "data"), { recursive: true });
      const again = await Sheet.load(dir);
      again.send(flush);
      await until("uploaded", () => again.uploaded.length === 1);
      await helper.unload();
      cpSync(join(dir, "bucket"), join(clone, "bucket"), { recursive: true });
      const second = await Sheet.load(clone);
      second.send(judged(), flush);
      await until("the status", () => second.status.startsWith("a second device writes here (spool-two-writers)"));
      assert.equal(second.colour, "red ring");
      await until("uploaded under another id", () => second.bucket().length === 3);
    } finally {
      await helper.unload();
      rmSync(clone, { recursive: true, force: true });
    }
  });

  it("has words and a colour for each state of its spool", () => {
    const stats = {
      error: undefined,
      backlogRows: 1204,
      dead: { segments: 0, rows: 0, bytes: 0 },
      uploaded: { segments: 2, rows: 12 },
    };
    const amount = "1,204 waiting · 12 uploaded";
    const device = { mode: "live" as Mode, clock: systemClockWatch };
    assert.deepEqual(shownOf({ ...stats, health: "ok" }, 0, device), ["green", "dot", amount]);
    assert.deepEqual(shownOf({ ...stats, health: "ok" }, 3, device), ["green", "dot", `${amount} · 3 duplicates`]);
    const dead = { segments: 2, rows: 20, bytes: 9 };
    assert.deepEqual(shownOf({ ...stats, health: "ok", dead }, 0, device), [
      "yellow",
      "dot",
      `2 dead letters · ${amount}`,
    ]);
    assert.deepEqual(
      (["retrying", "refused", "two-writers", "full", "failed", "clock"] as const).map((health) =>
        shownOf({ ...stats, health }, 0, device),
      ),
      [
        ["yellow", "ring", `store away, retrying · ${amount}`],
        ["red", "ring", `store refuses · ${amount}`],
        ["red", "ring", `a second device writes here · ${amount}`],
        ["red", "dot", `full, refusing · ${amount}`],
        ["red", "dot", `disk fails · ${amount}`],
        ["yellow", "ring", `clock not set, nothing is sealed · ${amount}`],
      ],
    );
    const tried = shownOf({ ...stats, health: "ok" }, 0, { ...device, mode: "dry-run" });
    assert.deepEqual(tried, ["green", "dot", `dry-run · ${amount}`]);
  });

  it("is full at its quota: red, refuses with the numbers, and takes objects again after an upload", async function () {
    this.timeout(30_000);
    const sheet = await Sheet.load(dir, { quota_mb: "8" });
    const note = "x".repeat(60_000);
    for (let i = 0; i < 200; i++) sheet.send(judged({ context: { note } }));
    await until("some are refused", () => sheet.errors.length > 0 && sheet.errors.length + sheet.stored.length === 200);
    assert.match(
      sheet.errors[0]?.error.message ?? "",
      /\d+ records wait in \d+ bytes of \d+ \(quota 8388608 bytes, \d+ of them set aside/,
    );
    await until("the status", () => sheet.colour === "red dot" && sheet.status.startsWith("full, refusing"));
    sheet.send(flush);
    await until("room again", () => sheet.colour === "green dot", 10_000);
    const kept = sheet.stored.length;
    sheet.send(judged());
    await until("stored", () => sheet.stored.length === kept + 1);
    assert.equal(sheet.bucket().length, kept);
  });

  it("takes what it knows of a message, whatever else hangs on it", async () => {
    const sheet = await Sheet.load(dir);
    const circle: Record<string, unknown> = { n: 1n, act: () => undefined };
    circle["self"] = circle;
    sheet.send(judged({ foreign: circle, req: circle }));
    await until("stored", () => sheet.stored.length === 1);
    sheet.send(judged({ context: { n: 1n } }), judged({ context: circle }));
    await until("two errors", () => sheet.errors.length === 2);
    for (const { error } of sheet.errors) assert.match(error.message, /LDO-.* is not JSON/);
    sheet.send({});
    await until("yellow", () => sheet.colour === "yellow dot" && sheet.status.startsWith("3 refused: ldo-invalid · "));
    assert.deepEqual([refused()?.severity, refused()?.type], ["degraded", "ldo-emit"]);
    sheet.send(judged());
    await until("green when one is kept", () => sheet.colour === "green dot" && sheet.status.startsWith("2 waiting"));
    assert.equal(refused(), undefined);
  });

  it("two devices in one folder: those that agree are one, another is refused by name", async () => {
    const [twin, stranger] = ["2000000000000021", "2000000000000022"];
    const data_dir = join(dir, "data");
    const like = { type: "context-edge-device", data_dir, line: "line-1" };
    const sheet = await Sheet.load(dir, {}, { device: twin }, [
      { ...like, id: twin, device_id: "edge-1" },
      { ...like, id: stranger, device_id: "edge-2" },
      {
        id: "2000000000000023",
        z: "f000000000000002",
        type: "ldo-emit",
        device: stranger,
        objects: OBJECTS,
        wires: [],
      },
    ]);
    const message = judged();
    sheet.send(message);
    node(SECOND).receive({ ...message });
    node("2000000000000023").receive(judged());
    await until("one is stored, one refused", () => sheet.stored.length === 1 && sheet.errors.length === 1);
    assert.match(
      sheet.errors[0]?.error.message ?? "",
      /its context-edge-device does not work: another device uses .*data with other settings: .*edge-1.*edge-2/,
    );
    await until("one object in all", () => sheet.status.startsWith("1 waiting"));
    assert.notEqual(helper.getNode(DEVICE), null);
  });

  it("answers every message exactly once, also those that its closing overtakes", async () => {
    const sheet = await Sheet.load(dir);
    sheet.send(judged());
    await until("the spool is open", () => sheet.stored.length === 1);
    const answers = Array.from({ length: 2_000 }, () => 0);
    const { hooks } = (await import("node-red")).default as unknown as { hooks: Hooks };
    hooks.add("onComplete.exactly-once", ({ msg: { n }, node: { id } }) => {
      if (id === EMIT && typeof n === "number") answers[n] += 1;
    });
    for (const n of answers.keys()) sheet.send(judged({ n }));
    await helper.unload();
    await until("all are answered", () => !answers.includes(0));
    hooks.remove("*.exactly-once");
    assert.deepEqual(
      answers.filter((count) => count !== 1),
      [],
    );
  });
});
