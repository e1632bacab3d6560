/**
 * The stamps that sources put on their values. They count only where a source is told to be trusted; how far they are off
 * is measured for every source, so that somebody can see whether to trust it.
 */
import { isRecord } from "../path";

/** A stamp as sources write it: Date, ISO 8601, Unix time in milliseconds or in seconds. @returns epoch ms, or undefined */
export function stampOf(raw: unknown): number | undefined {
  if (typeof raw === "number") return epochMs(raw);
  if (typeof raw === "string") return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(raw) ? finite(Date.parse(raw)) : undefined;
  // A Date of another realm (a function node's) is no instance of ours.
  if (isRecord(raw) && Object.prototype.toString.call(raw) === "[object Date]") {
    const { getTime } = raw as { getTime?: unknown };
    return typeof getTime === "function" ? finite(Number(getTime.call(raw))) : undefined;
  }
  return undefined;
}

/** Below, a number of milliseconds would be before March 1973: it is seconds. */
const SECONDS_BELOW = 1e11;

function epochMs(number: number): number | undefined {
  if (!Number.isFinite(number) || number < 0 || number > 8.64e15) return undefined;
  return number < SECONDS_BELOW ? number * 1000 : number;
}

function finite(number: number): number | undefined {
  return Number.isFinite(number) ? number : undefined;
}

/** Readings that the skew is measured over. */
const READINGS = 64;
/** The device's own clock was set when it moved by more than this against the monotonic one. */
const SET_MS = 250;

/**
 * Stamp minus arrival of the last 64 stamped readings, the largest: that reading waited least on its way, so the rest is
 * what the source's clock is ahead of ours (the minimum filter of NTP, RFC 5905, 10). Negative: behind, or that much late.
 */
export class Skew {
  private readonly ring = new Float64Array(READINGS);
  private count = 0;
  private offset = NaN;

  /** @param stamp and `wall` in epoch ms, @param now monotonic */
  note(stamp: number, wall: number, now: number): void {
    // After a jump of our own clock, what was measured against it says nothing.
    if (!(Math.abs(wall - now - this.offset) <= SET_MS)) {
      this.offset = wall - now;
      this.count = 0;
    }
    this.ring[this.count++ % READINGS] = stamp - wall;
  }

  /** Milliseconds; undefined before the first stamp. */
  get ms(): number | undefined {
    if (this.count === 0) return undefined;
    let most = -Infinity;
    for (let i = 0; i < Math.min(this.count, READINGS); i++) most = Math.max(most, this.ring[i] as number);
    return Math.round(most);
  }
}

/** A clock off by less is in step for whoever looks at a status. */
const IN_STEP_MS = 1000;
/** Looked at so often: the skew of a busy server's stamps is not sought for each of them. */
const LOOK_MS = 1000;

/**
 * A source's skew for a status: told when it is first known, and then when it is another in earnest, by more than half a
 * second and a tenth of what was told.
 */
export class ToldSkew {
  private skew = new Skew();
  private lookedAt = -Infinity;
  private told: number | undefined;

  /** @param tell milliseconds, 0 where it is in step; undefined: it is not known any more */
  constructor(private readonly tell: (ms: number | undefined) => void) {}

  /** As `Skew.note`. */
  note(stamp: number, wall: number, now: number): void {
    this.skew.note(stamp, wall, now);
    if (now - this.lookedAt < LOOK_MS) return;
    this.lookedAt = now;
    const ms = roundedSkew(this.skew.ms ?? 0);
    if (this.told !== undefined && Math.abs(ms - this.told) <= Math.max(IN_STEP_MS / 2, Math.abs(this.told) / 10))
      return;
    this.told = ms;
    this.tell(ms);
  }

  /** Nothing is known of the source that comes next. */
  forget(): void {
    this.skew = new Skew();
    if (this.told === undefined) return;
    this.told = undefined;
    this.tell(undefined);
  }
}

/** To half seconds, from a minute on to whole ones. */
function roundedSkew(ms: number): number {
  if (Math.abs(ms) < IN_STEP_MS) return 0;
  const step = Math.abs(ms) < 60_000 ? IN_STEP_MS / 2 : 1000;
  return Math.round(ms / step) * step;
}

/** "12.5 s behind"; "in step" where it is off by less than a second. */
export function skewInWords(ms: number): string {
  if (Math.abs(ms) < IN_STEP_MS) return "in step";
  return `${(Math.abs(ms) / 1000).toLocaleString("en-US")} s ${ms > 0 ? "ahead" : "behind"}`;
}
