/** What one number says of a stretch of values. Formulas stand at each; a reason in words where there is no number. */
import { EdgeError } from "../errors";
import { whole } from "../words";
import { bandPower, welch, type Spectrum } from "./spectrum";
import type { Burst, Window } from "./window";

export const FEATURES = ["mean", "std", "min", "max", "p2p", "rms", "crest", "kurtosis"] as const;
export const BAND_FEATURES = ["band_power", "band_rms"] as const;
type Statistic = (typeof FEATURES)[number];
type BandFeature = (typeof BAND_FEATURES)[number];

/** "rms", or with its band in Hz "band_power 10-1000". */
export type Feature = Statistic | `${BandFeature} ${number}-${number}`;

/** One feature, ready to be asked for. */
export interface Measure {
  /** As it stands in a property's name: "rms", "band_power_10_1000". */
  readonly key: string;
  /** The unit of the result for values in `unit`. */
  unitOf(unit: string): string;
  /** The number, or why there is none. */
  of(view: WindowView): number | string;
}

/** @throws EdgeError `features` */
export function parseFeature(text: string): Feature {
  const [word = "", band, ...rest] = text.trim().split(/\s+/);
  const statistic = FEATURES.find((known) => known === word);
  if (statistic !== undefined && band === undefined) return statistic;
  const ofBand = BAND_FEATURES.find((known) => known === word);
  if (ofBand === undefined || rest.length > 0 || statistic !== undefined) {
    throw new EdgeError(
      "features",
      `"${text.trim()}" is not a feature; there are ${FEATURES.join(", ")}, band_power 10-1000, band_rms 10-1000 (in Hz)`,
    );
  }
  const [low, high] = parseBand(band ?? "", text);
  return `${ofBand} ${low}-${high}`;
}

/** "10-1000", in Hz. @throws EdgeError `features` */
function parseBand(text: string, of: string): readonly [number, number] {
  const found = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(text);
  const low = Number(found?.[1]);
  const high = Number(found?.[2]);
  if (!found || !(low < high))
    throw new EdgeError("features", `"${of.trim()}" names no band: write it in Hz, for example band_rms 10-1000`);
  return [low, high];
}

export function measureOf(feature: Feature): Measure {
  const [word, text] = feature.split(" ") as [string, string?];
  if (text === undefined) {
    const statistic = word as Statistic;
    const plain = statistic === "crest" || statistic === "kurtosis";
    return { key: statistic, unitOf: (unit) => (plain ? "" : unit), of: (view) => view.statistic(statistic) };
  }
  const band = parseBand(text, feature);
  const key = `${word}_${text.replaceAll(".", "p").replace("-", "_")}`;
  if (word === "band_rms") return { key, unitOf: (unit) => unit, of: (view) => rootOf(view.power(band)) };
  return { key, unitOf: squared, of: (view) => view.power(band) };
}

function rootOf(power: number | string): number | string {
  return typeof power === "string" ? power : Math.sqrt(power);
}

function squared(unit: string): string {
  if (unit === "") return "";
  return unit.includes("/") || unit.includes("·") || unit.includes("²") ? `(${unit})²` : `${unit}²`;
}

/** A window at one moment; several features of it share the work. */
export class WindowView {
  private values: Float64Array | undefined;
  private spectrum: Spectrum | string | undefined;

  constructor(
    private readonly window: Window,
    private readonly now: number,
  ) {}

  statistic(which: Statistic): number | string {
    this.values ??= this.window.valuesAt(this.now);
    if (this.values.length === 0) return `no value came within ${whole(this.window.spanMs)} ms`;
    return STATISTICS[which](this.values);
  }

  power(band: readonly [number, number]): number | string {
    this.spectrum ??= spectrumOf(this.window.burstsAt(this.now));
    return typeof this.spectrum === "string" ? this.spectrum : bandPower(this.spectrum, band);
  }
}

/** Of the bursts with the newest one's rate: after a change of the rate, what came before is another signal. */
function spectrumOf(bursts: readonly Burst[]): Spectrum | string {
  const rate = bursts.at(-1)?.rateHz;
  if (rate === undefined) return "a band needs a waveform: samples in one message, with rate_hz";
  const alike = bursts.filter((burst) => burst.rateHz === rate).map((burst) => burst.samples);
  return welch(alike, rate) ?? "a band needs a waveform of at least 8 samples";
}

type Values = Float64Array;

function mean(x: Values): number {
  let sum = 0;
  for (const value of x) sum += value;
  return sum / x.length;
}

/** Second and fourth moment about `about`: Σ(x − a)²/n and Σ(x − a)⁴/n. */
function moments(x: Values, about: number): { m2: number; m4: number } {
  let two = 0;
  let four = 0;
  for (const value of x) {
    const square = (value - about) * (value - about);
    two += square;
    four += square * square;
  }
  return { m2: two / x.length, m4: four / x.length };
}

function largest(x: Values): number {
  let found = -Infinity;
  for (const value of x) if (value > found) found = value;
  return found;
}

function smallest(x: Values): number {
  let found = Infinity;
  for (const value of x) if (value < found) found = value;
  return found;
}

const STATISTICS: Readonly<Record<Statistic, (x: Values) => number | string>> = {
  mean,
  min: smallest,
  max: largest,
  p2p: (x) => largest(x) - smallest(x),
  /** √(Σx²/n), the mean included. */
  rms: (x) => Math.sqrt(moments(x, 0).m2),
  /** The sample's standard deviation, √(Σ(x − x̄)²/(n − 1)); a single value has none, which reads as 0. */
  std: (x) => (x.length === 1 ? 0 : Math.sqrt((moments(x, mean(x)).m2 * x.length) / (x.length - 1))),
  /** Crest factor of what varies: max|x − x̄| / √(Σ(x − x̄)²/n); √2 for a sine. */
  crest: (x) => {
    const high = largest(x);
    const low = smallest(x);
    const about = mean(x);
    return high === low ? SAME : Math.max(high - about, about - low) / Math.sqrt(moments(x, about).m2);
  },
  /** Pearson's kurtosis, m₄/m₂²: 3 for a normal distribution, 1.5 for a sine. */
  kurtosis: (x) => {
    const { m2, m4 } = moments(x, mean(x));
    return largest(x) === smallest(x) ? SAME : m4 / (m2 * m2);
  },
};

const SAME = "all its values are the same";
