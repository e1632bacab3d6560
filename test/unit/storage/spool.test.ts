import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { ManualClock } from "../../../lib/clock";
import { EdgeError } from "../../../lib/errors";
import { FolderStore } from "../../../lib/storage/folder-store";
import type { ObjectStore } from "../../../lib/storage/object-store";
import { readSegments, type Gap } from "../../../lib/storage/segments";
import { openSpool, type Spool, type SpoolOptions } from "../../../lib/storage/spool";
import { keysOf } from "../../support/objects";
import { until } from "../../support/process";

const HOUR = 3_600_000;

const record = (id: string | number): [string, string] => [
  `id-${id}`,
  JSON.stringify({ id: `id-${id}`, text: "wörter" }),
];
const uploadedRows = (spool: Spool, rows: number): Promise<void> =>
  until(`${rows} rows uploaded`, () => spool.stats().uploaded.rows >= rows);
const fill = (n: number): string =>
  JSON.stringify({ id: `big-${n}`, fill: Array.from({ length: 800 }, (_, i) => Math.sin(n * 800 + i)) });

/** A store's methods, so that one can be replaced. */
function bound(store: FolderStore): ObjectStore {
  return {
    description: store.description,
    put: (key, body, options) => store.put(key, body, options),
    get: (key, maxBytes) => store.get(key, maxBytes),
    head: (key) => store.head(key),
    list: (prefix, startAfter) => store.list(prefix, startAfter),
    remove: (key) => store.remove(key),
    conditionalWrites: () => store.conditionalWrites(),
    close: () => store.close(),
  };
}

describe("spool", () => {
  let dir: string;
  let clock: ManualClock;
  let store: FolderStore;
  let open: Spool[];

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "ce-spool-"));
    writeFileSync(join(dir, "a-file"), "where a store can never be");
    clock = new ManualClock();
    store = new FolderStore(join(dir, "objects"), clock);
    open = [];
  });
  afterEach(async () => {
    await Promise.all(open.map((spool) => spool.close()));
    await store.close();
    rmSync(dir, { recursive: true });
  });

  const start = async (more: Partial<SpoolOptions> = {}): Promise<Spool> => {
    const spool = await openSpool({
      dataDir: dir,
      name: "ldo",
      keyPrefix: "ldo/v1/dev=edge-1",
      binding: "board-1",
      store,
      clock,
      random: () => 0.5,
      ...more,
    });
    open.push(spool);
    return spool;
  };
  const inBucket = async (onGap?: (gap: Gap) => void): Promise<string[]> => {
    const ids: string[] = [];
    for await (const { records } of readSegments(store, { prefix: "ldo/v1/", ...(onGap && { onGap }) })) {
      ids.push(...records.map((entry) => (entry as { id: string }).id));
    }
    return ids;
  };

  it("brings what was appended into the bucket, in order, and tells which ids", async () => {
    const spool = await start();
    const told: string[] = [];
    spool.onUploaded(({ ids }) => told.push(...ids));
    await Promise.all([1, 2, 3].map((n) => spool.append(...record(n))));
    await spool.flush();
    await uploadedRows(spool, 3);
    assert.deepEqual(await inBucket(), ["id-1", "id-2", "id-3"]);
    assert.deepEqual(told, ["id-1", "id-2", "id-3"]);
    const keys = await keysOf(store, "ldo/");
    assert.equal(keys.length, 1);
    assert.match(keys[0], /^ldo\/v1\/dev=edge-1\/[0-9a-f]{32}\/0000000001\.ndjson\.gz$/);
  });

  it("takes an id once: while it is open, when it is sealed, after its upload, and after a restart", async () => {
    let spool = await start();
    assert.equal(await spool.append(...record(1)), "stored");
    assert.equal(await spool.append(...record(1)), "duplicate");
    await spool.flush();
    await uploadedRows(spool, 1);
    assert.equal(await spool.append(...record(1)), "duplicate");
    await spool.close();
    spool = await start();
    assert.equal(await spool.append(...record(1)), "duplicate");
    assert.equal(spool.stats().duplicates, 1);
  });

  it("forgets uploaded ids beyond the window it states, never those that still wait", async () => {
    const spool = await start({ rememberIds: 2 });
    for (const n of [1, 2, 3, 4]) await spool.append(...record(n));
    assert.equal(await spool.append(...record(1)), "duplicate");
    await spool.flush();
    await uploadedRows(spool, 4);
    assert.equal(await spool.append(...record(1)), "stored");
    assert.equal(await spool.append(...record(4)), "duplicate");
  });

  it("seals when a segment is full, by rows or by bytes", async () => {
    const spool = await start({ limits: { rows: 10, rawBytes: 2_000 } });
    for (let n = 0; n < 25; n++) await spool.append(...record(n));
    await uploadedRows(spool, 20);
    assert.equal(spool.stats().open.rows, 5);
    for (let n = 0; n < 5; n++)
      await spool.append(`long-${n}`, JSON.stringify({ id: `long-${n}`, fill: "x".repeat(700) }));
    await uploadedRows(spool, 25);
    await spool.flush();
    await uploadedRows(spool, 30);
    assert.equal(new Set(await inBucket()).size, 30);
  });

  it("seals by age: six hours, a quarter of one when something urgent waits", async () => {
    const spool = await start();
    await spool.append(...record(1));
    clock.advance(6 * HOUR - 1);
    await spool.append(...record(2));
    assert.equal(spool.stats().sealedSeq, 0);
    clock.advance(1);
    await uploadedRows(spool, 2);
    await spool.append(...record(3));
    await spool.append(...record(4), { urgent: true });
    clock.advance(HOUR / 4);
    await uploadedRows(spool, 4);
  });

  it("counts the age of what it finds from before its start", async () => {
    const before = await start();
    await before.append(...record(1));
    await before.close();
    clock.advance(5 * HOUR);
    const spool = await start();
    assert.equal(spool.stats().backlogRows, 1);
    clock.advance(HOUR);
    await uploadedRows(spool, 1);
  });

  it("waits with sealing until the clock can be believed, and says so", async () => {
    let trouble: string | undefined = "the clock says 1970";
    const spool = await start({ limits: { rows: 2 }, clockTrouble: () => trouble });
    const told: string[] = [];
    spool.onState(({ health }) => told.push(health));
    for (const n of [1, 2, 3]) await spool.append(...record(n));
    assert.equal(spool.stats().sealedSeq, 0);
    assert.equal(spool.stats().error?.code, "clock");
    assert.match(spool.stats().error?.message ?? "", /^records wait to be sealed: the clock says 1970 — set the clock/);
    trouble = undefined;
    clock.advance(10_000);
    await uploadedRows(spool, 2);
    assert.deepEqual(told, ["clock", "ok"]);
  });

  it("seals all the same when a person asks for it", async () => {
    const spool = await start({ limits: { rows: 1 }, clockTrouble: () => "the clock says 1970" });
    await spool.append(...record(1));
    await spool.flush();
    await uploadedRows(spool, 1);
  });

  it("a jump of the wall clock makes no line wait longer, and none shorter", async () => {
    for (const jump of [HOUR, -HOUR, -clock.now()]) {
      const spool = await start({ name: `at-${Math.abs(jump)}-${jump > 0}`, ages: { maxAgeMs: 2 * HOUR } });
      await spool.append(...record("early"));
      clock.advance(HOUR);
      clock.jump(jump);
      // What was appended before the jump is read again from the file, with the age that it has.
      await spool.replayDeadLetters();
      clock.advance(HOUR - 1_000);
      assert.equal(spool.stats().sealedSeq, 0);
      clock.advance(2_000);
      await uploadedRows(spool, 1);
    }
  });

  it("refuses a line that is too long or holds a line feed, and says how long", async () => {
    const spool = await start();
    await assert.rejects(spool.append("long", "x".repeat(256 * 1024 + 1)), {
      code: "spool-line",
      message: /262145 bytes, limit 262144/,
    });
    await assert.rejects(spool.append("two", "{}\n{}"), { code: "spool-line" });
    assert.equal(await spool.append("fits", JSON.stringify("x".repeat(256 * 1024 - 2))), "stored");
  });

  it("refuses a second spool on the same file", async () => {
    await start();
    await assert.rejects(start(), { code: "database-locked" });
  });

  it("uploads what an earlier start left sealed, the same bytes under the same key", async () => {
    const blocked = new FolderStore(join(dir, "a-file", "objects"), clock);
    const before = await start({ store: blocked });
    await before.append(...record(1));
    await before.flush();
    await until("the store refuses", () => before.stats().health === "refused");
    const { spoolId } = before.stats();
    await before.close();
    await blocked.close();
    const spool = await start({ keyPrefix: "ldo/v1/dev=renamed" });
    await uploadedRows(spool, 1);
    const [first] = await keysOf(store, "ldo/");
    assert.equal(first, `ldo/v1/dev=edge-1/${spoolId}/0000000001.ndjson.gz`);
  });

  it("goes on under a new spool id where it finds itself on another board", async () => {
    const original = await start();
    await original.append(...record("original"));
    await original.close();
    mkdirSync(join(dir, "clone"));
    copyFileSync(join(dir, "spool-ldo.db"), join(dir, "clone", "spool-ldo.db"));
    const one = await start();
    const two = await start({ dataDir: join(dir, "clone"), binding: "board-2" });
    assert.notEqual(one.stats().spoolId, two.stats().spoolId);
    await two.append(...record("clone"));
    await one.flush();
    await two.flush();
    await uploadedRows(one, 1);
    await uploadedRows(two, 2);
    assert.deepEqual(new Set(await inBucket()), new Set(["id-original", "id-clone"]));
  });

  it("finds a second writer on its spool id, says so, and loses nothing of either", async () => {
    const original = await start();
    await original.append(...record("seed"));
    await original.flush();
    await uploadedRows(original, 1);
    await original.close();
    mkdirSync(join(dir, "twin"));
    copyFileSync(join(dir, "spool-ldo.db"), join(dir, "twin", "spool-ldo.db"));
    const one = await start();
    const two = await start({ dataDir: join(dir, "twin") });
    for (const [spool, name] of [
      [one, "one"],
      [two, "two"],
    ] as const) {
      for (let n = 0; n < 3; n++) {
        await spool.append(...record(`${name}-${n}`));
        await spool.flush();
      }
      await uploadedRows(spool, 4);
    }
    assert.equal(one.stats().health, "ok");
    assert.equal(two.stats().health, "two-writers");
    assert.match(two.stats().error?.message ?? "", /another writer uses spool [0-9a-f]{32}/);
    assert.notEqual(one.stats().spoolId, two.stats().spoolId);
    const gaps: Gap[] = [];
    assert.equal(new Set(await inBucket((gap) => gaps.push(gap))).size, 7);
    assert.deepEqual(gaps, []);
  });

  it("refuses when its quota is reached, names the numbers, and takes lines again after an upload", async () => {
    const blocked = new FolderStore(join(dir, "a-file", "objects"), clock);
    let spool = await start({ store: blocked, quotaBytes: 8 << 20 });
    let stored = 0;
    await assert.rejects(
      async () => {
        for (; stored < 5_000; stored++) await spool.append(`big-${stored}`, fill(stored));
      },
      (error: Error & { code: string }) => {
        assert.equal(error.code, "spool-full");
        const numbers = /wait in (\d+) bytes of (\d+) \(quota (\d+) bytes, (\d+) of them set aside/.exec(error.message);
        const [used, limit, quota, aside] = (numbers ?? []).slice(1).map(Number) as [number, number, number, number];
        assert.deepEqual([quota, aside], [8 << 20, quota - limit], error.message);
        assert.ok(used <= limit && used > 0.9 * limit, error.message);
        return true;
      },
    );
    assert.ok(stored > 100, `${stored} records of 15 kB`);
    assert.equal(spool.stats().health, "full");
    assert.equal(await spool.append("big-0", fill(0)), "duplicate");
    const bytes = ["", "-wal", "-ballast"].map((end) => statSync(`${spool.file}${end}`).size);
    assert.ok(bytes.reduce((sum, size) => sum + size) <= 8 << 20, `${bytes.join(" + ")} bytes`);
    await spool.flush();
    await spool.close();
    await blocked.close();
    spool = await start({ quotaBytes: 8 << 20 });
    await uploadedRows(spool, stored);
    assert.equal(await spool.append("after", "{}"), "stored");
    assert.equal((await inBucket()).length, stored);
  });

  it("keeps what the store will not have as a dead letter, and replays it under a later number", async () => {
    const picky: ObjectStore = {
      ...bound(store),
      put: (key, body, options) => {
        const poison = gunzipSync(body).includes("poison") && !cured;
        const error = new EdgeError("objects-refused", "400 the firewall does not like this one");
        return poison ? Promise.resolve({ kind: "refused", about: "object", error }) : store.put(key, body, options);
      },
    };
    let cured = false;
    const spool = await start({ store: picky, random: () => 0, limits: { rows: 1 } });
    for (const id of ["a", "poison", "b"]) await spool.append(...record(id));
    await until("it is a dead letter", () => {
      clock.advance(1_000);
      return spool.stats().dead.rows === 1;
    });
    await uploadedRows(spool, 2);
    assert.equal(spool.stats().backlogRows, 1);
    const gaps: Gap[] = [];
    assert.deepEqual(new Set(await inBucket((gap) => gaps.push(gap))), new Set(["id-a", "id-b"]));
    assert.deepEqual(gaps, [{ spoolId: spool.stats().spoolId, from: 2, to: 2 }]);
    cured = true;
    assert.equal(await spool.replayDeadLetters(), 1);
    await uploadedRows(spool, 3);
    assert.deepEqual(await inBucket(), ["id-a", "id-b", "id-poison"]);
  });
});
