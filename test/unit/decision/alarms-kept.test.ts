import assert from "node:assert/strict";
import { ManualClock } from "../../../lib/clock";
import { leaseAlarmBook } from "../../../lib/decision/books";
import { Plant } from "./plant";
import { MemoryStore, sample } from "./support";

describe("alarms: what survives", () => {
  it("a restart knows the open records, who acknowledged them and their episode", async () => {
    const before = await Plant.start();
    const episode = [];
    for (let i = 0; i < 3; i++) episode.push((await before.see(sample("bearing_wear"))).decision.episode_id);
    await before.command("ack", { mer_id: before.mer.mer_id, by: "anna" });
    await before.book.close();
    const after = await Plant.start({}, { store: before.store, clock: before.clock });
    assert.deepEqual(after.book.open(), before.book.open());
    const decided = await after.see(sample("bearing_wear"));
    assert.deepEqual([decided.decision.outcome, decided.decision.episode_id], ["repeat", episode[0]]);
  });

  it("a counter is at most a second behind after a power cut", async () => {
    const before = await Plant.start({ model: { n: 1, m: 1 } });
    for (let i = 0; i < 5; i++) await before.see(sample("bearing_wear"));
    await before.pass(1000);
    await before.see(sample("bearing_wear"));
    const after = await Plant.start({}, { store: before.store });
    assert.equal(after.mer.evidence.count, 5);
  });

  it("are found again when they can be read only later: what was raised meanwhile is counted in the one from before", async () => {
    const store = new MemoryStore();
    const before = await Plant.start({ model: { n: 1, m: 1 } }, { store });
    await before.outcomes("bearing_wear", "bearing_wear");
    const id = before.mer.mer_id;
    await before.command("ack", { mer_id: id, by: "anna" });
    await before.book.close();

    store.unreadable = true;
    let later = 0;
    const after = await Plant.start({ model: { n: 1, m: 1 }, mint: () => `MER-later-${++later}` }, { store });
    assert.deepEqual(await after.outcomes("bearing_wear", "motor_overload"), ["alert", "alert"]);
    assert.equal(after.sent[0]?.mer.durable, false);
    assert.match(after.book.failure?.message ?? "", /in use by another process/);
    store.unreadable = false;
    await after.pass(2_000);

    assert.equal(after.book.failure, undefined);
    assert.deepEqual(after.events().slice(2), ["closed bearing_wear", "updated bearing_wear"]);
    const [wear] = after.book.open().filter(({ label }) => label === "bearing_wear");
    assert.deepEqual([wear?.mer_id, wear?.evidence.count, wear?.acknowledged?.by], [id, 3, "anna"]);
    assert.equal(store.records.get("MER-later-1")?.mer.closed?.cause, `was open before the start: goes on as ${id}`);
    assert.equal(
      [...store.records.values()].filter(({ mer }) => mer.label === "bearing_wear" && !mer.closed).length,
      1,
    );
  });

  it("a full disk does not silence an alarm: it is sent, marked, and stored when there is room", async () => {
    const store = new MemoryStore();
    const plant = await Plant.start({ model: { n: 1, m: 1 } }, { store });
    store.full = true;
    await plant.see(sample("bearing_wear"));
    assert.equal(plant.sent[0]?.mer.durable, false);
    assert.match(String(plant.book.failure?.message), /4,096/);
    store.full = false;
    await plant.pass(1000);
    assert.equal(plant.book.failure, undefined);
    assert.deepEqual(
      [...store.records.values()].map(({ mer }) => mer.durable),
      [true],
    );
  });

  it("counts the transitions that go when more wait for a disk than memory holds, the oldest first", async () => {
    const store = new MemoryStore();
    const plant = await Plant.start({ model: { n: 1, m: 1 } }, { store });
    store.full = true;
    await plant.see(sample("bearing_wear"));
    const writes = [];
    for (let i = 0; i < 10_001; i++) {
      writes.push(plant.command(i % 2 === 0 ? "shelve" : "unshelve", { mer_id: plant.mer.mer_id, minutes: 1 }));
      if (i === 5_000) await Promise.all(writes);
    }
    await Promise.all(writes);
    assert.equal(plant.book.lost, 2);
    store.full = false;
    await plant.pass(1000);
    assert.equal(plant.book.failure, undefined);
    assert.deepEqual([store.transitions.length, store.transitions[0]?.transition?.number], [10_000, 3]);
    assert.equal(plant.book.lost, 2);
  });

  it("a closed record that could not be stored is stored before the next one of its kind", async () => {
    const store = new MemoryStore();
    const plant = await Plant.start({ model: { n: 1, m: 1 } }, { store });
    await plant.see(sample("bearing_wear"));
    store.full = true;
    await plant.command("close", { asset: "motor-1", label: "bearing_wear", cause: "loose screw" });
    store.full = false;
    await plant.see(sample("bearing_wear"));
    const records = [...store.records.values()].map(({ mer }) => mer.closed?.cause);
    assert.deepEqual(records, ["loose screw", undefined]);
  });

  it("a normal sample waits for nothing and writes nothing", async () => {
    const plant = await Plant.start();
    for (let i = 0; i < 100; i++) assert.equal(plant.decider.decide(sample("normal"))?.settled, undefined);
    await plant.pass(5000);
    assert.equal(plant.store.writes, 0);
  });

  it("what a device does in dry run says that nothing is raised", async () => {
    const plant = await Plant.start({ model: { n: 1, m: 1 } }, { mode: "dry-run" });
    const { decision } = await plant.see(sample("bearing_wear"));
    assert.equal(decision.outcome, "alert");
    assert.ok(decision.reasons.includes("dry-run: nothing is raised"));
  });

  it("two nodes of one device share its alarms", async () => {
    const store = new MemoryStore();
    const clock = new ManualClock();
    const one = leaseAlarmBook("data|live", () => store, clock);
    const two = leaseAlarmBook("data|live", () => assert.fail("opened twice"), clock);
    assert.equal(one.book, two.book);
    await one.release();
    await two.release();
    const three = leaseAlarmBook("data|live", () => store, clock);
    assert.notEqual(three.book, one.book);
    await three.release();
  });
});
