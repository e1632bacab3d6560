/**
 * Repeats of a code at one reader: a reader in continuous mode sends the part in front of it thirty times a second. A read
 * that comes within the window after the last read of the same code is a repeat; the window moves on with each.
 */
import type { Clock } from "../clock";

interface LastRead {
  code: string;
  at: number;
  repeats: number;
}

/** Readers are named by messages: the table is bounded, and the reader heard of first is forgotten first. */
const MAX_READERS = 1_000;

export class Debounce {
  private readonly last = new Map<string, LastRead>();

  /** @param windowMs 0: nothing is a repeat */
  constructor(
    private readonly windowMs: number,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns undefined for a repeat; else how many repeats of the reader's previous code were counted since it was sent
   */
  admit(reader: string, code: string): number | undefined {
    if (this.windowMs === 0) return 0;
    const now = this.clock.monotonic();
    const last = this.last.get(reader);
    if (last === undefined) {
      if (this.last.size >= MAX_READERS) this.last.delete(this.last.keys().next().value as string);
      this.last.set(reader, { code, at: now, repeats: 0 });
      return 0;
    }
    const repeat = last.code === code && now - last.at < this.windowMs;
    last.at = now;
    if (repeat) {
      last.repeats++;
      return undefined;
    }
    const { repeats } = last;
    last.code = code;
    last.repeats = 0;
    return repeats;
  }

  /** The lookup failed for a passing reason: the next read of this code is to try again. */
  forget(reader: string, code: string): void {
    if (this.last.get(reader)?.code === code) this.last.delete(reader);
  }
}
