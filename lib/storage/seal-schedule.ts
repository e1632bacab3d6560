import type { Clock } from "../clock";
import type { SegmentLimits } from "./pack";
import type { SpoolCounts } from "./spool-file";

export interface SealAges {
  /** Milliseconds that a line waits at most to be sealed. */
  readonly maxAgeMs: number;
  /** The same for an urgent line. */
  readonly urgentAgeMs: number;
}

export const SEAL_AGES: SealAges = { maxAgeMs: 6 * 3_600_000, urgentAgeMs: 15 * 60_000 };

/** After a failure, or while the clock cannot be believed. */
const TRY_AGAIN_MS = 10_000;

interface SealScheduleOptions {
  readonly clock: Clock;
  readonly ages: Partial<SealAges>;
  readonly limits: SegmentLimits;
  /** Why the wall clock cannot be believed; undefined when it can. */
  readonly clockTrouble: () => string | undefined;
  /** Called with the reason when lines that are due wait for the clock, and with undefined when they do no longer. */
  readonly waits: (trouble: string | undefined) => void;
  /** Seals one segment; false when nothing was open. Afterwards `adopt` has been called. */
  readonly seal: () => Promise<boolean>;
}

/**
 * When open lines are sealed: as soon as they fill a segment, or when the oldest has waited long enough. Deadlines are
 * monotonic; only the age of lines from before the start is taken from the wall clock. Nothing is sealed by a clock that
 * cannot be believed, unless it is asked for.
 */
export class SealSchedule {
  rows = 0;
  bytes = 0;
  private readonly ages: SealAges;
  /** Monotonic; undefined when nothing is open. */
  private dueAt: number | undefined;
  private cancelTimer: (() => void) | undefined;
  private timerAt = Infinity;
  private sealing: Promise<void> | undefined;
  private stopped = false;
  private readonly steadyOffset: number;

  constructor(private readonly options: SealScheduleOptions) {
    this.ages = { ...SEAL_AGES, ...options.ages };
    this.steadyOffset = options.clock.now() - options.clock.monotonic();
  }

  /**
   * Milliseconds since 1970 as the wall clock had them at the start, and monotonic from there: differences between them
   * are true, whatever is done to the wall clock meanwhile.
   */
  steadyNow(): number {
    return Math.floor(this.steadyOffset + this.options.clock.monotonic());
  }

  /** One line was appended. */
  added(bytes: number, urgent: boolean): void {
    this.rows++;
    this.bytes += bytes;
    const { maxAgeMs, urgentAgeMs } = this.ages;
    const due = this.options.clock.monotonic() + (urgent ? Math.min(urgentAgeMs, maxAgeMs) : maxAgeMs);
    if (this.dueAt === undefined || due < this.dueAt) this.dueAt = due;
    this.look();
  }

  /** What is open, as the file says, with ages by `steadyNow`. */
  adopt({ rows, bytes, since, urgentSince }: SpoolCounts["open"]): void {
    this.rows = rows;
    this.bytes = bytes;
    const { maxAgeMs, urgentAgeMs } = this.ages;
    const dues = [this.due(since, maxAgeMs), this.due(urgentSince, urgentAgeMs)];
    this.dueAt = rows === 0 ? undefined : Math.min(...dues);
    if (rows === 0) this.options.waits(undefined);
    this.look();
  }

  /** Where the wall clock was set between two runs, a line waits between no longer at all and its whole age again. */
  private due(since: number | null, ageMs: number): number {
    if (since === null) return Infinity;
    const waited = Math.min(ageMs, Math.max(0, this.steadyNow() - since));
    return this.options.clock.monotonic() + ageMs - waited;
  }

  /** Seals until all is sealed that was appended, or on its way to be, when it was called. */
  async sealAll(): Promise<void> {
    await this.sealing;
    let sealed = await this.options.seal();
    let left = this.rows;
    while (sealed && left > 0) {
      const before = this.rows;
      sealed = await this.options.seal();
      left -= Math.max(1, before - this.rows);
    }
  }

  stop(): void {
    this.stopped = true;
    this.cancelTimer?.();
    this.cancelTimer = undefined;
  }

  private look(): void {
    if (this.stopped || this.sealing || this.dueAt === undefined) return;
    if (this.isDue()) this.start();
    else this.arm(this.dueAt);
  }

  private isDue(): boolean {
    const { clock, limits } = this.options;
    if (this.rows === 0) return false;
    return this.rows >= limits.rows || this.bytes >= limits.rawBytes || clock.monotonic() >= (this.dueAt ?? Infinity);
  }

  private start(): void {
    const trouble = this.options.clockTrouble();
    this.options.waits(trouble);
    if (trouble !== undefined) {
      this.arm(this.options.clock.monotonic() + TRY_AGAIN_MS);
      return;
    }
    this.sealing = this.sealDue().then(
      () => this.ended(0),
      // Whoever seals has said what went wrong.
      () => this.ended(TRY_AGAIN_MS),
    );
  }

  private async sealDue(): Promise<void> {
    while (!this.stopped && this.isDue()) await this.options.seal();
  }

  private ended(waitMs: number): void {
    this.sealing = undefined;
    if (waitMs === 0) this.look();
    else this.arm(this.options.clock.monotonic() + waitMs);
  }

  private arm(at: number): void {
    if (this.stopped || (this.cancelTimer && this.timerAt <= at)) return;
    this.cancelTimer?.();
    this.timerAt = at;
    this.cancelTimer = this.options.clock.after(Math.max(0, at - this.options.clock.monotonic()), () => {
      this.cancelTimer = undefined;
      this.look();
    });
  }
}
