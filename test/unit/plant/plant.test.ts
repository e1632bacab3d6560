import assert from "node:assert/strict";
import * as fc from "fast-check";
import { ManualClock } from "../../../lib/clock";
import { EdgeError } from "../../../lib/errors";
import { NEW_PRODUCTS, PRODUCTS, RIGS } from "../../../lib/plant/catalogue";
import { contextKey } from "../../../lib/plant/codes";
import { INJECTABLE, parsePlantCommand } from "../../../lib/plant/commands";
import { STATES } from "../../../lib/plant/physics";
import { defaultStations, Plant, type PlantEvent, type PlantOptions } from "../../../lib/plant/plant";
import { RunningPlant } from "../../../lib/plant/running-plant";
import { BATCH_UNITS } from "../../../lib/plant/station";

type ScanEvent = Extract<PlantEvent, { kind: "scan" }>;
type ReadingEvent = Extract<PlantEvent, { kind: "reading" }>;

const QUIET: PlantOptions = {
  seed: 1,
  stations: defaultStations(2),
  rateHz: 10,
  cycleS: 2,
  faultShare: 0,
  firstFaultS: 0,
  codes: "plain",
};

/** Lets `seconds` of plant time pass. */
function pass(plant: Plant, seconds: number, rateHz = 10): PlantEvent[] {
  return Array.from({ length: Math.round(seconds * rateHz) }, () => plant.advance()).flat();
}
const scansOf = (events: PlantEvent[]) => events.filter((event): event is ScanEvent => event.kind === "scan");
const readingsOf = (events: PlantEvent[]) => events.filter((e): e is ReadingEvent => e.kind === "reading");
const commanded = (options: Partial<PlantOptions>, ...commands: object[]): Plant => {
  const plant = new Plant({ ...QUIET, ...options });
  for (const command of commands) plant.command(parsePlantCommand(command));
  return plant;
};

const isNew = (name: string): boolean => NEW_PRODUCTS.some((product) => product.name === name);

/** What a fault injected at motor-1 for the first ten seconds must not reach. */
const untouched = (event: PlantEvent): boolean => event.asset === "motor-2" || event.atS >= 10;

function refused(command: unknown, pattern: RegExp): void {
  assert.throws(() => parsePlantCommand(command), { code: "plant-command", message: pattern });
}

function driven(): { clock: ManualClock; events: PlantEvent[]; plant: RunningPlant } {
  const clock = new ManualClock();
  const events: PlantEvent[] = [];
  const plant = new RunningPlant(QUIET, { clock, record: undefined, happened: (event) => events.push(event) });
  return { clock, events, plant };
}

describe("the running plant", () => {
  it("is the same plant for the same seed and another for another", () => {
    const busy = { ...QUIET, faultShare: 0.3, codes: "mixed" as const };
    assert.deepEqual(pass(new Plant(busy), 60), pass(new Plant(busy), 60));
    assert.notDeepEqual(pass(new Plant(busy), 4), pass(new Plant({ ...busy, seed: 2 }), 4));
  });

  it("reads every rig at its rate, and scans each unit once, a second after it came", () => {
    const events = pass(new Plant(QUIET), 20);
    const scans = scansOf(events).filter(({ asset }) => asset === "motor-1");
    assert.deepEqual(
      scans.map(({ atS }) => atS),
      [1, 3, 5, 7, 9, 11, 13, 15, 17, 19],
    );
    assert.equal(readingsOf(events).filter(({ asset }) => asset === "motor-1").length, 200);
    assert.deepEqual(scansOf(events).slice(0, 4).map(({ asset }) => asset), ["motor-1", "motor-2", "motor-1", "motor-2"]); // prettier-ignore
  });

  it("sends a scan after the reading that belongs to it", () => {
    const events = pass(new Plant(QUIET), 10);
    for (const scan of scansOf(events)) {
      const before = events.slice(0, events.indexOf(scan)) as ReadingEvent[];
      assert.deepEqual(before.findLast(({ asset }) => asset === scan.asset)?.readings, scan.truth.readings);
    }
  });

  it("has a context for every code it ever shows, new products included, of the right product", () => {
    const plant = commanded({ codes: "mixed" }, { name: "new_product" });
    const contexts = new Map(plant.contexts().map(({ key, value }) => [key, value]));
    assert.equal(contexts.size, plant.contexts().length);
    const scans = scansOf(pass(plant, (PRODUCTS.length + 2) * BATCH_UNITS * 2));
    for (const { code, truth, asset } of scans) {
      const context = contexts.get(contextKey(code));
      assert.deepEqual([context?.product, context?.recipe, context?.batch, context?.asset_id], [truth.product, truth.recipe, truth.batch, asset]); // prettier-ignore
    }
    assert.equal(new Set(scans.map(({ truth }) => truth.product)).size, PRODUCTS.length + 1);
  });

  it("makes nothing new until it is told to; then the next unit opens a batch of it", () => {
    const plant = new Plant(QUIET);
    assert.ok(scansOf(pass(plant, 100)).every(({ truth }) => !isNew(truth.product)));
    plant.command(parsePlantCommand({ name: "new_product", asset: "motor-2" }));
    const after = scansOf(pass(plant, 4 + BATCH_UNITS * 2));
    assert.equal(after.filter(({ asset, truth }) => asset === "motor-2" && isNew(truth.product)).length, BATCH_UNITS);
    assert.ok(after.every(({ asset, truth }) => asset === "motor-2" || !isNew(truth.product)));
  });

  it("shows what is injected, at that asset, for that time", () => {
    for (const state of STATES) {
      const plant = commanded({}, { name: "inject", state, asset: "motor-2", duration_s: 10 });
      for (const { asset, atS, truth } of scansOf(pass(plant, 20))) {
        const injected = asset === "motor-2" && atS < 10;
        assert.equal(truth.state, injected ? state : "normal", `${asset} at ${atS}`);
        assert.equal(truth.injected, injected);
      }
    }
  });

  it("injecting changes nothing at another asset, nor after it is over", () => {
    const busy = { faultShare: 0.3 };
    const plain = pass(commanded(busy), 40);
    const injected = pass(commanded(busy, { name: "inject", state: "motor_overload", duration_s: 10 }), 40);
    assert.deepEqual(injected.filter(untouched), plain.filter(untouched));
    assert.notDeepEqual(injected, plain);
  });

  it("an over-temperature passes temp_critical, whatever is on the rig", () => {
    const plant = commanded({ stations: defaultStations(4) }, ...defaultStations(4).map(({ asset }) => ({ name: "inject", state: "over_temperature", asset, duration_s: 200 }))); // prettier-ignore
    const limits = new Map(plant.contexts().map(({ key, value }) => [key, value.thresholds.temp_critical]));
    const scans = scansOf(pass(plant, 120));
    const over = scans.filter(({ code, truth }) => truth.readings.temperature > limits.get(contextKey(code))!);
    assert.ok(over.length / scans.length > 0.99, `${over.length} of ${scans.length}`);
    assert.ok(scans.every(({ truth }) => truth.state === "other" && truth.cause === "cooling_loss"));
  });

  it("normal runs stay below temp_critical", () => {
    const plant = new Plant({ ...QUIET, stations: defaultStations(6) });
    const limits = new Map(plant.contexts().map(({ key, value }) => [key, value.thresholds.temp_critical]));
    for (const { code, truth } of scansOf(pass(plant, 200)))
      assert.ok(truth.readings.temperature < limits.get(contextKey(code))!);
  });

  it("drifts as far as told, as slowly as told, until it is cleared", () => {
    const still = readingsOf(pass(commanded({}), 30));
    const plant = commanded({}, { name: "drift", scale: 2, over_s: 10, asset: "motor-1" });
    const drifting = readingsOf(pass(plant, 20));
    plant.command(parsePlantCommand({ name: "clear" }));
    const all = [...drifting, ...readingsOf(pass(plant, 10))];
    const off = all.map(({ asset, atS, readings }, i) => ({
      asset,
      atS,
      by: readings.temperature - still[i].readings.temperature,
    }));
    for (const { asset, atS, by } of off) {
      const expected = asset === "motor-2" || atS >= 20 ? 0 : 10 * Math.min(1, atS / 10);
      assert.ok(Math.abs(by - expected) < 0.011, `${asset} at ${atS}: ${by}, expected ${expected}`);
    }
  });

  it("shows worn bearings at the first asset early on, where it is told to", () => {
    const scans = scansOf(pass(new Plant({ ...QUIET, firstFaultS: 4 }), 24));
    const faulty = scans.filter(({ truth }) => truth.state !== "normal");
    assert.ok(faulty.length >= 5);
    for (const { asset, atS, truth } of faulty)
      assert.ok(asset === "motor-1" && truth.state === "bearing_wear" && atS >= 4 && atS < 16);
  });

  it("has no more rigs than the catalogue, whatever is asked for", () => {
    const stations = Array.from({ length: 9 }, (_, i) => ({ asset: `press-${i}`, reader: `r${i}` }));
    const assets = new Set(pass(new Plant({ ...QUIET, stations }), 4).map(({ asset }) => asset));
    assert.equal(assets.size, RIGS.length);
  });
});

describe("commands to the plant", () => {
  it("say what they lack", () => {
    refused(null, /must be an object/);
    refused([], /must be an object/);
    refused({ name: "explode" }, /"explode" is not a command/);
    refused({ name: "inject" }, /"undefined" cannot be injected: normal, bearing_wear/);
    refused({ name: "inject", state: "constructor" }, /cannot be injected/);
    refused({ name: "inject", state: "other", severity: "0.5" }, /severity is "0.5", must be a number from 0.05 to 2/);
    refused({ name: "inject", state: "other", duration_s: NaN }, /duration_s is null/);
    refused({ name: "clear", asset: 3 }, /asset must be a text/);
    assert.throws(
      () => commanded({}, { name: "clear", asset: "motor-9" }),
      /no asset "motor-9", only motor-1, motor-2/,
    );
  });

  it("either parse or are refused with plant-command, whatever comes", () => {
    const field = fc.oneof(fc.constantFrom(...INJECTABLE), fc.double(), fc.string(), fc.constant(null));
    const command = fc.record(
      { name: fc.oneof(fc.constantFrom("inject", "clear", "drift", "new_product"), field), state: field, asset: field, severity: field, duration_s: field, scale: field, over_s: field }, // prettier-ignore
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(command, fc.jsonValue()), (raw) => {
        try {
          const plant = commanded({}, raw as object);
          for (const { readings } of readingsOf(pass(plant, 1)))
            assert.ok(Object.values(readings).every((value) => Number.isFinite(value) && value >= 0));
        } catch (error) {
          assert.ok(error instanceof EdgeError && error.code === "plant-command", String(error));
        }
      }),
    );
  });
});

describe("a plant driven by a clock", () => {
  it("ticks once a period, stands still when stopped, and goes on where it was", () => {
    const { clock, events, plant } = driven();
    clock.advance(1000);
    assert.equal(events.length, 0);
    plant.start();
    plant.start();
    clock.advance(3000);
    assert.deepEqual(plant.obey({ name: "status" }), { plant_s: 3, scans: 2, running: true });
    plant.obey({ name: "stop" });
    clock.advance(60_000);
    assert.deepEqual(plant.obey({ name: "start" }), { plant_s: 3, scans: 2, running: true });
    clock.advance(2000);
    assert.deepEqual(events, pass(new Plant(QUIET), 5));
  });
});
