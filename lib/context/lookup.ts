/**
 * From a scan to its context: the key, then joins, level by level, each level in one round trip, within one deadline that is
 * kept here, and begins when the store can be asked. What is answered belongs to this scan, or there is no answer.
 */
import type { Clock } from "../clock";
import { EdgeError, asError } from "../errors";
import type { Context, Lookup } from "../messages";
import type { Deadlines, Waiting } from "./deadlines";
import type { KeySource, KeyTemplate } from "./key-template";
import { parseContext, tooLarge, MAX_CONTEXT_BYTES, type ContextStore, type Sink, type Source } from "./store";

export interface Join {
  readonly key: KeyTemplate;
  /** Property of the context that the joined object becomes. */
  readonly into: string;
  /** Without it the scan has no context. */
  readonly required: boolean;
}

export interface LookupPlan {
  readonly key: KeyTemplate;
  readonly joins: readonly Join[];
  /** After the deadline, or when the store cannot be reached: no context, or the last one known of the same key. */
  readonly onDeadline: "fail" | "stale";
  readonly staleMaxMs: number;
}

export interface Found {
  readonly context: Context;
  readonly lookup: Lookup;
}

/** A lookup that found nothing, with the key it went for. */
export class LookupError extends EdgeError {
  constructor(
    code: string,
    message: string,
    readonly key: string | undefined,
    cause?: unknown,
  ) {
    super(code, message, cause === undefined ? undefined : { cause });
  }
}

/** Failures that pass: another read of the same code may succeed. */
export function isPassing(code: string): boolean {
  return code === "context-deadline" || code === "context-unavailable";
}

export class ContextLookup {
  /** Joins by the round trip they can be asked in; level 0 goes with the key itself. */
  readonly levels: readonly (readonly Join[])[];

  constructor(
    readonly store: ContextStore,
    readonly plan: LookupPlan,
    readonly deadlines: Deadlines,
    readonly clock: Clock,
  ) {
    this.levels = levelsOf(plan.joins);
  }

  /**
   * @throws LookupError `key-incomplete`, `context-unknown`, `context-invalid`, `context-deadline`, `context-unavailable`
   */
  find(from: KeySource): Promise<Found> {
    const askedAt = this.clock.monotonic();
    const { opening } = this.store;
    if (opening === undefined) return this.ask(from, askedAt, askedAt);
    return opening.then(() => this.ask(from, askedAt, this.clock.monotonic()));
  }

  private ask(from: KeySource, askedAt: number, now: number): Promise<Found> {
    return new Promise((resolve, reject) => new PendingLookup(this, from, askedAt, now, resolve, reject).start());
  }
}

/** A join waits for those whose property its key speaks of. */
function levelsOf(joins: readonly Join[]): Join[][] {
  const levels: Join[][] = [[]];
  const levelOf = new Map<string, number>();
  for (const join of joins) {
    let level = join.key.contextPaths.length === 0 ? 0 : 1;
    for (const path of join.key.contextPaths)
      level = Math.max(level, 1 + (levelOf.get(path.split(".")[0] as string) ?? 0));
    levelOf.set(join.into, level);
    while (levels.length <= level) levels.push([]);
    (levels[level] as Join[]).push(join);
  }
  return levels;
}

/** The slot of the scan's own context; joins have their place in the level. */
const OWN = -1;

class PendingLookup implements Sink, Waiting {
  settled = false;
  readonly due: number;
  private key = "";
  private level = 0;
  private open = 0;
  private bytes = 0;
  private context: Context | undefined;
  private joined: { into: string; value: Context }[] | undefined;
  private source: Source = "redis";
  private ageMs = 0;
  private stale = false;
  /** The scan's own context has been asked for and not answered. */
  private ownAsked = false;
  /** Keys of joins that have been asked for and not answered, by slot. */
  private joinsAsked: Map<number, string> | undefined;

  constructor(
    private readonly owner: ContextLookup,
    private readonly from: KeySource,
    /** Before what it had to wait for: a latency is what the line has waited. */
    private readonly askedAt: number,
    now: number,
    private readonly resolve: (found: Found) => void,
    private readonly reject: (error: unknown) => void,
  ) {
    this.due = now + owner.deadlines.ms;
  }

  start(): void {
    const { plan, levels } = this.owner;
    try {
      this.key = plan.key.render(this.from);
    } catch (error) {
      this.fail(error);
      return;
    }
    const joins = levels[0] as readonly Join[];
    this.open = 1 + joins.length;
    this.ask(OWN, this.key);
    if (joins.length > 0) this.askJoins(joins, this.from);
    if (!this.settled) this.owner.deadlines.add(this);
  }

  answered(slot: number, text: string | null, source: Source, ageMs: number): void {
    if (this.settled) return;
    if (slot === OWN) this.ownAsked = false;
    else this.joinsAsked?.delete(slot);
    if (ageMs > this.ageMs) this.ageMs = ageMs;
    try {
      if (text !== null) this.take(slot, text, source);
      else if (slot === OWN) throw new LookupError("context-unknown", `nothing is stored under ${this.key}`, this.key);
      else this.missing(slot);
    } catch (error) {
      this.fail(error);
      return;
    }
    this.closeOne();
  }

  failed(_slot: number, error: EdgeError): void {
    if (this.settled) return;
    if (!isPassing(error.code) || !this.serveStale()) this.fail(error);
  }

  expire(): void {
    if (this.serveStale()) return;
    const { ms } = this.owner.deadlines;
    this.fail(
      new EdgeError("context-deadline", `${this.owner.store.kind} did not answer for ${this.key} within ${ms} ms`),
    );
  }

  private ask(slot: number, key: string): void {
    if (slot === OWN) this.ownAsked = true;
    else (this.joinsAsked ??= new Map()).set(slot, key);
    this.owner.store.read(key, this, slot);
  }

  private askJoins(joins: readonly Join[], from: KeySource): void {
    for (let slot = 0; slot < joins.length && !this.settled; slot++) {
      const join = joins[slot] as Join;
      let key: string;
      try {
        key = join.key.render(from);
      } catch (error) {
        if (join.required) this.fail(error);
        else this.closeOne();
        continue;
      }
      this.ask(slot, key);
    }
  }

  private take(slot: number, text: string, source: Source): void {
    this.bytes += text.length;
    if (this.bytes > MAX_CONTEXT_BYTES) throw tooLarge(`${this.key} with its joins`, String(this.bytes));
    if (slot === OWN) {
      this.source = source;
      this.context = parseContext(this.key, text);
    } else {
      const { into } = this.joinAt(slot);
      (this.joined ??= []).push({ into, value: parseContext(`the join into ${into}`, text) });
    }
  }

  private missing(slot: number): void {
    const join = this.joinAt(slot);
    if (join.required)
      throw new LookupError(
        "context-unknown",
        `nothing is stored for ${join.into} (${join.key.text}), which ${this.key} needs`,
        this.key,
      );
  }

  private joinAt(slot: number): Join {
    return (this.owner.levels[this.level] as readonly Join[])[slot] as Join;
  }

  private closeOne(): void {
    this.open--;
    while (this.open === 0 && !this.settled) {
      if (this.joined !== undefined) {
        for (const { into, value } of this.joined) define(this.context as Context, into, value);
        this.joined = undefined;
      }
      this.level++;
      const joins = this.owner.levels[this.level];
      if (joins === undefined) {
        this.succeed();
        return;
      }
      this.open = joins.length + 1;
      this.askJoins(joins, { ...this.from, context: this.context });
      this.open--;
    }
  }

  /** Answers what is still open from the last known values of the same keys. @returns false when that is not wanted or known */
  private serveStale(): boolean {
    const { plan, store } = this.owner;
    if (plan.onDeadline !== "stale") return false;
    for (let rounds = 0; !this.settled && rounds <= this.owner.levels.length; rounds++) {
      const open = [...(this.joinsAsked ?? [])];
      if (this.ownAsked) open.unshift([OWN, this.key]);
      if (open.length === 0) return false;
      for (const [slot, key] of open) {
        const known = store.lastKnown(key);
        if (known === undefined || known.ageMs > plan.staleMaxMs) {
          if (slot === OWN || this.joinAt(slot).required) return false;
          this.answered(slot, null, this.source, 0);
        } else {
          this.stale = true;
          this.answered(slot, known.text, "cache", known.ageMs);
        }
      }
    }
    return this.settled;
  }

  private succeed(): void {
    this.settled = true;
    const latency = this.owner.clock.monotonic() - this.askedAt;
    this.resolve({
      context: this.context as Context,
      lookup: {
        key: this.key,
        source: this.source,
        stale: this.stale,
        age_ms: round(this.ageMs),
        latency_ms: round(latency),
      },
    });
  }

  private fail(error: unknown): void {
    if (this.settled) return;
    this.settled = true;
    if (error instanceof LookupError) this.reject(error);
    else if (error instanceof EdgeError)
      this.reject(new LookupError(error.code, error.message, this.key || undefined, error));
    else this.reject(asError(error));
  }
}

/** Sets an own property whatever its name: "__proto__" too is only a name here. */
function define(object: Context, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

/** Microseconds are as fine as a latency is worth. */
function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
