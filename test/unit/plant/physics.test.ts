import assert from "node:assert/strict";
import { BayesJudge, bestPossible, mostLikely } from "../../../lib/plant/bayes";
import { contextFor, NEW_PRODUCTS, PRODUCTS, RECIPES, RIGS, SEEN_RIGS, toReadings } from "../../../lib/plant/catalogue";
import type { Product, Recipe, Rig } from "../../../lib/plant/catalogue";
import { mod10 } from "../../../lib/context/check-digits";
import {
  drawFault,
  drawReading,
  drawSeverity,
  drawUnit,
  eachChannel,
  expectedReadings,
  LOAD_DIRECTION,
  MECHANISMS,
  NO_DRIFT,
  READING_SD,
  SEVERITY_LOW,
  STATES,
  stateOf,
  UNIT_SD,
  type Fault,
} from "../../../lib/plant/physics";
import { Random } from "../../../lib/plant/random";

const product = (short: string): Product => [...PRODUCTS, ...NEW_PRODUCTS].find((one) => one.short === short)!;
const recipe = (name: string): Recipe => RECIPES.find((one) => one.name === name)!;
const rig = (id: string): Rig => RIGS.find((one) => one.id === id)!;
const setting = (short: string) => ({ product: product(short), recipe: recipe("standard"), rig: rig("motor-1") });
const judge = (short: string): BayesJudge => new BayesJudge([setting(short)], 0.35);
const mean = (short: string, fault: Fault | null) => toReadings(expectedReadings({ ...setting(short), fault }));

describe("the plant's catalogue", () => {
  it("has the products, recipes and rigs that the documentation lists, new products apart", () => {
    assert.deepEqual([PRODUCTS.length, NEW_PRODUCTS.length, RECIPES.length, RIGS.length, SEEN_RIGS], [6, 2, 3, 6, 4]);
    const names = [...PRODUCTS, ...NEW_PRODUCTS].map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    assert.deepEqual([...STATES], ["normal", "bearing_wear", "belt_slippage", "motor_overload", "other"]);
  });

  it("gives every product a GTIN whose check digit is right", () => {
    for (const { gtin } of [...PRODUCTS, ...NEW_PRODUCTS]) assert.equal(mod10(gtin.slice(0, -1)), gtin.at(-1));
  });

  it("a context says what is normal and where the limits are, never the state", () => {
    assert.deepEqual(contextFor(product("B"), recipe("eco"), "motor-2", "L1"), {
      product: "Motor Assembly Type B",
      recipe: "eco",
      asset_id: "motor-2",
      batch: "L1",
      normal: { vibration_x: 1.4, vibration_y: 1.15, temperature: 70, current: 11.5 },
      thresholds: { temp_warning: 86, temp_critical: 96, vibration_max: 3.6 },
      expected_runtime: 60,
    });
  });
});

describe("the same reading is normal for one product and a fault for another", () => {
  const claims = [
    { normal: "B", fault: "A", state: "motor_overload", severity: 0.9 },
    { normal: "C", fault: "B", state: "motor_overload", severity: 0.85 },
    { normal: "D", fault: "A", state: "bearing_wear", severity: 0.75 },
    { normal: "F", fault: "B", state: "bearing_wear", severity: 0.7 },
    { normal: "E", fault: "A", state: "belt_slippage", severity: 0.8 },
  ] as const;
  for (const { normal, fault, state, severity } of claims) {
    it(`what is normal for ${normal} is ${state} for ${fault}`, () => {
      const reading = mean(normal, null);
      assert.equal(mostLikely(judge(normal).posterior(reading)), "normal");
      assert.ok(judge(normal).posterior(reading).normal > 0.9);
      assert.equal(mostLikely(judge(fault).posterior(reading)), state);
      // And the other way: the fault's own reading lies within a healthy unit's spread.
      const faulty = mean(fault, { mechanism: state, severity });
      assert.equal(mostLikely(judge(normal).posterior(faulty)), "normal");
    });
  }
});

describe("noise", () => {
  it("has the spread that the documentation states, and moves with the load", () => {
    const random = new Random(1);
    const runs = 20_000;
    const sums = [0, 0, 0, 0, 0];
    const { temperature, current } = mean("A", null);
    for (let i = 0; i < runs; i++) {
      const reading = drawReading(
        expectedReadings({ ...setting("A"), fault: null }),
        drawUnit(random),
        NO_DRIFT,
        random,
      );
      sums[0] += reading.temperature - temperature;
      sums[1] += (reading.temperature - temperature) ** 2;
      sums[2] += (reading.current - current) ** 2;
      sums[3] += (reading.temperature - temperature) * (reading.current - current);
    }
    const expected = eachChannel((i) => UNIT_SD[i] ** 2 + LOAD_DIRECTION[i] ** 2 + READING_SD[i] ** 2);
    const covariance = LOAD_DIRECTION[2] * LOAD_DIRECTION[3];
    assert.ok(Math.abs(sums[0] / runs) < 0.06);
    assert.ok(Math.abs(sums[1] / runs / expected[2] - 1) < 0.05);
    assert.ok(Math.abs(sums[2] / runs / expected[3] - 1) < 0.05);
    assert.ok(Math.abs(sums[3] / runs / covariance - 1) < 0.15);
  });

  it("severity is Beta(2, 2) above its lowest value", () => {
    const random = new Random(2);
    const draws = Array.from({ length: 20_000 }, () => (drawSeverity(random) - SEVERITY_LOW) / (1 - SEVERITY_LOW));
    const average = draws.reduce((a, b) => a + b) / draws.length;
    const spread = draws.reduce((a, b) => a + (b - average) ** 2, 0) / draws.length;
    assert.ok(draws.every((draw) => draw >= 0 && draw <= 1));
    assert.ok(Math.abs(average - 0.5) < 0.006, `mean ${average}`);
    assert.ok(Math.abs(spread - 0.05) < 0.002, `variance ${spread}, Beta(2, 2) has 1/20`);
  });

  it("a reading is never negative", () => {
    const random = new Random(3);
    const { vibration_x } = drawReading([0.01, 0.01, 5, 0.1], [-1, -1, 0, 0], NO_DRIFT, random);
    assert.equal(vibration_x, 0);
  });
});

describe("the best possible judge", () => {
  it("is right about 96 times in 100 when it knows product, recipe and asset: the documented figure", () => {
    const best = bestPossible(new Random(1), {
      knowledge: "product, recipe and asset",
      runs: 20_000,
      faultShare: 0.35,
    });
    assert.ok(best.accuracy > 0.95 && best.accuracy < 0.97, `accuracy ${best.accuracy}`);
    assert.ok(best.falseAlarmRate > 0.005 && best.falseAlarmRate < 0.02, `false alarms ${best.falseAlarmRate}`);
    for (const state of STATES) assert.ok(best.recall[state] > 0.85, `${state} ${best.recall[state]}`);
  });

  it("loses more than 8 points without any context, whatever it has learnt", () => {
    const blind = bestPossible(new Random(1), { knowledge: "readings alone", runs: 1_000, faultShare: 0.35 });
    assert.ok(blind.accuracy < 0.87, `accuracy ${blind.accuracy}`);
    assert.ok(blind.macroF1 < 0.77, `macro-F1 ${blind.macroF1}`);
  });

  it("is as good on new products, once it knows what is normal for them", () => {
    const { accuracy } = bestPossible(new Random(2), {
      knowledge: "product, recipe and asset",
      runs: 10_000,
      faultShare: 0.35,
      products: NEW_PRODUCTS,
    });
    assert.ok(accuracy > 0.95, `accuracy ${accuracy}`);
  });

  it("its probabilities mean what they say", () => {
    const random = new Random(9);
    const known = judge("C");
    const runs = 6_000;
    let said = 0;
    let right = 0;
    for (let i = 0; i < runs; i++) {
      const fault = random.uniform() < 0.35 ? drawFault(random) : null;
      const reading = drawReading(expectedReadings({ ...setting("C"), fault }), drawUnit(random), NO_DRIFT, random);
      const posterior = known.posterior(reading);
      const answer = mostLikely(posterior);
      said += posterior[answer];
      right += answer === stateOf(fault) ? 1 : 0;
    }
    // The standard error of the share that is right is 0.0025.
    assert.ok(Math.abs(said - right) / runs < 0.0075, `said ${said / runs}, right ${right / runs}`);
  });

  it("a reading far from everything is not normal", () => {
    const far = judge("A").posterior({ vibration_x: 40, vibration_y: 0, temperature: -30, current: 90 });
    assert.equal(mostLikely(far), "other");
    assert.equal(far.normal, 0);
  });

  it("every cause belongs to a state and moves the readings by several times their noise at full severity", () => {
    for (const { signature } of Object.values(MECHANISMS)) {
      const steps = signature.map((step, i) => Math.abs(step) / Math.hypot(UNIT_SD[i], READING_SD[i]));
      assert.ok(Math.max(...steps) > 5);
    }
  });
});
