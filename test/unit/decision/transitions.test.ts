import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SqlAlarmStore } from "../../../lib/decision/store";
import { transitionId } from "../../../lib/decision/transition";
import { openDatabase } from "../../../lib/storage/database";
import { Outbox } from "../../../lib/storage/outbox";
import { Plant } from "./plant";
import { MemoryStore, sample } from "./support";

const AT_ONCE = { model: { n: 1, m: 1 } };

describe("what happened to a record", () => {
  it("is numbered from 1 over its life, a restart included, whatever is announced", async () => {
    const before = await Plant.start(AT_ONCE);
    await before.outcomes("bearing_wear");
    await before.command("ack", { mer_id: before.mer.mer_id, by: "anna" });
    await before.book.close();
    const after = await Plant.start(AT_ONCE, { store: before.store, clock: before.clock });
    await after.command("shelve", { mer_id: after.mer.mer_id, minutes: 1 });
    await after.pass(61_000);
    await after.command("close", { mer_id: after.mer.mer_id, cause: "bearing replaced", by: "anna" });
    assert.deepEqual(
      before.store.transitions.map(({ transition }) => [transition?.number, transition?.event]),
      [
        [1, "raised"],
        [2, "acknowledged"],
        [3, "shelved"],
        [4, "unshelved"],
        [5, "closed"],
      ],
    );
  });

  it("is what is sent, with cause and time", async () => {
    const plant = await Plant.start(AT_ONCE);
    await plant.outcomes("bearing_wear");
    const [raised] = plant.sent;
    assert.deepEqual(raised?.mer.transition, {
      number: 1,
      event: "raised",
      cause: raised?.cause,
      at: raised?.mer.raised_at,
    });
  });

  it("is saved later where it could not be at once, each transition, in order", async () => {
    const store = new MemoryStore();
    const plant = await Plant.start(AT_ONCE, { store });
    store.full = true;
    await plant.outcomes("bearing_wear");
    await plant.command("ack", { mer_id: plant.mer.mer_id, by: "anna" });
    assert.deepEqual(
      plant.sent.map(({ mer }) => mer.durable),
      [false, false],
    );
    assert.equal(store.transitions.length, 0);
    store.full = false;
    await plant.pass(2_000);
    assert.deepEqual(
      store.transitions.map((mer) => mer.transition?.event),
      ["raised", "acknowledged"],
    );
  });

  it("lies beside the record on the disk, on its way to the bucket, once", async () => {
    const dir = mkdtempSync(join(tmpdir(), "ce-transitions-"));
    const database = await openDatabase({ file: join(dir, "device.db") });
    const plant = await Plant.start(AT_ONCE);
    await plant.see(sample("bearing_wear"));
    const store = new SqlAlarmStore(() => Promise.resolve(database));
    const { mer } = plant;
    for (let i = 0; i < 2; i++) await store.save([{ mer, held: false, episode: undefined }], [mer]);
    const lines = await Outbox.of(database).next(10);
    assert.deepEqual(
      lines.map(({ id, urgent, line }) => [id, urgent, JSON.parse(line)]),
      [[transitionId(mer), true, mer]],
    );
    assert.equal(transitionId(mer), `${mer.mer_id}/1`);
    await database.close();
    rmSync(dir, { recursive: true });
  });
});
