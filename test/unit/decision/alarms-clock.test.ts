import assert from "node:assert/strict";
import { ManualClock } from "../../../lib/clock";
import { Plant } from "./plant";
import { sample } from "./support";

const HOUR = 3_600_000;
const JUMPS = { "an hour forward": HOUR, "an hour back": -HOUR, "to 1970": -Date.UTC(2026, 0, 1) };
const TARGET = { asset: "motor-1", label: "bearing_wear", by: "anna" };

const withFault = async (): Promise<Plant> => {
  const plant = await Plant.start({ model: { n: 1, m: 1 } });
  await plant.see(sample("bearing_wear"));
  return plant;
};

/** The same alarms, on a device that stood still for `ms` by a clock that was moved by `jump` meanwhile. */
const restarted = async (plant: Plant, ms: number, jump = 0): Promise<Plant> => {
  await plant.book.close();
  const clock = new ManualClock(plant.clock.now() + ms + jump);
  return Plant.start({}, { store: plant.store, clock });
};

for (const [how, jump] of Object.entries(JUMPS)) {
  describe(`alarms, when the wall clock jumps ${how}`, () => {
    it("the on-delay counts samples all the same", async () => {
      const plant = await Plant.start({ model: { n: 2, m: 3 } });
      assert.deepEqual(await plant.outcomes("bearing_wear"), ["delayed"]);
      plant.clock.jump(jump);
      assert.deepEqual(await plant.outcomes("normal", "bearing_wear"), ["normal", "alert"]);
    });

    it("an alarm clears 30 s after its fault is gone, not sooner and not later", async () => {
      const plant = await withFault();
      await plant.outcomes("normal");
      plant.clock.jump(jump);
      await plant.pass(29_000);
      assert.equal(plant.mer.active, true);
      await plant.pass(2_000);
      assert.equal(plant.mer.active, false);
    });

    it("a shelf ends on time, and its record says when by the new clock", async () => {
      const plant = await withFault();
      await plant.command("shelve", { ...TARGET, minutes: 10 });
      plant.clock.jump(jump);
      await plant.pass(60_000);
      assert.deepEqual(await plant.outcomes("bearing_wear"), ["shelved"]);
      assert.equal(Date.parse(plant.mer.shelved_until ?? "") - plant.clock.now(), 9 * 60_000);
      await plant.pass(8 * 60_000);
      assert.notEqual(plant.mer.shelved_until, null);
      await plant.pass(61_000);
      assert.equal(plant.mer.shelved_until, null);
    });

    it("a flood ends when its ten minutes are over", async () => {
      const plant = await Plant.start({ model: { n: 1, m: 1 } });
      for (let i = 1; i <= 14; i++) await plant.see(sample("bearing_wear", 0.9, on(i)));
      plant.clock.jump(jump);
      await plant.pass(599_000);
      assert.equal(plant.book.open().find(({ label }) => label === "flood:line-1")?.active, true);
      await plant.pass(2_000);
      assert.equal(plant.book.open().find(({ label }) => label === "flood:line-1")?.active, false);
    });

    it("a restart makes no shelf longer than what was left of it", async () => {
      const plant = await withFault();
      await plant.command("shelve", { ...TARGET, minutes: 30 });
      await plant.pass(60_000);
      await plant.outcomes("bearing_wear");
      const again = await restarted(plant, 0, jump);
      assert.equal(again.mer.shelved_until, plant.mer.shelved_until);
      await again.pass(29 * 60_000 + 1_000);
      assert.equal(again.mer.shelved_until, null);
    });
  });
}

it("a shelf goes on over a restart: the time that the device stood still counts", async () => {
  const plant = await withFault();
  await plant.command("shelve", { ...TARGET, minutes: 30 });
  const again = await restarted(plant, 20 * 60_000);
  await again.pass(9 * 60_000);
  assert.notEqual(again.mer.shelved_until, null);
  await again.pass(61_000);
  assert.equal(again.mer.shelved_until, null);
});

function on(i: number): object {
  return { asset: { id: `motor-${i}`, line: "line-1", station: "test-1" } };
}
