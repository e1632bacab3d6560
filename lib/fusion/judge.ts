import type { Quality } from "../messages";
import { whole } from "../words";
import { valueNear } from "./align";
import type { ChannelSpec } from "./channel";
import { WindowView, type Measure } from "./features";
import type { Window } from "./window";

/** Why a channel cannot be used: code and text as they go into msg.unusable. */
export interface Trouble {
  readonly code:
    | "channel-missing"
    | "channel-stale"
    | "channel-bad"
    | "channel-range"
    | "channel-uncertain"
    | "channel-window"
    | "channel-unaligned";
  readonly reason: string;
}

/** A channel at one moment: its number, or the trouble with it. */
export interface Judged {
  readonly value: number | null;
  readonly quality: Quality;
  readonly trouble?: Trouble;
}

/** What a channel holds of its readings, beside its window. */
export interface Held {
  /** In the channel's unit. */
  value: number;
  quality: Quality;
  /** Why the quality is what it is; empty for a good one. */
  reason: string;
  outOfRange: boolean;
  /** Monotonic time at which the held reading was, by arrival or by its trusted stamp; -Infinity before the first. */
  when: number;
  /** Why its source has been silent since the last reading; empty while it speaks. */
  silence: string;
  /** Readings in a row whose trusted stamp was that of the one before. */
  frozen: number;
}

export const NOTHING_HELD: Readonly<Held> = {
  value: NaN,
  quality: "missing",
  reason: "",
  outOfRange: false,
  when: -Infinity,
  silence: "",
  frozen: 0,
};

/** Whether a channel may be used, and why not in words for whoever stands at the machine. */
export class Judge {
  /** Of the channel's value: a kurtosis has none, a band's power the square of its readings'. */
  readonly unit: string;

  /** @param window what `measure`, or the channel's alignment in time, draws the value from */
  constructor(
    private readonly spec: ChannelSpec,
    private readonly measure: Measure | undefined,
    private readonly window: Window | undefined,
  ) {
    this.unit = measure?.unitOf(spec.unit) ?? spec.unit;
  }

  isPlausible(value: number): boolean {
    return value >= this.spec.range[0] && value <= this.spec.range[1];
  }

  isStale({ when }: Readonly<Held>, now: number): boolean {
    return when !== -Infinity && now - when > this.spec.maxAgeMs;
  }

  judge(held: Readonly<Held>, now: number): Judged {
    const { name, acceptUncertain, align } = this.spec;
    const none = (quality: Quality, code: Trouble["code"], text: string): Judged => {
      return { value: null, quality, trouble: { code, reason: `${name} is ${text}` } };
    };
    if (held.quality === "missing")
      return none("missing", "channel-missing", `missing: ${held.silence || "no reading has come yet"}`);
    if (this.isStale(held, now)) return none("stale", "channel-stale", `stale: ${this.ageInWords(held, now)}`);
    if (held.outOfRange) return none("bad", "channel-range", this.outside(held.value));
    if (held.quality === "bad") return none("bad", "channel-bad", `bad: ${held.reason}`);
    const value = align === "hold" ? held.value : this.derive(now);
    if (typeof value === "string")
      return none("bad", this.measure ? "channel-window" : "channel-unaligned", `without a value: ${value}`);
    // Squares of numbers that are themselves finite may not be.
    if (!Number.isFinite(value))
      return none("bad", "channel-window", `without a value: ${value} is not a finite number`);
    if (!this.isPlausible(value)) return none("bad", "channel-range", this.outside(value));
    const short = align === "hold" ? undefined : this.shortened(now);
    const doubt = held.quality === "uncertain" ? held.reason : short;
    if (doubt === undefined) return { value, quality: "good" };
    if (acceptUncertain) return { value, quality: "uncertain" };
    return none("uncertain", "channel-uncertain", `uncertain: ${doubt}`);
  }

  /** Set where the window means less than its length. */
  shortened(now: number): string | undefined {
    if (!this.window?.lacks(now)) return undefined;
    return `its window of ${whole(this.window.spanMs)} ms holds only the newest values; choose a shorter one`;
  }

  private derive(now: number): number | string {
    const window = this.window as Window;
    if (this.measure) return this.measure.of(new WindowView(window, now));
    return valueNear(window, now - this.spec.lagMs, this.spec.toleranceMs, this.spec.align === "linear");
  }

  private ageInWords({ when, frozen, silence }: Readonly<Held>, now: number): string {
    const age = `${whole(now - when)} ms old, limit ${whole(this.spec.maxAgeMs)} ms`;
    if (silence !== "") return `${age} (${silence})`;
    return frozen > 0 ? `${age}; the stamp of its last ${whole(frozen + 1)} readings is the same` : age;
  }

  private outside(value: number): string {
    const { range } = this.spec;
    return `out of range: ${value}${this.unit === "" ? "" : ` ${this.unit}`}, must be from ${range[0]} to ${range[1]}`;
  }
}
