import type { Clock } from "../clock";
import { uuidv7 } from "../ids";
import type { EdgeMessage, Run, Unusable } from "../messages";
import { isRecord, valueAt } from "../path";
import { kindOf } from "../words";

/** How long a run may last where nobody ends it. */
export interface RunLimits {
  /** Path in the context of the run's expected time in seconds. */
  readonly runtimeField: string;
  /** The run ends after that time multiplied by this; 0: never by time. */
  readonly factor: number;
}

/** What every sample of a run carries, as its scan brought it. */
type Carried = Pick<EdgeMessage, "scan" | "context" | "lookup" | "simulated" | "unusable">;

const OWN = ["scan", "context", "lookup"] as const;
/** Timers are 32-bit: a later end is looked at again by then. */
const LONGEST_TIMER_MS = 86_400_000;

/**
 * The runs on one asset, one at a time. A run begins with a scan; it ends with the next one, a signal, or its time. Its
 * context stands on its own samples and on no others: after the end samples carry none, and the reason.
 */
export class RunOfAsset {
  private current: { readonly id: string; readonly carried: Carried; samples: number } | undefined;
  private endsAt = Infinity;
  private timeLimit = "";
  /** Why there is no context since the last run ended; undefined before the first. */
  private over: Unusable | undefined;
  private disarm: (() => void) | undefined;

  /** @param timedOut called while the run that ran out of time is still in force; it must end it */
  constructor(
    private readonly clock: Clock,
    private readonly limits: RunLimits,
    private readonly timedOut: (limit: string) => void,
  ) {}

  get id(): string | undefined {
    return this.current?.id;
  }

  /** Samples of the run in force so far. */
  get samples(): number {
    return this.current?.samples ?? 0;
  }

  /**
   * Begins a run with what a scan brought, in place of the one before.
   * @returns what is wrong with the expected time in its context; undefined when nothing is
   */
  begin(message: EdgeMessage): string | undefined {
    const { scan, context, lookup, simulated, unusable } = message;
    const carried: Carried = {};
    if (isRecord(scan)) carried.scan = scan;
    if (unusable !== undefined) carried.unusable = unusable;
    else if (isRecord(context)) {
      carried.context = context;
      if (isRecord(lookup)) carried.lookup = lookup;
    }
    if (simulated !== undefined) carried.simulated = simulated;
    this.stopTimer();
    this.current = { id: uuidv7(this.clock.now()), carried, samples: 0 };
    this.over = undefined;
    return this.limitTime();
  }

  /** Ends the run in force. @param why stands on the samples that come before the next scan */
  end(why: string): void {
    if (!this.current) return;
    this.stopTimer();
    const code: unknown = this.current.carried.scan?.code;
    const part = typeof code !== "string" || code === "" ? "the run" : `the run of ${code.slice(0, 40)}`;
    this.current = undefined;
    this.over = { code: "run-over", reason: `${part} is over: ${why}` };
  }

  /** Ends the run if its time has passed: a stalled loop's timers are late, and its samples must not be. */
  check(): void {
    if (this.clock.monotonic() >= this.endsAt) this.timedOut(this.timeLimit);
  }

  /** Makes `message` a sample of the run in force: its mark and what its scan brought; or says why there is none. */
  stamp(message: EdgeMessage, phase: Run["phase"] | "next"): void {
    const { current, over } = this;
    if (!current && !over) return;
    for (const property of OWN) if (message[property] !== undefined) delete message[property];
    if (!current) {
      message.unusable ??= over as Unusable;
      return;
    }
    Object.assign(message, current.carried);
    current.samples++;
    message.run = { id: current.id, phase: phase === "next" ? (current.samples === 1 ? "start" : "sample") : phase };
  }

  close(): void {
    this.stopTimer();
    this.current = undefined;
  }

  private limitTime(): string | undefined {
    const { runtimeField, factor } = this.limits;
    if (factor === 0) return undefined;
    const seconds = valueAt(this.current?.carried.context, runtimeField);
    if (seconds === undefined || seconds === null) return undefined;
    if (typeof seconds !== "number" || !Number.isFinite(seconds) || seconds <= 0) {
      const text = typeof seconds === "string" ? `"${seconds.slice(0, 40)}"` : kindOf(seconds);
      const shown = typeof seconds === "number" ? String(seconds) : text;
      return `${runtimeField} is ${shown}, must be a number of seconds above 0: this run does not end by time`;
    }
    const ms = seconds * factor * 1000;
    this.timeLimit = `${runtimeField} ${count(seconds)} s × ${count(factor)} = ${count(ms / 1000)} s have passed`;
    this.endsAt = this.clock.monotonic() + ms;
    this.arm();
    return undefined;
  }

  private arm(): void {
    const left = this.endsAt - this.clock.monotonic();
    this.disarm = this.clock.after(Math.min(Math.max(1, Math.ceil(left)), LONGEST_TIMER_MS), () => {
      if (this.clock.monotonic() >= this.endsAt) this.check();
      else this.arm();
    });
  }

  private stopTimer(): void {
    this.disarm?.();
    this.disarm = undefined;
    this.endsAt = Infinity;
  }
}

function count(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 3 });
}
