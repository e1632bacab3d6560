/**
 * The best that any judge can do, from the densities that generate the readings: Bayes' rule with the true parameters.
 * No model trained on this plant can be more accurate on average; what it is scored against is here, not 100 %.
 */
import {
  CHANNELS,
  PRODUCTS,
  RECIPES,
  RIGS,
  SEEN_RIGS,
  type Product,
  type Readings,
  type Recipe,
  type Rig,
  type Vector,
} from "./catalogue";
import {
  drawFault,
  drawReading,
  drawUnit,
  eachChannel,
  expectedReadings,
  FAULT_MIX,
  LOAD_DIRECTION,
  MECHANISMS,
  NO_DRIFT,
  READING_SD,
  SEVERITY_LOW,
  STATES,
  stateOf,
  UNIT_SD,
  type Mechanism,
  type State,
} from "./physics";
import type { Random } from "./random";

/** What a judge may know besides the four readings. */
export type Knowledge = "product, recipe and asset" | "product" | "readings alone";

export type Posterior = Record<State, number>;

/** A reading's covariance is diagonal plus rank one, so its inverse is too (Sherman–Morrison). */
const DIAGONAL: Vector = eachChannel((i) => UNIT_SD[i] ** 2 + READING_SD[i] ** 2);
const SCALED_LOAD: Vector = eachChannel((i) => LOAD_DIRECTION[i] / DIAGONAL[i]);
const LOAD_WEIGHT = 1 / (1 + dot(LOAD_DIRECTION, SCALED_LOAD));

/** aᵀ Σ⁻¹ b */
function inner(a: Vector, b: Vector): number {
  let sum = 0;
  for (let i = 0; i < CHANNELS.length; i++) sum += ((a[i] as number) * (b[i] as number)) / (DIAGONAL[i] as number);
  return sum - LOAD_WEIGHT * dot(a, SCALED_LOAD) * dot(b, SCALED_LOAD);
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3];
}

/** Nodes and weights over severity, the density of low + (1 − low) · Beta(2, 2) by the midpoint rule. */
const SEVERITIES = 48;
const SEVERITY_GRID = Array.from({ length: SEVERITIES }, (_, i) => {
  const u = (i + 0.5) / SEVERITIES;
  return { severity: SEVERITY_LOW + (1 - SEVERITY_LOW) * u, weight: (6 * u * (1 - u)) / SEVERITIES };
});

const FAULTS: readonly { mechanism: Mechanism; prior: number }[] = Object.values<Mechanism>(MECHANISMS).map(
  (mechanism) => ({ mechanism, prior: FAULT_MIX[mechanism.state] * mechanism.weight }),
);

interface Setting {
  readonly mean: Vector;
  readonly load: number;
}

/** Judges one reading by Bayes' rule; the settings it may come from are equally likely. */
export class BayesJudge {
  private readonly settings: readonly Setting[];

  constructor(
    candidates: readonly { product: Product; recipe: Recipe; rig: Rig }[],
    private readonly faultShare: number,
  ) {
    this.settings = candidates.map((c) => ({ mean: expectedReadings({ ...c, fault: null }), load: c.product.load }));
  }

  posterior(readings: Readings): Posterior {
    const x: Vector = [readings.vibration_x, readings.vibration_y, readings.temperature, readings.current];
    const sums: Posterior = { normal: 0, bearing_wear: 0, belt_slippage: 0, motor_overload: 0, other: 0 };
    for (const { mean, load } of this.settings) {
      const off = eachChannel((i) => x[i] - mean[i]);
      const square = inner(off, off);
      sums.normal += (1 - this.faultShare) * Math.exp(-square / 2);
      for (const { mechanism, prior } of FAULTS) {
        const step = eachChannel((i) => load * mechanism.signature[i]);
        const along = inner(off, step);
        const length = inner(step, step);
        let density = 0;
        for (const { severity, weight } of SEVERITY_GRID) {
          density += weight * Math.exp(-(square - 2 * severity * along + severity * severity * length) / 2);
        }
        sums[mechanism.state] += this.faultShare * prior * density;
      }
    }
    const total = STATES.reduce((sum, state) => sum + sums[state], 0);
    // Far from everything every density underflows; a reading like that is not normal.
    if (total === 0) return { normal: 0, bearing_wear: 0, belt_slippage: 0, motor_overload: 0, other: 1 };
    for (const state of STATES) sums[state] /= total;
    return sums;
  }
}

export function mostLikely(posterior: Posterior): State {
  return STATES.reduce((best, state) => (posterior[state] > posterior[best] ? state : best));
}

export interface BestPossible {
  readonly knowledge: Knowledge;
  readonly runs: number;
  readonly accuracy: number;
  /** Half width of the 95 % interval of `accuracy`, from the Monte Carlo runs alone. */
  readonly plusMinus: number;
  /** Truly normal runs judged a fault, by the likeliest state. */
  readonly falseAlarmRate: number;
  readonly recall: Readonly<Record<State, number>>;
  readonly macroF1: number;
}

/**
 * Monte Carlo of the best possible judge over `runs` independent runs.
 * @param products what is made: the judge knows the catalogue, not necessarily which product it has before it
 */
export function bestPossible(
  random: Random,
  {
    knowledge,
    runs,
    faultShare,
    products = PRODUCTS,
  }: { knowledge: Knowledge; runs: number; faultShare: number; products?: readonly Product[] },
): BestPossible {
  const rigs = RIGS.slice(0, SEEN_RIGS);
  const all = products.flatMap((product) => RECIPES.flatMap((recipe) => rigs.map((rig) => ({ product, recipe, rig }))));
  const judges = new Map<unknown, BayesJudge>();
  const counts = new Map<State, Map<State, number>>(STATES.map((state) => [state, new Map()]));
  for (let run = 0; run < runs; run++) {
    const setting = random.pick(all);
    const fault = random.uniform() < faultShare ? drawFault(random) : null;
    const readings = drawReading(expectedReadings({ ...setting, fault }), drawUnit(random), NO_DRIFT, random);
    const known = knowledge === "readings alone" ? "all" : knowledge === "product" ? setting.product : setting;
    let judge = judges.get(known);
    if (!judge) {
      judge = new BayesJudge(known === "all" ? all : all.filter((c) => c === known || c.product === known), faultShare);
      judges.set(known, judge);
    }
    const row = counts.get(stateOf(fault)) as Map<State, number>;
    const said = mostLikely(judge.posterior(readings));
    row.set(said, (row.get(said) ?? 0) + 1);
  }
  return summarise(knowledge, runs, counts);
}

function summarise(knowledge: Knowledge, runs: number, counts: Map<State, Map<State, number>>): BestPossible {
  const cell = (truth: State, said: State): number => counts.get(truth)?.get(said) ?? 0;
  const truly = (state: State): number => STATES.reduce((sum, said) => sum + cell(state, said), 0);
  const saidSo = (state: State): number => STATES.reduce((sum, truth) => sum + cell(truth, state), 0);
  const accuracy = STATES.reduce((sum, state) => sum + cell(state, state), 0) / runs;
  const recall = Object.fromEntries(STATES.map((s) => [s, cell(s, s) / Math.max(1, truly(s))])) as Record<
    State,
    number
  >;
  const f1 = STATES.map((s) => (2 * cell(s, s)) / Math.max(1, truly(s) + saidSo(s)));
  return {
    knowledge,
    runs,
    accuracy,
    plusMinus: 1.96 * Math.sqrt((accuracy * (1 - accuracy)) / runs),
    falseAlarmRate: 1 - recall.normal,
    recall,
    macroF1: f1.reduce((sum, value) => sum + value, 0) / STATES.length,
  };
}
