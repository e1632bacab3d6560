import assert from "node:assert/strict";
import { ManualClock } from "../../../lib/clock";
import { ContextCache } from "../../../lib/context/cache";
import type { Sink, Source } from "../../../lib/context/store";
import { EdgeError } from "../../../lib/errors";

class Answers implements Sink {
  readonly texts: (string | null)[] = [];
  readonly sources: Source[] = [];
  readonly errors: string[] = [];

  answered(_slot: number, text: string | null, source: Source): void {
    this.texts.push(text);
    this.sources.push(source);
  }

  failed(_slot: number, error: EdgeError): void {
    this.errors.push(error.code);
  }
}

function bench(trusted = true) {
  const clock = new ManualClock();
  const cache = new ContextCache({ maxEntries: 3, maxAgeMs: 1_000 }, clock);
  if (trusted) cache.trust(clock.monotonic());
  const got = new Answers();
  /** A read that goes to Redis: true when it had to. */
  const asks = (key: string) => !cache.serve(key, got, 0);
  const fill = (key: string, text: string | null) => cache.begin(key, got, 0).answered(0, text, "redis", 0);
  return { clock, cache, got, asks, fill };
}

describe("the cache", () => {
  it("answers what was read, until Redis says that it changed", () => {
    const { cache, got, asks, fill } = bench();
    assert.ok(asks("a"));
    fill("a", "1");
    assert.ok(!asks("a"));
    assert.deepEqual(got.sources, ["redis", "cache"]);
    cache.invalidate("a");
    assert.ok(asks("a"));
  });

  it("knows what is absent, too, until it is put", () => {
    const { cache, got, asks, fill } = bench();
    fill("a", null);
    assert.ok(!asks("a"));
    assert.deepEqual(got.texts, [null, null]);
    cache.invalidate("a");
    assert.ok(asks("a"));
  });

  it("does not keep a reply that the invalidation has overtaken", () => {
    const { cache, got, asks } = bench();
    const fill = cache.begin("a", got, 0);
    cache.invalidate("a");
    fill.answered(0, "old", "redis", 0);
    assert.deepEqual(got.texts, ["old"], "who asked before the change is answered");
    assert.ok(asks("a"), "nobody after it");
  });

  it("lets nobody join a read that began before the change", () => {
    const { cache, got, asks } = bench();
    const before = cache.begin("a", got, 0);
    assert.ok(!asks("a"), "joined");
    cache.invalidate("a");
    assert.ok(asks("a"), "not joined");
    const after = cache.begin("a", got, 0);
    after.answered(0, "new", "redis", 0);
    before.answered(0, "old", "redis", 0);
    assert.ok(!asks("a"));
    assert.equal(got.texts.at(-1), "new", "the reply that came last is the older one");
  });

  it("answers all who joined, also with a failure", () => {
    const { cache, got, asks } = bench();
    const fill = cache.begin("a", got, 0);
    asks("a");
    asks("a");
    fill.failed(0, new EdgeError("context-unavailable", "gone"));
    assert.equal(got.errors.length, 3);
    assert.ok(asks("a"), "a failure is not kept");
  });

  it("forgets everything when changes may be missed, and keeps nothing until they are told again", () => {
    const { cache, got, asks, fill } = bench();
    fill("a", "1");
    const underWay = cache.begin("b", got, 0);
    cache.distrust();
    assert.ok(asks("a"));
    fill("a", "2");
    assert.ok(asks("a"));
    cache.trust(0);
    underWay.answered(0, "old", "redis", 0);
    assert.ok(asks("b"), "begun before the trust");
  });

  it("forgets everything when the database is flushed", () => {
    const { cache, asks, fill } = bench();
    fill("a", "1");
    cache.clear();
    assert.ok(asks("a"));
  });

  it("asks again after the maximum age, whatever was told", () => {
    const { clock, asks, fill } = bench();
    fill("a", "1");
    clock.advance(1_000);
    assert.ok(!asks("a"));
    clock.advance(1);
    assert.ok(asks("a"));
  });

  it("counts the age of a value from when it was asked for: later it may not have been true", () => {
    const { clock, cache, got, asks } = bench();
    const slow = cache.begin("a", got, 0);
    clock.advance(900);
    assert.ok(!asks("a"), "joined");
    slow.answered(0, "1", "redis", 0);
    clock.advance(100);
    assert.ok(!asks("a"));
    clock.advance(1);
    assert.ok(asks("a"));
  });

  it("lets nobody join a read that is older than a value may be, and keeps the later one's answer", () => {
    const { clock, cache, got, asks } = bench();
    const old = cache.begin("a", got, 0);
    clock.advance(1_001);
    assert.ok(asks("a"));
    const later = cache.begin("a", got, 0);
    later.answered(0, "new", "redis", 0);
    cache.invalidate("a");
    old.answered(0, "old", "redis", 0);
    assert.ok(asks("a"), "the older one was not told of the change, and is not kept");
  });

  it("serves nothing without a proof from the last three seconds that changes are told", () => {
    const { clock, cache, asks, fill } = bench();
    clock.advance(2_500);
    fill("a", "1");
    clock.advance(500);
    assert.ok(!asks("a"));
    clock.advance(1);
    assert.ok(asks("a"), "no proof");
    cache.told(2_900);
    assert.ok(!asks("a"), "late, and proven after all");
    cache.told(10);
    assert.ok(!asks("a"), "proofs do not go back");
  });

  it("is bounded: the oldest goes first", () => {
    const { asks, fill } = bench();
    for (const key of ["a", "b", "c", "d"]) fill(key, key);
    assert.ok(asks("a"));
    assert.ok(!asks("b"));
  });

  it("keeps last known values past their truth where they are wanted, and never as the truth", () => {
    const { clock, cache, asks, fill } = bench();
    cache.keepsLastKnown = true;
    fill("a", "1");
    cache.invalidate("a");
    clock.advance(5);
    assert.ok(asks("a"));
    assert.deepEqual(cache.lastKnown("a"), { text: "1", ageMs: 5 });
    fill("a", null);
    cache.invalidate("a");
    assert.equal(cache.lastKnown("a"), undefined, "deleted meanwhile");
  });

  it("that is off keeps last known values only", () => {
    const { cache, asks, fill } = bench(false);
    fill("a", "1");
    assert.equal(cache.lastKnown("a"), undefined);
    cache.keepsLastKnown = true;
    fill("a", "1");
    assert.ok(asks("a"));
    assert.equal(cache.lastKnown("a")?.text, "1");
  });
});
