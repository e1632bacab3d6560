import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { openDatabase, type Database } from "../../../lib/storage/database";
import { SqlLedger } from "../../../lib/training/ledger";
import { after, requested, type TrainingRun } from "../../../lib/training/run";
import { scratch } from "../../support/cache";

const AT = "2026-11-24T00:00:00.000Z";
const run = (n: number, model = "pumps"): TrainingRun => {
  const order = { model, cause: `count-${n}`, by: "queue", place: "local" as const, config: "[model]\n" };
  return requested(order, `id-${String(n).padStart(4, "0")}-${model}`, AT);
};

describe("the ledger of training runs", () => {
  let dir: string;
  let database: Database;
  const open = async (): Promise<SqlLedger> => {
    database = await openDatabase({ file: join(dir, "device.db") });
    return new SqlLedger(() => Promise.resolve(database));
  };
  beforeEach(() => (dir = scratch("ledger")));
  afterEach(async () => {
    await database.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it("knows after a restart what is open, whatever became of the others, and when the calendar was looked at", async () => {
    const before = await open();
    assert.equal(await before.lookedAt("pumps"), undefined);
    await before.look("pumps", 1_000);
    await before.look("pumps", 2_000);
    await before.save(run(1));
    await before.save(after(run(1), { kind: "stopped" }, AT));
    await before.save(run(2));
    await before.save(run(3, "fans"));
    await database.close();
    const later = await open();
    assert.deepEqual(await later.open("pumps"), [run(2)]);
    assert.equal((await later.find("pumps", "count-1"))?.phase, "stopped");
    assert.equal(await later.find("fans", "count-1"), undefined);
    assert.deepEqual(
      (await later.latest("pumps", 5)).map(({ cause }) => cause),
      ["count-2", "count-1"],
    );
    assert.deepEqual([await later.lookedAt("pumps"), await later.lookedAt("fans")], [2_000, undefined]);
  });

  it("refuses a second run of one cause, and lets the oldest of two hundred ended ones go", async () => {
    const ledger = await open();
    await ledger.save(run(1));
    await assert.rejects(ledger.save({ ...run(1), id: "another" }), { code: "database" });
    for (let n = 2; n <= 205; n++) await ledger.save(after(run(n), { kind: "stopped" }, AT));
    const kept = await ledger.latest("pumps", 1_000);
    assert.equal(kept.length, 201);
    assert.deepEqual([kept.at(-1)?.cause, kept.at(-2)?.cause], ["count-1", "count-6"]);
  });
});
