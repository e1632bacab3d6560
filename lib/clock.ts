/**
 * Time, passed in: rules are tested without waiting. Ages, delays and deadlines use `monotonic`, stamps use `now`;
 * the two are never mixed, because the wall clock of a gateway jumps.
 */
export interface Clock {
  /** Wall clock in milliseconds since 1970, as Date.now(). */
  now(): number;
  /** Milliseconds that only ever grow, with a fraction, as performance.now(). */
  monotonic(): number;
  /** Calls `task` once after `ms`; returns what cancels it. The timer does not keep the process alive. */
  after(ms: number, task: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

let lastMs = Number.NaN;
let lastText = "";

/** ISO 8601 UTC with milliseconds. All stamps of one millisecond share one text: making it costs more than a lookup in memory. */
export function isoTime(epochMs: number): string {
  if (epochMs !== lastMs) {
    lastText = new Date(epochMs).toISOString();
    lastMs = epochMs;
  }
  return lastText;
}

/** A clock that a test moves by hand. Timers fire in order of their time as `advance` passes them. */
export class ManualClock implements Clock {
  private wall: number;
  private mono = 0;
  private timers: { at: number; task: () => void }[] = [];

  constructor(startEpochMs = Date.UTC(2026, 0, 1)) {
    this.wall = startEpochMs;
  }

  now(): number {
    return this.wall;
  }

  monotonic(): number {
    return this.mono;
  }

  after(ms: number, task: () => void): () => void {
    const timer = { at: this.mono + ms, task };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  /** Lets `ms` pass for both clocks. */
  advance(ms: number): void {
    const end = this.mono + ms;
    for (;;) {
      const due = this.timers.filter((t) => t.at <= end).toSorted((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.timers = this.timers.filter((t) => t !== due);
      this.wall += due.at - this.mono;
      this.mono = due.at;
      due.task();
    }
    this.wall += end - this.mono;
    this.mono = end;
  }

  /** The wall clock jumps (NTP, a dead battery); monotonic time does not. */
  jump(ms: number): void {
    this.wall += ms;
  }
}
