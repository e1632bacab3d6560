import { ManualClock } from "../../../lib/clock";
import { Deadlines } from "../../../lib/context/deadlines";
import { KeyTemplate } from "../../../lib/context/key-template";
import { ContextLookup, type Join, type LookupPlan } from "../../../lib/context/lookup";
import type { ContextStore, Known, Sink, StoreState } from "../../../lib/context/store";
import { EdgeError } from "../../../lib/errors";

/** A store whose answers a test gives by hand: what a Redis does, at the moment the test chooses. */
export class HandStore implements ContextStore {
  readonly kind = "redis";
  readonly place = "by hand";
  readonly state: StoreState = { phase: "ready", text: "by hand" };
  opening: Promise<void> | undefined;
  readonly asked: { key: string; sink: Sink; slot: number }[] = [];
  readonly known = new Map<string, Known>();

  read(key: string, sink: Sink, slot: number): void {
    this.asked.push({ key, sink, slot });
  }

  /** Answers the oldest read of a key; `value` as stored, a text as it is. */
  answer(key: string, value: unknown): void {
    const text = value === null || typeof value === "string" ? value : JSON.stringify(value);
    const { sink, slot } = this.take(key);
    sink.answered(slot, text, "redis", 0);
  }

  fail(key: string, code: string): void {
    const { sink, slot } = this.take(key);
    sink.failed(slot, new EdgeError(code, "by hand"));
  }

  get keys(): string[] {
    return this.asked.map(({ key }) => key);
  }

  lastKnown(key: string): Known | undefined {
    return this.known.get(key);
  }

  replace(): Promise<void> {
    return Promise.resolve();
  }

  update(): Promise<void> {
    return Promise.resolve();
  }

  remove(): Promise<number> {
    return Promise.resolve(0);
  }

  use(): void {
    this.asked.length = 0;
  }

  release(): Promise<void> {
    return Promise.resolve();
  }

  watch(listener: (state: StoreState) => void): () => void {
    listener(this.state);
    return () => undefined;
  }

  private take(key: string): { sink: Sink; slot: number } {
    const at = this.asked.findIndex((read) => read.key === key);
    if (at < 0) throw new Error(`${key} was not asked for, but ${this.keys.join(", ")}`);
    return this.asked.splice(at, 1)[0];
  }
}

export const join = (key: string, into: string, required = false): Join => ({
  key: new KeyTemplate(key),
  into,
  required,
});

export function lookupBench(plan: Partial<Omit<LookupPlan, "key">> & { key?: string } = {}) {
  const clock = new ManualClock();
  const store = new HandStore();
  const deadlines = new Deadlines(10, clock, (task) => task());
  const { key = "context:{code}", ...rest } = plan;
  const lookup = new ContextLookup(
    store,
    { key: new KeyTemplate(key), joins: [], onDeadline: "fail", staleMaxMs: 60_000, ...rest },
    deadlines,
    clock,
  );
  const find = (code: string) =>
    lookup.find({
      scan: { code, raw: code, symbology: undefined, gs1: undefined },
      reader: "reader-1",
      asset: "motor-1",
      context: undefined,
    });
  return { clock, store, lookup, find };
}

export const withCode = (wanted: string) => (error: unknown) => error instanceof EdgeError && error.code === wanted;
