/**
 * The grace of a store that has only just been turned to: its first connection is being made, or its table loaded. What is
 * asked of it meanwhile is asked when that is done, and its deadline begins then; "too late" would be untrue of a store
 * that nobody could have asked yet. It ends with the first attempt, whether that succeeds or fails, and after a second at most.
 */
import type { Clock } from "../clock";

/** Longer than a connection takes on a busy machine; a part waits that long once, right after a start. */
export const OPENING_MS = 1_000;

export class Opening {
  /** Resolves when the store can be asked, or has to be without an answer. Never rejects. */
  readonly ended: Promise<void>;
  private resolve: () => void = () => undefined;
  private readonly cancel: () => void;
  private over = false;

  constructor(clock: Clock) {
    this.ended = new Promise((resolve) => (this.resolve = resolve));
    this.cancel = clock.after(OPENING_MS, () => this.end());
  }

  /** What a new lookup waits for; undefined when it can ask at once. */
  get pending(): Promise<void> | undefined {
    return this.over ? undefined : this.ended;
  }

  end(): void {
    if (this.over) return;
    this.over = true;
    this.cancel();
    this.resolve();
  }
}
