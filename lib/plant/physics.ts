/**
 * The readings of one run: what the product, the recipe and the rig make normal, plus what a fault adds in proportion to
 * its severity, plus noise. Severity starts near zero, so that an early fault looks normal and no judge can be perfect.
 */
import { CHANNELS, round, type Product, type Readings, type Recipe, type Rig, type Vector } from "./catalogue";
import type { Random } from "./random";

export const STATES = ["normal", "bearing_wear", "belt_slippage", "motor_overload", "other"] as const;
export type State = (typeof STATES)[number];
export type FaultState = Exclude<State, "normal">;

/** What goes wrong physically: `other` gathers two causes that a plant has no name for. */
export interface Mechanism {
  readonly state: FaultState;
  /** Chance among the causes of its state. */
  readonly weight: number;
  /** Added to the readings at severity 1 and load 1. */
  readonly signature: Vector;
}

export const MECHANISMS = {
  bearing_wear: { state: "bearing_wear", weight: 1, signature: [1.6, 1.2, 9, 0.4] },
  belt_slippage: { state: "belt_slippage", weight: 1, signature: [0.3, 1.1, 4, -1.8] },
  motor_overload: { state: "motor_overload", weight: 1, signature: [0.3, 0.2, 16, 4.0] },
  cooling_loss: { state: "other", weight: 0.5, signature: [0, 0, 18, 0.2] },
  loose_mount: { state: "other", weight: 0.5, signature: [2.0, -0.3, 0, 0] },
} as const satisfies Record<string, Mechanism>;
export type MechanismName = keyof typeof MECHANISMS;

/** How often each fault is met among faults. */
export const FAULT_MIX: Readonly<Record<FaultState, number>> = {
  bearing_wear: 0.3,
  belt_slippage: 0.24,
  motor_overload: 0.28,
  other: 0.18,
};

/** Severity is drawn as low + (1 − low) · Beta(2, 2): early and late stages are rarer than those between. */
export const SEVERITY_LOW = 0.12;

export interface Fault {
  readonly mechanism: MechanismName;
  /** Above 0; 1 is the end of what training has seen. */
  readonly severity: number;
}

/** One run's noise, the same for all its readings: what differs between two healthy units, and the load of the moment. */
export const UNIT_SD: Vector = [0.14, 0.12, 1.7, 0.28];
/** Direction in which a unit's load moves all channels together, times a standard normal draw. */
export const LOAD_DIRECTION: Vector = [0.04, 0.03, 1.2, 0.35];
/** Noise of every single reading. */
export const READING_SD: Vector = [0.06, 0.05, 0.5, 0.1];

/** A slow shift of all channels together: ageing of rig and sensors. */
export const DRIFT: Vector = [0.15, 0.12, 5, 0.4];

export interface Situation {
  readonly product: Product;
  readonly recipe: Recipe;
  readonly rig: Rig;
  readonly fault: Fault | null;
}

/** Mean readings before noise and drift. */
export function expectedReadings({ product, recipe, rig, fault }: Situation): Vector {
  const signature = fault ? MECHANISMS[fault.mechanism].signature : undefined;
  return eachChannel(
    (i) =>
      product.normal[i] +
      product.bias[i] +
      rig.offset[i] +
      product.load * (recipe.shift[i] + (signature && fault ? fault.severity * signature[i] : 0)),
  );
}

/** What makes this run differ from the mean: drawn once per run. */
export function drawUnit(random: Random): Vector {
  const load = random.normal();
  return eachChannel((i) => UNIT_SD[i] * random.normal() + LOAD_DIRECTION[i] * load);
}

/** One reading as a sensor would give it: never negative, with the sensor's resolution. */
export function drawReading(mean: Vector, unit: Vector, drift: Vector, random: Random): Readings {
  const value = (i: Index, digits: number): number =>
    round(Math.max(0, mean[i] + unit[i] + drift[i] + READING_SD[i] * random.normal()), digits);
  return { vibration_x: value(0, 3), vibration_y: value(1, 3), temperature: value(2, 2), current: value(3, 3) };
}

/** Beta(2, 2) is the middle one of three uniform draws. */
export function drawSeverity(random: Random): number {
  const [a, b, c] = [random.uniform(), random.uniform(), random.uniform()];
  const middle = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  return SEVERITY_LOW + (1 - SEVERITY_LOW) * middle;
}

export function drawMechanism(random: Random, state: FaultState): MechanismName {
  const names = mechanismsOf(state);
  return random.weighted(Object.fromEntries(names.map((name) => [name, MECHANISMS[name].weight]))) as MechanismName;
}

export function drawFault(random: Random): Fault {
  const state = random.weighted(FAULT_MIX);
  const mechanism = drawMechanism(random, state);
  return { mechanism, severity: drawSeverity(random) };
}

export function mechanismsOf(state: FaultState): MechanismName[] {
  return (Object.keys(MECHANISMS) as MechanismName[]).filter((name) => MECHANISMS[name].state === state);
}

export function stateOf(fault: Fault | null): State {
  return fault ? MECHANISMS[fault.mechanism].state : "normal";
}

export type Index = 0 | 1 | 2 | 3;

export function eachChannel(value: (index: Index) => number): Vector {
  return [value(0), value(1), value(2), value(3)];
}

export const NO_DRIFT: Vector = CHANNELS.map(() => 0) as unknown as Vector;
