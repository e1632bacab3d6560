import type { ChannelState } from "../messages";
import { converter } from "../units";
import { isFeature, type ChannelSpec } from "./channel";
import { measureOf, WindowView, type Measure } from "./features";
import { Judge, NOTHING_HELD, type Held, type Judged, type Trouble } from "./judge";
import { badReading, type Reading } from "./reading";
import { whole } from "../words";
import { Skew } from "./stamps";
import { Window, WINDOW_CAPACITY, type WindowBudget } from "./window";

/** Trusted stamps may be this far ahead of our clock. */
const AHEAD_MS = 1000;
/** Readings that nearest and linear look back on at most. */
const HISTORY = 4096;

/**
 * What is known of one channel of one asset: its readings, when they were, and whether they may be used. Age is time on the
 * monotonic clock since arrival, so that neither a wrong clock in a PLC nor a jump of our own makes old values young; only
 * where a source is trusted for its stamps, a reading is as old on arrival as its stamp says.
 */
export class Cell {
  private readonly held: Held = { ...NOTHING_HELD };
  private readonly judge: Judge;
  private judgement: { readonly at: number; readonly judged: Judged } | undefined;
  /** Monotonic time of the newest trusted stamp. A time of arrival is no measure for stamps of a clock that is behind ours. */
  private newest = -Infinity;
  private stamp: number | undefined;
  private fromUnit: string | undefined;
  private toUnit: ((value: number) => number) | undefined;
  private readonly skew = new Skew();
  private readonly window: Window | undefined;
  private readonly measure: Measure | undefined;
  private readonly beside: readonly Measure[];
  /** True from the moment the staleness was announced until a usable reading came. */
  announced = false;

  constructor(
    readonly spec: ChannelSpec,
    budget?: WindowBudget,
  ) {
    const { align, features, windowMs, lagMs, toleranceMs } = spec;
    this.measure = isFeature(align) ? measureOf(align) : undefined;
    this.beside = features.map(measureOf);
    if (this.measure || features.length > 0) this.window = new Window(windowMs, budget);
    else if (align !== "hold") this.window = new Window(lagMs + 2 * toleranceMs, budget, HISTORY);
    this.judge = new Judge(spec, this.measure, this.window);
  }

  /**
   * Takes a reading.
   * @param now monotonic, @param wall epoch ms
   * @returns true when the channel's own quality changed
   */
  take(reading: Reading, now: number, wall: number): boolean {
    this.judgement = undefined;
    if (reading.silent) return this.hearNothing(reading.reason, now);
    const before = this.held.quality;
    const expired = this.isStale(now);
    this.held.silence = "";
    const stamped = this.stampedAt(reading, now, wall);
    const taken = typeof stamped === "string" ? badReading(stamped) : this.convert(reading);
    const at = typeof stamped === "number" ? stamped : now - (reading.ageMs ?? 0);
    // What a reconnection delivers late belongs into the window, not in the place of what came since.
    const late = at < this.newest && now - this.newest <= this.spec.maxAgeMs;
    if (!late && typeof stamped === "number") this.newest = stamped;
    const plausible = taken.quality !== "bad" && (this.measure !== undefined || this.judge.isPlausible(taken.value));
    if (!late) this.hold(taken, at, plausible);
    if (plausible) this.remember(taken, at);
    return expired || before !== this.held.quality;
  }

  /** True when there is a moment at which it becomes stale: once it was read, or could not be. */
  get ages(): boolean {
    return this.held.when !== -Infinity;
  }

  get isMissing(): boolean {
    return this.held.quality === "missing";
  }

  /** Monotonic time from which the channel is stale. */
  get staleFrom(): number {
    return this.held.when + this.spec.maxAgeMs;
  }

  isStale(now: number): boolean {
    return this.judge.isStale(this.held, now);
  }

  /** The number that may be used at `now`, or null. */
  usable(now: number): number | null {
    return this.judgeAt(now).value;
  }

  /** Why there is no usable number at `now`; undefined when there is one. */
  trouble(now: number): Trouble | undefined {
    return this.judgeAt(now).trouble;
  }

  state(now: number): ChannelState {
    const { quality, trouble } = this.judgeAt(now);
    const state: ChannelState = {
      unit: this.judge.unit,
      quality,
      age_ms: this.isMissing ? null : Math.round(now - this.held.when),
      source: this.spec.source,
    };
    const { ms } = this.skew;
    if (ms !== undefined) state.skew_ms = ms;
    const reason = trouble?.reason ?? this.judge.shortened(now);
    if (reason !== undefined) state.reason = reason;
    return state;
  }

  /** Adds the window's features beside the channel's value, null where they have none. */
  addFeatures(data: Record<string, number | null>, now: number): void {
    if (!this.window || this.beside.length === 0) return;
    const view = new WindowView(this.window, now);
    const usable = this.usable(now) !== null && (this.spec.acceptUncertain || !this.window.lacks(now));
    for (const measure of this.beside) {
      const value = usable ? measure.of(view) : null;
      data[`${this.spec.name}.${measure.key}`] = typeof value === "number" && Number.isFinite(value) ? value : null;
    }
  }

  /** Gives the memory of its window back. */
  close(): void {
    this.window?.release();
  }

  /** Counts from the first silence where no reading ever came, so that staleness is told of such a channel too. */
  private hearNothing(reason: string, now: number): boolean {
    const changed = this.held.silence !== reason && (this.isMissing || this.isStale(now));
    this.held.silence = reason;
    if (!this.ages) this.held.when = now;
    return changed;
  }

  private get takesSamples(): boolean {
    return this.measure !== undefined || this.beside.length > 0;
  }

  /** When its trusted stamp says that a reading was, on the monotonic clock; or why that stamp cannot be trusted. */
  private stampedAt({ stamp, trusted, quality }: Reading, now: number, wall: number): number | string | undefined {
    if (stamp !== undefined) this.skew.note(stamp, wall, now);
    if (!(trusted ?? this.spec.trustStamps)) return undefined;
    if (stamp === undefined && quality === "bad") return undefined;
    if (stamp === undefined) return "its source is trusted for its stamps and gave none";
    if (stamp - wall > AHEAD_MS)
      return `its stamp is ${whole(stamp - wall)} ms ahead of this device's clock: one of the two is wrong`;
    this.held.frozen = stamp === this.stamp ? this.held.frozen + 1 : 0;
    this.stamp = stamp;
    return Math.min(now, now - (wall - stamp));
  }

  private judgeAt(now: number): Judged {
    if (this.judgement?.at !== now) this.judgement = { at: now, judged: this.judge.judge(this.held, now) };
    return this.judgement.judged;
  }

  /** The reading in the channel's unit; a bad one where it is no value for this channel. */
  private convert(raw: Reading): Reading {
    const reading = this.inUnit(raw);
    const { samples, unit } = reading;
    if (reading.quality === "bad" && !(samples && this.takesSamples)) return reading;
    if (reading.fromBoolean && !this.spec.boolean)
      return badReading(`${reading.value === 1} is not a number; for a switch choose the type boolean`);
    const newest = samples ? (samples[samples.length - 1] as number) : reading.value;
    const toUnit = this.converterFrom(unit);
    if (!toUnit) return badReading(this.unitInWords(reading));
    const value = toUnit(newest * this.spec.scale + this.spec.offset);
    if (!Number.isFinite(value)) return badReading(`${newest}, scaled and converted, is not a finite number`);
    return { ...reading, value, quality: reading.quality === "uncertain" ? "uncertain" : "good" };
  }

  /** With the unit that counts: the row's own word goes first; a scale says itself what becomes of a raw value. */
  private inUnit(reading: Reading): Reading {
    const { sourceUnit, scale, offset } = this.spec;
    if (sourceUnit !== "") return { ...reading, unit: sourceUnit, declared: false };
    return reading.declared === true && (scale !== 1 || offset !== 0) ? { ...reading, unit: undefined } : reading;
  }

  private unitInWords({ unit, declared }: Reading): string {
    const both = `its unit is "${unit}", the channel's is "${this.spec.unit}"`;
    return declared === true ? `${both}; where the server is wrong, say the unit at the source in the row` : both;
  }

  private hold({ value, quality, reason }: Reading, when: number, plausible: boolean): void {
    const { held } = this;
    held.when = when;
    held.value = value;
    held.outOfRange = quality !== "bad" && !plausible;
    held.quality = held.outOfRange ? "bad" : quality;
    held.reason = quality === "good" ? "" : reason;
  }

  private remember({ value, samples, rateHz, unit, cut }: Reading, when: number): void {
    const { window } = this;
    if (!window) return;
    if (!samples || !this.takesSamples) {
      window.push(value, when);
      return;
    }
    const { scale, offset } = this.spec;
    const toUnit = this.converterFrom(unit);
    // One more than a window holds, so that it knows what it lacks.
    const begin = Math.max(0, samples.length - WINDOW_CAPACITY - 1);
    const values = new Float64Array(samples.length - begin);
    for (let i = begin; i < samples.length; i++) {
      const scaled = (samples[i] as number) * scale + offset;
      values[i - begin] = toUnit ? toUnit(scaled) : scaled;
    }
    if (rateHz !== undefined) window.pushBurst(values, rateHz, when, cut);
    else for (const sample of values) window.push(sample, when);
  }

  /** Into the channel's unit; undefined where the pair is not known. The last one is kept: units seldom change. */
  private converterFrom(unit: string | undefined): Cell["toUnit"] {
    if (unit === undefined || this.spec.unit === "") return SAME_UNIT;
    if (unit !== this.fromUnit) {
      this.fromUnit = unit;
      this.toUnit = converter(unit, this.spec.unit);
    }
    return this.toUnit;
  }
}

const SAME_UNIT = (value: number): number => value;
