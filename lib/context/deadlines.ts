/**
 * One timer for all that wait: since every wait is equally long, the oldest is due first. What finished in time costs no
 * timer of its own, and the deadline holds whatever the peer or its client does.
 */
import type { Clock } from "../clock";

export interface Waiting {
  /** Monotonic time at which it is due. */
  readonly due: number;
  readonly settled: boolean;
  /** Called once when it is due and not settled. */
  expire(): void;
}

/** Timers count whole milliseconds; being this much early is not worth another round. */
const TOLERANCE_MS = 0.5;

export class Deadlines {
  private waiting: Waiting[] = [];
  private cancel: (() => void) | undefined;

  /**
   * @param defer runs expiries once what has arrived on sockets was read: after a stall of the loop the answer may already
   * be there
   */
  constructor(
    readonly ms: number,
    private readonly clock: Clock,
    private readonly defer: (task: () => void) => void = setImmediate,
  ) {}

  add(item: Waiting): void {
    this.forgetSettled();
    this.waiting.push(item);
    if (this.cancel === undefined) this.arm(item.due - this.clock.monotonic());
  }

  /** Whoever still waits is due now: nobody is left without an answer. */
  close(): void {
    this.cancel?.();
    this.cancel = undefined;
    const { waiting } = this;
    this.waiting = [];
    for (const item of waiting) if (!item.settled) item.expire();
  }

  /** What is answered is not held until the deadline: a thousand contexts a second would live as long. */
  private forgetSettled(): void {
    const { waiting } = this;
    let first = 0;
    while (first < waiting.length && (waiting[first] as Waiting).settled) first++;
    if (first > 0) waiting.splice(0, first);
  }

  private arm(ms: number): void {
    this.cancel = this.clock.after(Math.max(1, Math.round(ms)), this.tick);
  }

  private readonly tick = (): void => {
    this.defer(this.sweep);
  };

  private readonly sweep = (): void => {
    if (this.cancel === undefined) return;
    this.cancel = undefined;
    const { waiting } = this;
    const now = this.clock.monotonic() + TOLERANCE_MS;
    let first = 0;
    while (first < waiting.length && ((waiting[first] as Waiting).settled || (waiting[first] as Waiting).due <= now))
      first++;
    const past = waiting.splice(0, first);
    const next = waiting[0];
    if (next !== undefined) this.arm(next.due - this.clock.monotonic());
    for (const item of past) if (!item.settled) item.expire();
  };
}
