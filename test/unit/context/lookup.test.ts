import assert from "node:assert/strict";
import { Opening, OPENING_MS } from "../../../lib/context/opening";
import { join, lookupBench, withCode } from "./support";

describe("a lookup", () => {
  it("answers the stored object, and where it came from", async () => {
    const { clock, store, find } = lookupBench();
    const found = find("A100");
    clock.advance(0.25);
    store.answer("context:A100", { product: "A", normal: { temperature: 75 } });
    assert.deepEqual(await found, {
      context: { product: "A", normal: { temperature: 75 } },
      lookup: { key: "context:A100", source: "redis", stale: false, age_ms: 0, latency_ms: 0.25 },
    });
  });

  it("of a code that nobody stored is unknown, and names the key", async () => {
    const { store, find } = lookupBench();
    const found = find("A100");
    store.answer("context:A100", null);
    await assert.rejects(
      found,
      (error: Error) => withCode("context-unknown")(error) && error.message.includes("context:A100"),
    );
  });

  for (const [what, text] of [
    ["no JSON", "{product:"],
    ["a list", "[1]"],
    ["a number", "7"],
    ["null", "null"],
    ["nested too deep for those who copy it", `{"a":${"[".repeat(64)}${"]".repeat(64)}}`],
    ["over 64 kB", JSON.stringify({ text: "x".repeat(70_000) })],
  ] as const) {
    it(`of what is ${what} is invalid`, async () => {
      const { store, find } = lookupBench();
      const found = find("A100");
      store.answer("context:A100", text);
      await assert.rejects(found, withCode("context-invalid"));
    });
  }

  it("that the code cannot make a key for asks nothing", async () => {
    const { store, find } = lookupBench({ key: "context:{gs1.batch}" });
    await assert.rejects(find("A100"), withCode("key-incomplete"));
    assert.deepEqual(store.keys, []);
  });

  it("passes on why the store cannot be read", async () => {
    const { store, find } = lookupBench();
    const found = find("A100");
    store.fail("context:A100", "context-unavailable");
    await assert.rejects(found, withCode("context-unavailable"));
  });
});

describe("the deadline of a lookup", () => {
  it("begins when the store can be asked, where it is only just being connected to", async () => {
    const { clock, store, find } = lookupBench();
    const first = new Opening(clock);
    store.opening = first.pending;
    const found = find("A");
    clock.advance(600);
    assert.deepEqual(store.keys, []);
    store.opening = undefined;
    first.end();
    await first.ended;
    clock.advance(9);
    store.answer("context:A", { v: 1 });
    assert.equal((await found).lookup.latency_ms, 609);
  });

  it("begins after a second at most", async () => {
    const { clock, store, find } = lookupBench();
    const first = new Opening(clock);
    store.opening = first.pending;
    const found = find("A");
    clock.advance(OPENING_MS);
    assert.equal(first.pending, undefined);
    await first.ended;
    clock.advance(10);
    await assert.rejects(found, withCode("context-deadline"));
  });

  it("holds for each on its own", async () => {
    const { clock, store, find } = lookupBench();
    const outcomes: string[] = [];
    const note = (name: string, found: Promise<unknown>) =>
      found.then(
        () => outcomes.push(`${name} found`),
        (error: { code: string }) => outcomes.push(`${name} ${error.code}`),
      );
    const first = note("first", find("A"));
    clock.advance(6);
    const second = note("second", find("B"));
    clock.advance(4);
    await first;
    assert.deepEqual(outcomes, ["first context-deadline"]);
    store.answer("context:B", {});
    await second;
    assert.deepEqual(outcomes, ["first context-deadline", "second found"]);
  });

  it("is not answered twice when the answer comes after it", async () => {
    const { clock, store, find } = lookupBench();
    const found = find("A");
    clock.advance(10);
    await assert.rejects(found, withCode("context-deadline"));
    store.answer("context:A", { late: true });
  });

  it("covers all rounds of a lookup together", async () => {
    const { clock, store, find } = lookupBench({ joins: [join("asset:{context.asset_id}", "asset")] });
    const found = find("A");
    clock.advance(6);
    store.answer("context:A", { asset_id: "motor-1" });
    clock.advance(4);
    await assert.rejects(found, withCode("context-deadline"));
  });
});

describe("the last known value", () => {
  const stale = { onDeadline: "stale" as const };

  it("of the same key is served after the deadline, marked stale with its age", async () => {
    const { clock, store, find } = lookupBench(stale);
    store.known.set("context:A", { text: '{"product":"A"}', ageMs: 5_000 });
    const found = find("A");
    clock.advance(10);
    assert.deepEqual(await found, {
      context: { product: "A" },
      lookup: { key: "context:A", source: "cache", stale: true, age_ms: 5_000, latency_ms: 10 },
    });
  });

  it("is served at once when the store is away", async () => {
    const { store, find } = lookupBench(stale);
    store.known.set("context:A", { text: "{}", ageMs: 1 });
    const found = find("A");
    store.fail("context:A", "context-unavailable");
    assert.equal((await found).lookup.stale, true);
  });

  it("of another key is never served", async () => {
    const { clock, store, find } = lookupBench(stale);
    store.known.set("context:A", { text: "{}", ageMs: 1 });
    const found = find("B");
    clock.advance(10);
    await assert.rejects(found, withCode("context-deadline"));
  });

  it("is not served when it is too old, nor for what was found invalid", async () => {
    const { clock, store, find } = lookupBench(stale);
    store.known.set("context:A", { text: "{}", ageMs: 60_001 });
    const tooOld = find("A");
    clock.advance(10);
    await assert.rejects(tooOld, withCode("context-deadline"));
    store.known.set("context:B", { text: "{}", ageMs: 1 });
    const invalid = find("B");
    store.answer("context:B", "[]");
    await assert.rejects(invalid, withCode("context-invalid"));
  });

  it("is put together from all keys of the lookup, each the last known of its own", async () => {
    const { clock, store, find } = lookupBench({
      ...stale,
      joins: [join("asset:{context.asset_id}", "asset", true), join("x:{code}", "extra")],
    });
    store.known.set("context:A", { text: '{"asset_id":"m1"}', ageMs: 10 });
    store.known.set("asset:m1", { text: '{"cell":3}', ageMs: 20 });
    const found = find("A");
    clock.advance(10);
    assert.deepEqual((await found).context, { asset_id: "m1", asset: { cell: 3 } });
  });
});

describe("joins", () => {
  const plan = {
    joins: [
      join("asset:{context.asset_id}", "asset"),
      join("line:{reader}", "line"),
      join("cell:{context.asset.cell}", "cell"),
    ],
  };

  it("are asked for one round trip per level: with the scan, with the context, with another join", async () => {
    const { store, find } = lookupBench(plan);
    const found = find("A");
    assert.deepEqual(store.keys, ["context:A", "line:reader-1"]);
    store.answer("line:reader-1", { name: "one" });
    store.answer("context:A", { product: "A", asset_id: "m1" });
    assert.deepEqual(store.keys, ["asset:m1"]);
    store.answer("asset:m1", { cell: 3 });
    assert.deepEqual(store.keys, ["cell:3"]);
    store.answer("cell:3", { hall: "north" });
    assert.deepEqual((await found).context, {
      product: "A",
      asset_id: "m1",
      line: { name: "one" },
      asset: { cell: 3 },
      cell: { hall: "north" },
    });
  });

  it("that are missing are left out, and so are those that hang on them", async () => {
    const { store, find } = lookupBench(plan);
    const found = find("A");
    store.answer("context:A", { asset_id: "m1" });
    store.answer("line:reader-1", null);
    store.answer("asset:m1", null);
    assert.deepEqual((await found).context, { asset_id: "m1" });
  });

  it("that are required and missing leave the scan without context", async () => {
    const { store, find } = lookupBench({ joins: [join("asset:{context.asset_id}", "asset", true)] });
    const missing = find("A");
    store.answer("context:A", { asset_id: "m1" });
    store.answer("asset:m1", null);
    await assert.rejects(missing, withCode("context-unknown"));
    const incomplete = find("B");
    store.answer("context:B", {});
    await assert.rejects(incomplete, withCode("key-incomplete"));
  });

  it("count into the 64 kB that a context may have", async () => {
    const { store, find } = lookupBench({ joins: [join("asset:{context.asset_id}", "asset")] });
    const found = find("A");
    store.answer("context:A", { asset_id: "m1", text: "x".repeat(40_000) });
    store.answer("asset:m1", { text: "x".repeat(40_000) });
    await assert.rejects(found, withCode("context-invalid"));
  });

  it("cannot reach another namespace from a context", async () => {
    const { store, find } = lookupBench({ joins: [join("asset:{context.asset_id}", "asset")] });
    void find("A").catch(() => undefined);
    store.answer("context:A", { asset_id: "x:secret" });
    assert.deepEqual(store.keys, ["asset:x%3Asecret"]);
  });
});
