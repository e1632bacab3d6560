/**
 * What the simulated plant makes, how, and on what: products with what is normal for each, recipes, test rigs. The
 * numbers are chosen so that one product's normal reading is another's fault: B is about A with an overload, D is about A
 * with worn bearings, E is about A with a slipping belt (docs/plant.md has the table).
 */

/** Sensor channels in the order of every vector here; vibrations in mm/s, temperature in °C, current in A. */
export const CHANNELS = ["vibration_x", "vibration_y", "temperature", "current"] as const;
export type Channel = (typeof CHANNELS)[number];
export type Readings = Record<Channel, number>;
/** One number per channel, in the order of CHANNELS. */
export type Vector = readonly [number, number, number, number];

export const UNITS: Readonly<Record<Channel, string>> = {
  vibration_x: "mm/s",
  vibration_y: "mm/s",
  temperature: "°C",
  current: "A",
};

export interface Product {
  readonly name: string;
  /** Stands in codes. */
  readonly short: string;
  /** GTIN-14 with a valid check digit, from the prefix GS1 keeps for examples. */
  readonly gtin: string;
  /** What the data sheet calls normal under the standard recipe: this goes into the context. */
  readonly normal: Vector;
  /** How far the real normal is off the data sheet: this does not. */
  readonly bias: Vector;
  /** How strongly recipes and faults act on this product; 1 is average. */
  readonly load: number;
  readonly runtimeS: number;
}

export interface Recipe {
  readonly name: string;
  readonly short: string;
  /** Added to the readings of every product, times its load. No reference tells it. */
  readonly shift: Vector;
}

export interface Rig {
  readonly id: string;
  /** Mounting and sensor offsets of this test rig. No reference tells them. */
  readonly offset: Vector;
}

export const PRODUCTS: readonly Product[] = [
  {
    name: "Motor Assembly Type A",
    short: "A",
    gtin: "09506000134352",
    normal: [1.2, 1.0, 55, 8.0],
    bias: [0.04, -0.03, 0.8, -0.1],
    load: 1,
    runtimeS: 45,
  },
  {
    name: "Motor Assembly Type B",
    short: "B",
    gtin: "09506000134369",
    normal: [1.4, 1.15, 70, 11.5],
    bias: [-0.05, 0.04, -1.0, 0.15],
    load: 1.08,
    runtimeS: 60,
  },
  {
    name: "Motor Assembly Type C",
    short: "C",
    gtin: "09506000134376",
    normal: [1.6, 1.3, 85, 15.0],
    bias: [0.03, 0.05, 1.2, 0.2],
    load: 1.15,
    runtimeS: 75,
  },
  {
    name: "Motor Assembly Type D",
    short: "D",
    gtin: "09506000134383",
    normal: [2.4, 1.9, 62, 8.3],
    bias: [0.06, 0.03, -0.7, -0.12],
    load: 0.95,
    runtimeS: 45,
  },
  {
    name: "Motor Assembly Type E",
    short: "E",
    gtin: "09506000134390",
    normal: [1.45, 1.9, 58, 6.5],
    bias: [-0.04, -0.06, 0.5, 0.1],
    load: 0.88,
    runtimeS: 40,
  },
  {
    name: "Motor Assembly Type F",
    short: "F",
    gtin: "09506000134406",
    normal: [2.6, 2.05, 77, 11.8],
    bias: [-0.03, 0.06, -1.1, -0.18],
    load: 1.05,
    runtimeS: 60,
  },
];

/** Held out: no bundled model has seen these. What they call normal is known all the same. */
export const NEW_PRODUCTS: readonly Product[] = [
  {
    name: "Motor Assembly Type X",
    short: "X",
    gtin: "09506000134413",
    normal: [1.9, 1.55, 66, 9.8],
    bias: [0.04, -0.04, 0.9, 0.12],
    load: 0.97,
    runtimeS: 50,
  },
  {
    name: "Motor Assembly Type Y",
    short: "Y",
    gtin: "09506000134420",
    normal: [1.3, 1.6, 79, 13.2],
    bias: [-0.05, 0.04, -0.8, -0.14],
    load: 1.1,
    runtimeS: 70,
  },
];

export const RECIPES: readonly Recipe[] = [
  { name: "standard", short: "S", shift: [0, 0, 0, 0] },
  { name: "high-load", short: "H", shift: [0.16, 0.12, 5.0, 1.3] },
  { name: "eco", short: "E", shift: [-0.12, -0.1, -4.0, -1.0] },
];

/** The first four make the training data; the others are rigs that no bundled model has seen. */
export const RIGS: readonly Rig[] = [
  { id: "motor-1", offset: [0.1, -0.06, 1.5, 0.2] },
  { id: "motor-2", offset: [-0.12, 0.08, -2.0, -0.15] },
  { id: "motor-3", offset: [0.06, 0.12, 2.4, -0.25] },
  { id: "motor-4", offset: [-0.05, -0.14, -1.2, 0.3] },
  { id: "motor-5", offset: [0.08, 0.05, -1.6, 0.22] },
  { id: "motor-6", offset: [-0.09, -0.07, 1.8, -0.18] },
];
export const SEEN_RIGS = 4;

/** Temperatures above normal at which a limit warns, and is critical; vibration above the data sheet's larger axis. */
export const LIMIT_MARGINS = { warning: 16, critical: 26, vibration: 2.2 } as const;

export function toReadings(vector: Vector): Readings {
  return { vibration_x: vector[0], vibration_y: vector[1], temperature: vector[2], current: vector[3] };
}

/** A product's context as the plant's MES would store it under a unit's code: it says what is normal, never the state. */
export interface PlantContext {
  readonly product: string;
  readonly recipe: string;
  readonly asset_id: string;
  readonly batch: string;
  readonly normal: Readings;
  readonly thresholds: {
    readonly temp_warning: number;
    readonly temp_critical: number;
    readonly vibration_max: number;
  };
  readonly expected_runtime: number;
  [field: string]: unknown;
}

export function contextFor(product: Product, recipe: Recipe, assetId: string, batch: string): PlantContext {
  const normal = toReadings(product.normal);
  return {
    product: product.name,
    recipe: recipe.name,
    asset_id: assetId,
    batch,
    normal,
    thresholds: {
      temp_warning: normal.temperature + LIMIT_MARGINS.warning,
      temp_critical: normal.temperature + LIMIT_MARGINS.critical,
      vibration_max: round(Math.max(normal.vibration_x, normal.vibration_y) + LIMIT_MARGINS.vibration, 2),
    },
    expected_runtime: product.runtimeS,
  };
}

export function round(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}
