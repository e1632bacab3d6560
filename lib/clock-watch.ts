/**
 * What is known of the wall clock: whether it can be believed, whether a time service keeps it, and each time that it
 * jumps against the monotonic clock. Nothing that runs on durations needs this; it is for stamps, which are only as good
 * as the clock they come from.
 */
import { readFileSync } from "node:fs";
import { builtAt } from "./built";
import { isoTime, systemClock, type Clock } from "./clock";
import { randomHex } from "./ids";
import type { ClockStamp } from "./messages";
import { lastSynced } from "./time-service";

export interface Jump {
  /** Milliseconds; negative when the clock was set back. */
  readonly byMs: number;
  /** What the clock would say without the jump, and what it says, in milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** Monotonic. */
  readonly noticedAt: number;
}

export interface ClockWatchParts {
  readonly clock: Clock;
  /** Milliseconds since 1970 before which no clock of this version can be. */
  readonly builtAt: number;
  /** When a time service last set the clock; undefined where none says. */
  readonly lastSynced: () => number | undefined;
  /** The boot of this machine, and how many milliseconds of it had passed when the monotonic clock stood at 0. */
  readonly boot: { readonly id: string; readonly offsetMs: number };
}

/** Smaller steps are corrections; they add up until they are a jump. */
const JUMP_MS = 1_000;
const LOOK_EVERY_MS = 1_000;
const ASK_SERVICE_EVERY_MS = 10_000;
/**
 * After this long without a word from its server the kernel itself calls a clock unsynchronised: its error bound grows by
 * 500 ppm (MAXFREQ) and is given up at 16 s (NTP_PHASE_LIMIT; linux/timex.h).
 */
const SYNC_HOLDS_MS = (16_000 / 500) * 1_000_000;
/** A clock may have been corrected backwards by this between two starts; S3 takes signatures that are off by as much. */
const BACKWARDS_MS = 15 * 60_000;

export class ClockWatch {
  private offset: number;
  private jumped: Jump | undefined;
  private floor = -Infinity;
  private skew: number | null = null;
  private service: { readonly askedAt: number; readonly at: number | undefined } | undefined;
  private readonly listeners = new Set<(jump: Jump) => void>();
  private cancel: (() => void) | undefined;
  private readonly clock: Clock;

  constructor(private readonly parts: ClockWatchParts) {
    this.clock = parts.clock;
    this.offset = this.clock.now() - this.clock.monotonic();
  }

  /** The latest jump since the start. */
  get lastJump(): Jump | undefined {
    this.look();
    return this.jumped;
  }

  /** Milliseconds, by the monotonic clock, since the latest jump; Infinity when there was none. */
  get steadyForMs(): number {
    const jump = this.lastJump;
    return jump === undefined ? Infinity : this.clock.monotonic() - jump.noticedAt;
  }

  /** Why the clock cannot be believed; undefined when it can. */
  trouble(): string | undefined {
    this.look();
    const now = this.clock.now();
    if (now < this.parts.builtAt)
      return `the clock says ${isoTime(now)}, before this version was built (${isoTime(this.parts.builtAt)})`;
    if (now < this.floor - BACKWARDS_MS && this.kept(now) !== true)
      return `the clock says ${isoTime(now)}, before the time of the last run (${isoTime(this.floor)})`;
    return undefined;
  }

  /**
   * The clock as a record states it. `synced`: true when a time service has set it within the last 9 hours, false when it
   * has not or the clock cannot be believed, null when there is no service that says. `skew_ms`: as it was last compared.
   * `boot`: records of one boot lie apart by the difference of their `ms`, whatever was done to the clock.
   */
  stamp(): ClockStamp {
    const synced = this.trouble() === undefined ? this.kept(this.clock.now()) : false;
    const { id, offsetMs } = this.parts.boot;
    return { synced, skew_ms: this.skew, boot: { id, ms: Math.round(this.clock.monotonic() + offsetMs) } };
  }

  /** What the clock has been at, in an earlier run: a battery that died meanwhile sets it back. */
  notBefore(epochMs: number): void {
    // Whoever set the clock since the start knew better.
    if (this.jumped === undefined) this.floor = Math.max(this.floor, epochMs);
  }

  /** A person says that the clock is right: what it was at before counts no longer. */
  trust(): void {
    this.floor = -Infinity;
  }

  /** The clock of another machine, read just now: `skew_ms` is ours minus its. */
  compare(otherEpochMs: number): void {
    this.look();
    this.skew = Math.round(this.clock.now() - otherEpochMs);
  }

  /** Calls back at each jump, within a second of it; returns what ends that. */
  follow(listener: (jump: Jump) => void): () => void {
    this.listeners.add(listener);
    this.arm();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0) return;
      this.cancel?.();
      this.cancel = undefined;
    };
  }

  private arm(): void {
    this.cancel ??= this.clock.after(LOOK_EVERY_MS, () => {
      this.cancel = undefined;
      this.look();
      if (this.listeners.size > 0) this.arm();
    });
  }

  private look(): void {
    const to = this.clock.now();
    const noticedAt = this.clock.monotonic();
    const byMs = to - noticedAt - this.offset;
    if (Math.abs(byMs) < JUMP_MS) return;
    const jump: Jump = { byMs, from: noticedAt + this.offset, to, noticedAt };
    this.offset = to - noticedAt;
    this.jumped = jump;
    this.floor = -Infinity;
    this.skew = null;
    this.service = undefined;
    for (const listener of this.listeners) listener(jump);
  }

  /** Whether a time service keeps the clock; null when none says. */
  private kept(now: number): boolean | null {
    const mono = this.clock.monotonic();
    if (!this.service || mono - this.service.askedAt >= ASK_SERVICE_EVERY_MS)
      this.service = { askedAt: mono, at: this.parts.lastSynced() };
    const { at } = this.service;
    if (at === undefined) return null;
    // What the service said before somebody set the clock is not about this clock. The service's own step is no such case:
    // it says so right after it.
    const since = this.jumped ? this.jumped.to - LOOK_EVERY_MS - JUMP_MS : -Infinity;
    return at >= since && at <= now + JUMP_MS && now - at < SYNC_HOLDS_MS;
  }
}

/** "set forward by 3,600 s", for a log line. */
export function describeJump({ byMs, from, to }: Jump): string {
  const seconds = Math.round(Math.abs(byMs) / 1000).toLocaleString("en-US");
  return `the clock was set ${byMs > 0 ? "forward" : "back"} by ${seconds} s: from ${isoTime(from)} to ${isoTime(to)}`;
}

function thisBoot(): ClockWatchParts["boot"] {
  const offsetMs = Number(process.hrtime.bigint() / 1000n) / 1000 - performance.now();
  try {
    return { id: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(), offsetMs };
  } catch {
    // Not Linux: a process knows itself.
    return { id: randomHex(128), offsetMs };
  }
}

/** The clock of this machine. */
export const systemClockWatch = new ClockWatch({
  clock: systemClock,
  builtAt: builtAt(),
  lastSynced,
  boot: thisBoot(),
});
