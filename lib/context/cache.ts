/**
 * Texts read from Redis, kept true by its invalidation messages. Those come on a connection of their own and may overtake
 * the reply they speak of: a read that is under way when its key changes delivers to those who asked before the change, is
 * not kept, and is not joined by those who ask after it.
 *
 * The promise: nobody is answered a value that was replaced longer ago than LEASE_MS, or the maximum age where that is
 * shorter, whatever the network does. It rests on two rules. Messages of one connection arrive in order, so an answered ping
 * proves that all changes before it were told: without such a proof from the last LEASE_MS nothing is served. And the age of a
 * value counts from when it was asked for, because later than that it may not have been true.
 */
import type { Clock } from "../clock";
import type { EdgeError } from "../errors";
import type { Known, Sink, Source } from "./store";

/** How long a proof that changes are told holds. */
export const LEASE_MS = 3_000;

interface Entry {
  text: string | null;
  /** When it was asked for. */
  readAt: number;
  /** False: changed since, kept only as the last known value. */
  fresh: boolean;
}

export interface CacheOptions {
  readonly maxEntries: number;
  /** Nothing older is served as fresh, whatever the invalidation says. */
  readonly maxAgeMs: number;
}

export class ContextCache {
  private readonly entries = new Map<string, Entry>();
  private readonly fills = new Map<string, CacheFill>();
  private trusted = false;
  /** Changes before this moment were told, or will not be: monotonic. */
  private toldUntil = -Infinity;
  /** Keep values that are no longer true, for those who take a stale one over none. */
  keepsLastKnown = false;

  constructor(
    private readonly options: CacheOptions,
    private readonly clock: Clock,
  ) {}

  /** True while changes are being told: only then is anything served or shared. */
  get isTrusted(): boolean {
    return this.trusted;
  }

  /**
   * Changes are told from now on: what is read from here may be kept.
   * @param until as for `told`; Infinity where the maximum age alone has to do
   */
  trust(until: number): void {
    this.clear();
    this.trusted = true;
    this.toldUntil = until;
  }

  /** @param until monotonic time when a ping was sent that has been answered: all changes before it have arrived */
  told(until: number): void {
    if (until > this.toldUntil) this.toldUntil = until;
  }

  /** Changes may be missed: nothing here is fresh any more. */
  distrust(): void {
    this.trusted = false;
    this.clear();
  }

  /** Answers from memory, or joins a read under way. @returns false when the caller has to read, through `begin` */
  serve(key: string, sink: Sink, slot: number): boolean {
    if (!this.trusted) return false;
    const now = this.clock.monotonic();
    if (now - this.toldUntil > LEASE_MS) return false;
    const entry = this.entries.get(key);
    if (entry !== undefined && entry.fresh) {
      const age = now - entry.readAt;
      if (age <= this.options.maxAgeMs) {
        sink.answered(slot, entry.text, "cache", age);
        return true;
      }
      entry.fresh = false;
    }
    const fill = this.fills.get(key);
    if (fill === undefined || now - fill.startedAt > this.options.maxAgeMs) return false;
    fill.join(sink, slot);
    return true;
  }

  /** The sink to read with: keeps the answer if the key does not change meanwhile, and passes it on to `sink`. */
  begin(key: string, sink: Sink, slot: number): Sink {
    if (!this.trusted && !this.keepsLastKnown) return sink;
    const fill = new CacheFill(this, key, this.trusted, this.clock.monotonic());
    fill.join(sink, slot);
    if (this.trusted) {
      // One that nobody may join any more is not told of changes either.
      const before = this.fills.get(key);
      if (before !== undefined) before.outdated = true;
      this.fills.set(key, fill);
    }
    return fill;
  }

  lastKnown(key: string): Known | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined || entry.text === null) return undefined;
    return { text: entry.text, ageMs: this.clock.monotonic() - entry.readAt };
  }

  invalidate(key: string): void {
    const entry = this.entries.get(key);
    if (entry !== undefined) {
      if (this.keepsLastKnown) entry.fresh = false;
      else this.entries.delete(key);
    }
    const fill = this.fills.get(key);
    if (fill !== undefined) {
      fill.outdated = true;
      this.fills.delete(key);
    }
  }

  clear(): void {
    if (this.keepsLastKnown) for (const entry of this.entries.values()) entry.fresh = false;
    else this.entries.clear();
    for (const fill of this.fills.values()) fill.outdated = true;
    this.fills.clear();
  }

  /** Called by a fill when its read has ended. */
  ended(fill: CacheFill, key: string, text: string | null | undefined): void {
    if (this.fills.get(key) === fill) this.fills.delete(key);
    if (text === undefined) return;
    const fresh = fill.shared && !fill.outdated;
    if (!fresh && !this.keepsLastKnown) return;
    // An absent key is worth knowing while it is true, but is no last known value.
    if (!fresh && text === null) {
      this.entries.delete(key);
      return;
    }
    // An older read that ends late must not replace what a later one found.
    if (!fresh && this.entries.get(key)?.fresh) return;
    if (this.entries.size >= this.options.maxEntries && !this.entries.has(key)) {
      this.entries.delete(this.entries.keys().next().value as string);
    }
    this.entries.set(key, { text, readAt: fill.startedAt, fresh });
  }
}

/** A read under way, and all who wait for it. */
class CacheFill implements Sink {
  outdated = false;
  private readonly sinks: Sink[] = [];
  private readonly slots: number[] = [];

  constructor(
    private readonly cache: ContextCache,
    private readonly key: string,
    /** Begun while changes were told. */
    readonly shared: boolean,
    readonly startedAt: number,
  ) {}

  join(sink: Sink, slot: number): void {
    this.sinks.push(sink);
    this.slots.push(slot);
  }

  answered(_slot: number, text: string | null, source: Source, ageMs: number): void {
    this.cache.ended(this, this.key, text);
    for (let i = 0; i < this.sinks.length; i++)
      (this.sinks[i] as Sink).answered(this.slots[i] as number, text, source, ageMs);
  }

  failed(_slot: number, error: EdgeError): void {
    this.cache.ended(this, this.key, undefined);
    for (let i = 0; i < this.sinks.length; i++) (this.sinks[i] as Sink).failed(this.slots[i] as number, error);
  }
}
