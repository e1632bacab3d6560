import { backoffMs } from "../../storage/backoff";

/** A connection that held for less is not counted as one that worked. */
const STEADY_MS = 5000;
const LONGEST_WATCHDOG_MS = 300_000;
/** Silence of a server that, when it is asked, shows that nothing has moved. */
const STILL_MS = 30_000;
/** Errors after which nobody was bothered at the other end but for one greeting. */
const UNANSWERED: ReadonlySet<string> = new Set(["opcua-unreachable", "timeout"]);
/** Opening a session costs a server half a dozen requests: who was refused one, or lost it at once, waits so long. */
const REFUSED_PAUSE_MS = 3000;
const HUNG_PAUSE_MS = 1000;
/** Following variables costs it twice as many more: where one was lost, the next must first last so long. */
const PROBATION_MS = 250;
/** What is decided by a person is not asked for more often. */
const SETTLED: ReadonlySet<string> = new Set(["opcua-user", "opcua-untrusted", "opcua-security", "opcua-refused"]);
const SETTLED_PAUSE_MS = 5000;
/** A user whose password was wrong a few times is locked out on many servers, and so is everybody else who is that user. */
const LONGEST_USER_PAUSE_MS = 300_000;

/** How long a source waits for values, and between connections; it learns from how the last ones ended. */
export class Patience {
  private silences = 0;
  private refusals = 0;
  private shortLived = 0;
  private diedYoung = 0;
  /** A session was. */
  private lost = false;
  private endedFor = "";
  private triedMs = 0;

  /** @param watchdogMs 0: never */
  constructor(
    private readonly intervalMs: number,
    private readonly watchdogMs: number,
  ) {}

  /** Silence after which a variable is looked at; values that come once in an interval cannot come sooner. 0: never. */
  get silentMs(): number {
    return this.watchdogMs === 0 ? 0 : Math.max(this.watchdogMs, 3 * this.intervalMs);
  }

  /** Silence of all variables after which the connection is made anew; doubles, up to five minutes, while that does not help. */
  get allSilentMs(): number {
    return Math.max(this.silentMs, Math.min(LONGEST_WATCHDOG_MS, this.watchdogMs * 2 ** this.silences));
  }

  /** The same where the server shows by its stamps that there is nothing newer: it has nothing to report. */
  get stillMs(): number {
    return Math.max(this.allSilentMs, Math.min(LONGEST_WATCHDOG_MS, STILL_MS * 2 ** this.silences));
  }

  /** How long a session must have lasted before anything is asked of it. */
  get probationMs(): number {
    return this.lost ? PROBATION_MS : 0;
  }

  /** A value came that was not the first of its variable. */
  heard(): void {
    this.silences = 0;
  }

  /** @param code of the error that a connection ended with, @param heldMs how long it had held, 0 where none came about; then @param triedMs for how long it was tried */
  ended(code: string, heldMs: number, triedMs = 0): void {
    this.endedFor = code;
    this.triedMs = triedMs;
    if (code === "opcua-silent") this.silences++;
    this.refusals = code === "opcua-user" ? this.refusals + 1 : 0;
    if (heldMs > 0) this.lost = true;
    const steady = heldMs > STEADY_MS;
    this.shortLived = steady ? 0 : this.shortLived + 1;
    if (steady) this.diedYoung = 0;
    else if (heldMs > 0) this.diedYoung++;
  }

  /**
   * After the first loss at once, then longer and longer where nobody answers (1.6 s at most), so that a server that is back
   * is heard within five seconds; slower where somebody answers and refuses.
   * @param failures in a row, @param random from [0, 1), @returns milliseconds
   */
  pauseMs(failures: number, random: number): number {
    if (this.refusals > 0) return Math.min(LONGEST_USER_PAUSE_MS, SETTLED_PAUSE_MS * 2 ** (this.refusals - 1));
    if (SETTLED.has(this.endedFor)) return SETTLED_PAUSE_MS;
    const unanswered = UNANSWERED.has(this.endedFor);
    if (this.shortLived > 1 && !unanswered) return REFUSED_PAUSE_MS;
    // One that ends sessions as they come ends some at the greeting; one that hangs has taken its time already.
    if (this.diedYoung > 1 && unanswered) return Math.max(HUNG_PAUSE_MS, REFUSED_PAUSE_MS - this.triedMs);
    return 100 + backoffMs(Math.max(failures, this.shortLived), random, 250, 1500);
  }
}
