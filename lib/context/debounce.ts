/**
 * Repeats of a code at one reader: a reader in continuous mode sends the parts in front of it thirty times a second. A read
 * that comes within the window after the last read of the same code is a repeat; the window moves on with each. Two parts
 * that a reader sees in turns are two codes, and each is sent once.
 */
import { createHash } from "node:crypto";
import type { Clock } from "../clock";

interface Reads {
  /** When each code was read last, the longest ago first. */
  readonly at: Map<string, number>;
  repeats: number;
}

/** Readers are named by messages: the table is bounded, and the reader heard of first is forgotten first. */
const MAX_READERS = 1_000;
/** Codes in front of one reader within the window; beyond, the one read longest ago is forgotten. */
const MAX_CODES = 16;
/** Characters: of a longer code a digest is kept. */
const LONGEST_KEPT = 64;

export class Debounce {
  private readonly readers = new Map<string, Reads>();

  /** @param windowMs 0: nothing is a repeat */
  constructor(
    private readonly windowMs: number,
    private readonly clock: Clock,
  ) {}

  /**
   * @param reader what tells its repeats from those of others
   * @returns undefined for a repeat; else how many repeats of this reader were counted since a read of it was sent
   */
  admit(reader: string, code: string): number | undefined {
    if (this.windowMs === 0) return 0;
    const now = this.clock.monotonic();
    const reads = this.readsOf(reader);
    const key = keyOf(code);
    const last = reads.at.get(key);
    if (last !== undefined) reads.at.delete(key);
    else if (reads.at.size >= MAX_CODES) reads.at.delete(reads.at.keys().next().value as string);
    reads.at.set(key, now);
    if (last !== undefined && now - last < this.windowMs) {
      reads.repeats++;
      return undefined;
    }
    const { repeats } = reads;
    reads.repeats = 0;
    return repeats;
  }

  /** The lookup failed for a passing reason: the next read of this code is to try again. */
  forget(reader: string, code: string): void {
    this.readers.get(reader)?.at.delete(keyOf(code));
  }

  private readsOf(reader: string): Reads {
    const known = this.readers.get(reader);
    if (known) return known;
    if (this.readers.size >= MAX_READERS) this.readers.delete(this.readers.keys().next().value as string);
    const made: Reads = { at: new Map(), repeats: 0 };
    this.readers.set(reader, made);
    return made;
  }
}

function keyOf(code: string): string {
  return code.length <= LONGEST_KEPT ? code : createHash("sha256").update(code).digest("base64");
}
