import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ManualClock } from "../../../lib/clock";
import { EdgeError } from "../../../lib/errors";
import { openDatabase, type Database } from "../../../lib/storage/database";
import { FolderStore } from "../../../lib/storage/folder-store";
import { Outbox } from "../../../lib/storage/outbox";
import { OutboxPump } from "../../../lib/storage/outbox-pump";
import { readSegments } from "../../../lib/storage/segments";
import { openSpool, type Spool } from "../../../lib/storage/spool";
import { until } from "../../support/process";

const START = Date.UTC(2026, 10, 1);

describe("an outbox", () => {
  let dir: string;
  let clock: ManualClock;
  let store: FolderStore;
  let database: Database;
  let opened: number;

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), "ce-outbox-"));
    clock = new ManualClock(START);
    store = new FolderStore(join(dir, "objects"), clock);
    database = await openDatabase({ file: join(dir, "device.db") }, clock);
    await Outbox.of(database).prepare();
    opened = 0;
  });
  afterEach(async () => {
    await database.close();
    await store.close();
    rmSync(dir, { recursive: true });
  });

  const open = (): Promise<Spool> => {
    opened++;
    const ages = { maxAgeMs: 900_000, urgentAgeMs: 5_000 };
    const common = { dataDir: dir, name: "mers", keyPrefix: "mers/v1/dev=a", binding: "board" };
    return openSpool({ ...common, store, clock, random: () => 0.5, quotaBytes: 8 << 20, ages });
  };
  const pump = (reports: (EdgeError | undefined)[] = [], opener = open): OutboxPump =>
    new OutboxPump({
      outbox: () => Promise.resolve(Outbox.of(database)),
      open: opener,
      exists: () => existsSync(join(dir, "spool-mers.db")),
      clock,
      report: (trouble) => reports.push(trouble),
    });
  const put = async (...ids: string[]): Promise<void> => {
    await database.write(ids.map((id) => Outbox.put({ id, line: JSON.stringify({ id }), urgent: true })));
    Outbox.of(database).told();
  };
  const bucket = async (): Promise<string[]> => {
    const ids: string[] = [];
    for await (const { records } of readSegments(store, { prefix: "mers/v1/" }))
      ids.push(...records.map((record) => (record as { id: string }).id));
    return ids;
  };

  it("has its lines brought into the bucket in their order, and is then empty", async () => {
    const bringing = pump();
    bringing.start();
    await put("a", "b");
    await put("c");
    await bringing.flush();
    await until("they are in the bucket", async () => (await bucket()).length === 3);
    assert.deepEqual(await bucket(), ["a", "b", "c"]);
    assert.deepEqual(await Outbox.of(database).next(10), []);
    await bringing.close();
  });

  it("keeps no spool open while there is nothing to bring", async () => {
    const bringing = pump();
    bringing.start();
    await bringing.flush();
    assert.equal(opened, 0);
    await put("a");
    await bringing.flush();
    await until("it is uploaded", async () => (await bucket()).length === 1);
    await until("the spool is closed", () => {
      clock.advance(10_000);
      return bringing.stats() === undefined;
    });
    assert.equal(opened, 1);
    await bringing.close();
  });

  it("brings a line once that was in the spool already when the power went", async () => {
    await put("a", "b");
    const before = await open();
    await before.append("a", JSON.stringify({ id: "a" }));
    await before.close();
    const bringing = pump();
    bringing.start();
    await bringing.flush();
    await until("both are in the bucket", async () => (await bucket()).length >= 2);
    assert.deepEqual(await bucket(), ["a", "b"]);
    await bringing.close();
  });

  it("uploads what an earlier run has left in the spool, with nothing new to bring", async () => {
    const before = await open();
    await before.append("a", JSON.stringify({ id: "a" }), { urgent: true });
    await before.close();
    const bringing = pump();
    bringing.start();
    await until("it is uploaded", async () => {
      clock.advance(5_000);
      return (await bucket()).length === 1;
    });
    await bringing.close();
  });

  it("says when the store refuses its lines, though it may take others, and when it takes them again", async () => {
    const reports: (EdgeError | undefined)[] = [];
    mkdirSync(join(dir, "objects"));
    writeFileSync(join(dir, "objects", "mers"), "a file where the folder should be");
    const bringing = pump(reports);
    bringing.start();
    await put("a");
    await bringing.flush();
    await until("it is told", () => reports.length === 1);
    assert.match(String(reports[0]?.code), /^objects-/);
    rmSync(join(dir, "objects", "mers"));
    await bringing.flush();
    await until("it is in the bucket", async () => (await bucket()).length === 1);
    await until("that is told too", () => reports.length === 2);
    assert.equal(reports[1], undefined);
    await bringing.close();
  });

  it("keeps the latest 10,000 lines over a restart where nobody takes them, and counts what it lets go", async () => {
    await database.write(
      Array.from({ length: 10_003 }, (_, i) => Outbox.put({ id: String(i), line: "{}", urgent: false })),
    );
    assert.equal(Outbox.of(database).lost, 0);
    await database.close();
    database = await openDatabase({ file: join(dir, "device.db") }, clock);
    const outbox = Outbox.of(database);
    await outbox.prepare();
    assert.equal(outbox.lost, 3);
    assert.equal((await outbox.next(1))[0]?.id, "3");
  });

  it("keeps its lines while the spool cannot be opened, says so once, and goes on by itself", async () => {
    const reports: (EdgeError | undefined)[] = [];
    let locked = true;
    const bringing = pump(reports, () =>
      locked ? Promise.reject(new EdgeError("database-locked", "in use by another process")) : open(),
    );
    await put("a");
    bringing.start();
    await until("it is told", () => reports.length > 0);
    assert.equal(reports[0]?.code, "database-locked");
    assert.equal((await Outbox.of(database).next(10)).length, 1);
    locked = false;
    await until("it is in the bucket", async () => {
      clock.advance(5_000);
      return (await bucket()).length === 1;
    });
    assert.deepEqual(
      reports.map((report) => report?.code).filter((code, i, all) => code !== all[i - 1]),
      ["database-locked", undefined],
    );
    await bringing.close();
  });
});
