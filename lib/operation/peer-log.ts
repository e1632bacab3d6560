/**
 * Says in the log when something at the other end of a connection is away, and when it is back: a status is seen by nobody
 * at night. One line for each, with the first cause that was heard; one that comes and goes is said to be away at most once
 * a minute.
 */
import type { Clock } from "../clock";

const PAUSE_MS = 60_000;

export interface PeerLines {
  warn(text: string): void;
  log(text: string): void;
}

export class PeerLog {
  private works = false;
  /** Why it is away, else undefined. */
  private away: string | undefined;
  /** The last line says that it is away. */
  private said = false;
  private saidAt = -Infinity;
  private cancel: (() => void) | undefined;

  constructor(
    private readonly place: string,
    private readonly lines: PeerLines,
    private readonly clock: Clock,
  ) {}

  /** Not used any more, or not tried yet: neither is a loss. */
  unused(): void {
    this.settle(false);
  }

  /** It answers. */
  working(): void {
    this.settle(true);
    if (!this.said) return;
    this.said = false;
    this.lines.log(`${this.place} is back`);
  }

  /** It does not answer. @param cause "" where none is known: then it was lost only if it worked */
  lost(cause: string): void {
    if (cause === "" && !this.works) return;
    this.works = false;
    this.away ??= cause === "" ? "the connection was closed" : cause;
    if (this.said || this.cancel) return;
    const wait = this.saidAt + PAUSE_MS - this.clock.monotonic();
    if (wait > 0) this.cancel = this.clock.after(wait, () => this.say());
    else this.say();
  }

  private settle(works: boolean): void {
    this.works = works;
    this.away = undefined;
    this.cancel?.();
    this.cancel = undefined;
  }

  private say(): void {
    this.cancel = undefined;
    this.said = true;
    this.saidAt = this.clock.monotonic();
    this.lines.warn(`${this.place} is away: ${this.away ?? ""}`);
  }
}
