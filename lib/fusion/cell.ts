import type { ChannelState, Quality } from "../messages";
import type { ChannelSpec } from "./channel";
import { badReading, type Reading } from "./reading";
import { convert } from "./units";
import { Window, WINDOW_CAPACITY } from "./window";

/** Why a channel cannot be used: code and text as they go into msg.unusable. */
export interface Trouble {
  readonly code: "channel-missing" | "channel-stale" | "channel-bad" | "channel-range" | "channel-uncertain";
  readonly reason: string;
}

/**
 * What is known of one channel of one asset: its last reading, when it came, and whether it may be used. Age is time on
 * the monotonic clock since arrival, so that neither a wrong clock in a PLC nor a jump of our own makes old values young.
 */
export class Cell {
  private value = NaN;
  private quality: Quality = "missing";
  private reason = "";
  private outOfRange = false;
  private arrived = -Infinity;
  /** Why its source has been silent since the last reading; empty while it speaks. */
  private silence = "";
  private readonly window: Window | undefined;
  /** True from the moment the staleness was announced until a usable reading came. */
  announced = false;

  constructor(readonly spec: ChannelSpec) {
    this.window = spec.features.length > 0 ? new Window(spec.windowMs) : undefined;
  }

  /** Takes a reading that arrived at `now` (monotonic). @returns true when the channel's own quality changed */
  take(reading: Reading, now: number): boolean {
    if (reading.silent) return this.hearNothing(reading.reason, now);
    const before = this.quality;
    const expired = this.isStale(now);
    this.silence = "";
    this.arrived = now;
    this.outOfRange = false;
    if (reading.quality === "bad" && !(reading.samples && this.window)) this.reject(reading);
    else this.accept(reading, now);
    return expired || before !== this.quality;
  }

  /** True when there is a moment at which it becomes stale: once it was read, or could not be. */
  get ages(): boolean {
    return this.arrived !== -Infinity;
  }

  get isMissing(): boolean {
    return this.quality === "missing";
  }

  /** Monotonic time from which the channel is stale. */
  get staleFrom(): number {
    return this.arrived + this.spec.maxAgeMs;
  }

  isStale(now: number): boolean {
    return this.ages && now - this.arrived > this.spec.maxAgeMs;
  }

  qualityAt(now: number): Quality {
    return this.isStale(now) && !this.isMissing ? "stale" : this.quality;
  }

  /** The number that may be used at `now`, or null. */
  usable(now: number): number | null {
    if (this.isStale(now)) return null;
    if (this.quality === "good" || (this.quality === "uncertain" && this.spec.acceptUncertain)) return this.value;
    return null;
  }

  /** Why there is no usable number at `now`; undefined when there is one. */
  trouble(now: number): Trouble | undefined {
    const { name, maxAgeMs, unit, range } = this.spec;
    if (this.quality === "missing")
      return { code: "channel-missing", reason: `${name} is missing: ${this.silence || "no reading has come yet"}` };
    if (this.isStale(now)) {
      const why = this.silence === "" ? "" : ` (${this.silence})`;
      return {
        code: "channel-stale",
        reason: `${name} is stale: ${whole(now - this.arrived)} ms old, limit ${whole(maxAgeMs)} ms${why}`,
      };
    }
    if (this.outOfRange) {
      const shown = `${this.value}${unit === "" ? "" : ` ${unit}`}`;
      return {
        code: "channel-range",
        reason: `${name} is out of range: ${shown}, must be from ${range[0]} to ${range[1]}`,
      };
    }
    if (this.quality === "bad") return { code: "channel-bad", reason: `${name} is bad: ${this.reason}` };
    if (this.quality === "uncertain" && !this.spec.acceptUncertain) {
      return { code: "channel-uncertain", reason: `${name} is uncertain: ${this.reason}` };
    }
    return undefined;
  }

  state(now: number): ChannelState {
    const state: ChannelState = {
      unit: this.spec.unit,
      quality: this.qualityAt(now),
      age_ms: this.quality === "missing" ? null : Math.round(now - this.arrived),
      source: this.spec.source,
    };
    const trouble = this.trouble(now);
    if (trouble) state.reason = trouble.reason;
    return state;
  }

  /** Adds the window's features beside the held value, null where the channel is not usable. */
  addFeatures(data: Record<string, number | null>, now: number): void {
    if (!this.window) return;
    const usable = this.usable(now) !== null;
    for (const feature of this.spec.features) {
      data[`${this.spec.name}.${feature}`] = usable ? this.window.feature(feature, now) : null;
    }
  }

  /** Counts from the first silence where no reading ever came, so that staleness is told of such a channel too. */
  private hearNothing(reason: string, now: number): boolean {
    const changed = this.silence !== reason && (this.isMissing || this.isStale(now));
    this.silence = reason;
    if (!this.ages) this.arrived = now;
    return changed;
  }

  private reject(reading: Reading): void {
    this.value = NaN;
    this.quality = "bad";
    this.reason = reading.reason;
  }

  private accept(reading: Reading, now: number): void {
    if (reading.fromBoolean && !this.spec.boolean) {
      this.reject(badReading(`${reading.value === 1} is not a number; for a switch choose the type boolean`));
      return;
    }
    const { samples } = reading;
    const newest = samples ? (samples[samples.length - 1] as number) : reading.value;
    const value = this.inUnit(newest, reading.unit);
    if (value === undefined) {
      this.reject(badReading(`its unit is "${reading.unit}", the channel's is "${this.spec.unit}"`));
      return;
    }
    if (!Number.isFinite(value)) {
      this.reject(badReading(`${newest}, scaled and converted, is not a finite number`));
      return;
    }
    this.value = value;
    if (value < this.spec.range[0] || value > this.spec.range[1]) {
      this.quality = "bad";
      this.outOfRange = true;
      return;
    }
    this.quality = reading.quality === "uncertain" ? "uncertain" : "good";
    this.reason = reading.quality === "uncertain" ? reading.reason : "";
    if (!this.window) return;
    if (!samples) this.window.push(value, now);
    else
      for (let i = Math.max(0, samples.length - WINDOW_CAPACITY); i < samples.length; i++)
        this.window.push(this.inUnit(samples[i] as number, reading.unit) as number, now);
  }

  private inUnit(raw: number, from: string | undefined): number | undefined {
    const value = raw * this.spec.scale + this.spec.offset;
    return from === undefined || this.spec.unit === "" ? value : convert(value, from, this.spec.unit);
  }
}

function whole(ms: number): string {
  return Math.round(ms).toLocaleString("en-US");
}
