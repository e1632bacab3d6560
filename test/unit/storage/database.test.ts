import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase, type Database, type Statement } from "../../../lib/storage/database";

const insert = (n: number): Statement => ({ sql: "INSERT INTO t VALUES (?)", params: [n] });

describe("database", () => {
  let dir: string;
  let file: string;
  let open: Database[] = [];
  const start = async (quotaBytes?: number): Promise<Database> => {
    const database = await openDatabase({ file, ...(quotaBytes === undefined ? {} : { quotaBytes }) });
    open.push(database);
    return database;
  };

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "ce-database-"));
    file = join(dir, "test.db");
  });
  afterEach(async () => {
    await Promise.all(open.map((database) => database.close()));
    open = [];
    rmSync(dir, { recursive: true });
  });

  it("reads what was written before, also when nobody waited for the write", async () => {
    const db = await start();
    await db.migrate("things", ["CREATE TABLE thing (name TEXT PRIMARY KEY, size REAL, raw BLOB)"]);
    const written = db.write([{ sql: "INSERT INTO thing VALUES (?, ?, ?)", params: ["belt", 1.5, Buffer.from("ab")] }]);
    const rows = await db.read<{ name: string; size: number; raw: Uint8Array }>(
      "SELECT * FROM thing WHERE size > ?",
      1,
    );
    assert.deepEqual(rows, [{ name: "belt", size: 1.5, raw: new Uint8Array([97, 98]) }]);
    await written;
  });

  it("keeps what was acknowledged when it is opened again", async () => {
    const first = await start();
    await first.migrate("t", ["CREATE TABLE t (n INTEGER PRIMARY KEY)"]);
    await Promise.all(
      Array.from({ length: 2_000 }, (_, n) => first.write([{ sql: "INSERT INTO t VALUES (?)", params: [n] }])),
    );
    await first.close();
    const second = await start();
    assert.deepEqual(await second.read("SELECT count(*) AS n, max(n) AS last FROM t"), [{ n: 2_000, last: 1_999 }]);
  });

  it("rejects only the unit that fails, whole, among those that share its transaction", async () => {
    const db = await start();
    await db.migrate("t", ["CREATE TABLE t (n INTEGER PRIMARY KEY)"]);
    const outcomes = await Promise.allSettled([
      db.write([insert(1)]),
      db.write([insert(2), insert(1)]),
      db.write([insert(3)]),
    ]);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status),
      ["fulfilled", "rejected", "fulfilled"],
    );
    assert.deepEqual(await db.read("SELECT n FROM t ORDER BY n"), [{ n: 1 }, { n: 3 }]);
    await assert.rejects(db.write([insert(3)]), {
      name: "EdgeError",
      code: "database",
      message: /UNIQUE constraint failed: t\.n/,
    });
    await assert.rejects(db.read("SELECT * FROM missing"), { code: "database", message: /no such table: missing/ });
  });

  it("runs each component's migrations once, and refuses a file from a newer version", async () => {
    const db = await start();
    await db.migrate("a", ["CREATE TABLE a (n INTEGER)"]);
    await db.migrate("b", ["CREATE TABLE b (n INTEGER)"]);
    await db.migrate("a", ["CREATE TABLE a (n INTEGER)", "ALTER TABLE a ADD COLUMN m INTEGER DEFAULT 7"]);
    await db.write([{ sql: "INSERT INTO a (n) VALUES (1)" }]);
    assert.deepEqual(await db.read("SELECT * FROM a"), [{ n: 1, m: 7 }]);
    await assert.rejects(db.migrate("a", ["CREATE TABLE a (n INTEGER)"]), {
      code: "database-newer",
      message: /version 2, this program knows 1/,
    });
  });

  it("leaves no half migration behind", async () => {
    const db = await start();
    await assert.rejects(db.migrate("a", ["CREATE TABLE a (n INTEGER)", "CREATE TABLE a (n INTEGER)"]), {
      code: "database",
    });
    await db.migrate("a", ["CREATE TABLE a (n INTEGER)"]);
  });

  it("refuses a second opener in this process and in another one", async () => {
    await start();
    await assert.rejects(openDatabase({ file }), { code: "database-locked", message: /in use by another process/ });
    const other = `const { DatabaseSync } = require("node:sqlite");
      const db = new DatabaseSync(${JSON.stringify(file)}); db.exec("PRAGMA journal_mode = WAL; CREATE TABLE intruder (n)");`;
    const { status, stderr } = spawnSync(process.execPath, ["-e", other], { encoding: "utf8" });
    assert.equal(status, 1);
    assert.match(stderr, /database is locked/);
  });

  it("names a file that is not a database, or damaged, and says what to do", async () => {
    writeFileSync(file, "this was never a database, but it is long enough to be taken for one".repeat(30));
    await assert.rejects(start(), { code: "database-corrupt", message: /is damaged.*move the file/ });
  });

  it("says which directory cannot be opened", async () => {
    await assert.rejects(openDatabase({ file: join(dir, "missing", "x.db") }), {
      code: "database-open",
      message: /missing\/x\.db/,
    });
  });

  it("refuses beyond its quota with the numbers, goes on deleting, and then takes writes again", async () => {
    const quota = 2 << 20;
    const db = await start(quota);
    await db.migrate("t", ["CREATE TABLE t (n INTEGER PRIMARY KEY, raw BLOB)"]);
    const add = (n: number) => db.write([{ sql: "INSERT INTO t VALUES (?, ?)", params: [n, new Uint8Array(50_000)] }]);
    let stored = 0;
    await assert.rejects(
      async () => {
        for (let n = 0; n < 100; n++) {
          await add(n);
          stored++;
        }
      },
      { code: "disk-full", message: /quota 2097152 bytes/ },
    );
    assert.ok(stored > 20 && stored < 42, `${stored} rows of 50 kB in 2 MB`);
    assert.ok(statSync(file).size + statSync(`${file}-wal`).size <= quota);
    await db.write([{ sql: "DELETE FROM t WHERE n < ?", params: [stored - 1] }]);
    await add(1_000);
    assert.deepEqual(await db.read("SELECT n FROM t ORDER BY n"), [{ n: stored - 1 }, { n: 1_000 }]);
  });

  it("lets a delete through that shares its transaction with a write that finds no room", async () => {
    const db = await start(2 << 20);
    await db.migrate("t", ["CREATE TABLE t (n INTEGER PRIMARY KEY, raw BLOB)"]);
    await db.write([{ sql: "INSERT INTO t VALUES (1, zeroblob(1000000))" }]);
    const [refused, deleted] = await Promise.allSettled([
      db.write([{ sql: "INSERT INTO t VALUES (2, zeroblob(3000000))" }]),
      db.write([{ sql: "DELETE FROM t WHERE n = 1" }]),
    ]);
    assert.equal(refused?.status, "rejected");
    assert.equal(deleted?.status, "fulfilled");
    assert.deepEqual(await db.read("SELECT count(*) AS n FROM t"), [{ n: 0 }]);
  });

  it("finishes what was asked before it closes, and refuses what comes after", async () => {
    const db = await start();
    await db.migrate("t", ["CREATE TABLE t (n INTEGER)"]);
    const writes = Array.from({ length: 50 }, (_, n) => db.write([{ sql: "INSERT INTO t VALUES (?)", params: [n] }]));
    await db.close();
    await Promise.all(writes);
    await assert.rejects(db.read("SELECT 1"), { code: "database-closed" });
  });
});
