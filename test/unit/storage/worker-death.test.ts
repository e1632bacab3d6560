import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ManualClock } from "../../../lib/clock";
import { openDatabase } from "../../../lib/storage/database";
import { FolderStore } from "../../../lib/storage/folder-store";
import { readSegments } from "../../../lib/storage/segments";
import { openSpool, type SpoolHealth } from "../../../lib/storage/spool";
import { until } from "../../support/process";
import { WorkerWatch } from "../../support/workers";

/** A worker that dies this soon after its start is let be for so long. */
const LATER = 5_000;

describe("a worker thread that dies", () => {
  let clock: ManualClock;
  let dir: string;
  let workers: WorkerWatch;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "ce-death-"));
    workers = new WorkerWatch();
    clock = new ManualClock();
  });
  afterEach(() => {
    workers.stop();
    rmSync(dir, { recursive: true });
  });

  it("takes no acknowledged write along; the database says so once and serves on", async () => {
    const database = await openDatabase({ file: join(dir, "test.db") }, clock);
    await database.migrate("t", ["CREATE TABLE t (n INTEGER PRIMARY KEY)"]);
    await database.write([{ sql: "INSERT INTO t VALUES (1)" }]);
    await workers.killLast();
    // It has only just been started: a crash at every start must not become a loop.
    await assert.rejects(database.read("SELECT * FROM t"), { code: "database", message: /ended \(exit code 1\)/ });
    clock.advance(LATER);
    assert.deepEqual(await database.read("SELECT n FROM t"), [{ n: 1 }]);
    await database.write([{ sql: "INSERT INTO t VALUES (2)" }]);
    assert.equal(workers.started, 2);
    await database.close();
  });

  it("leaves the spool with all it had acknowledged: it says failed, starts another, and uploads", async () => {
    const store = new FolderStore(join(dir, "objects"), clock);
    const spool = await openSpool({
      dataDir: dir,
      name: "ldo",
      keyPrefix: "ldo/v1/dev=edge-1",
      binding: "board-1",
      store,
      clock,
      random: () => 0,
    });
    const healths: SpoolHealth[] = [];
    spool.onState(({ health }) => healths.push(health));
    await spool.append("one", '"one"');
    await workers.killLast();
    await assert.rejects(spool.append("two", '"two"'), { code: "database" });
    assert.equal(spool.stats().health, "failed");
    assert.match(spool.stats().error?.message ?? "", /the worker of .*spool-ldo\.db ended/);
    clock.advance(LATER);
    await until("it is well again", () => spool.stats().health === "ok");
    assert.equal(spool.stats().open.rows, 1);
    assert.equal(await spool.append("two", '"two"'), "stored");
    assert.equal(await spool.append("one", '"one"'), "duplicate");
    await spool.flush();
    await until("both are uploaded", () => spool.stats().uploaded.rows === 2);
    await spool.close();
    assert.deepEqual(healths, ["failed", "ok"]);
    const records: unknown[] = [];
    for await (const segment of readSegments(store, { prefix: "ldo/v1/" })) records.push(...segment.records);
    assert.deepEqual(records, ["one", "two"]);
    await store.close();
  });

  it("is closed like one that lives", async () => {
    const database = await openDatabase({ file: join(dir, "test.db") });
    await workers.killLast();
    await database.close();
    await assert.rejects(database.read("SELECT 1"), { code: "database-closed" });
  });
});
