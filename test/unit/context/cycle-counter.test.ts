import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ManualClock } from "../../../lib/clock";
import { CycleCounter } from "../../../lib/context/cycle-counter";
import { EdgeError } from "../../../lib/errors";
import type { Context } from "../../../lib/messages";

setFlagsFromString("--expose_gc");
const collect = runInNewContext("gc") as () => void;

/** Bytes that are still referred to. */
function heapUsed(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

/** A store whose writes a test lets through, refuses, or does without saying so. */
class FaultyStore {
  readonly kept = new Map<string, Context>();
  fault: "none" | "refused" | "answer lost" | "silent" = "none";
  writes = 0;

  update(key: string, change: (before: Context | undefined) => Context): Promise<void> {
    this.writes++;
    if (this.fault === "silent") return new Promise(() => undefined);
    if (this.fault === "refused") return Promise.reject(new EdgeError("context-unavailable", "away"));
    try {
      this.kept.set(key, change(this.kept.get(key)));
    } catch (error) {
      return Promise.reject(error);
    }
    return this.fault === "answer lost"
      ? Promise.reject(new EdgeError("context-unavailable", "it may have been done or not"))
      : Promise.resolve();
  }
}

function counterBench(store = new FaultyStore()) {
  const clock = new ManualClock();
  const troubles: (string | undefined)[] = [];
  const options = {
    keyOf: (asset: string) => `cycles:${asset}`,
    deadlineMs: 10,
    trouble: (reason: string | undefined) => troubles.push(reason),
  };
  const counter = new CycleCounter(store, options, clock);
  return {
    clock,
    store,
    counter,
    troubles,
    stored: (asset: string) => store.kept.get(`cycles:${asset}`)?.["cycle_count"],
  };
}

/** Promises settle, and timers that they set are due. */
async function settle(clock: ManualClock, ms = 0): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
  clock.advance(ms);
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

describe("the count of runs", () => {
  it("numbers each asset's runs, and goes on after a restart", async () => {
    const { counter, store, stored } = counterBench();
    const numbers = await Promise.all(["r1", "r2", "r3"].map((run) => counter.count("motor-1", run)));
    assert.deepEqual(numbers, [1, 2, 3]);
    assert.equal(await counter.count("motor-2", "r4"), 1);
    const again = counterBench(store);
    assert.equal(await again.counter.count("motor-1", "r5"), 4);
    assert.equal(stored("motor-1"), 4);
    assert.deepEqual(Object.keys(store.kept.get("cycles:motor-1") ?? {}), ["cycle_count", "run_id", "at"]);
  });

  it("makes up for what came while the store was away, and says so once", async () => {
    const { counter, clock, store, stored, troubles } = counterBench();
    await counter.count("m", "r1");
    store.fault = "refused";
    const late = ["r2", "r3", "r4"].map((run) => counter.count("m", run));
    await settle(clock, 10);
    assert.deepEqual(await Promise.all(late), [undefined, undefined, undefined]);
    await settle(clock, 1_000);
    assert.deepEqual([stored("m"), counter.waiting], [1, 3]);
    store.fault = "none";
    await settle(clock, 1_000);
    await settle(clock, 1_000);
    assert.deepEqual([stored("m"), counter.waiting], [4, 0]);
    assert.deepEqual(troubles, ["away", undefined]);
  });

  it("counts nothing twice when the answer to a write is lost", async () => {
    const { counter, clock, store, stored } = counterBench();
    await counter.count("m", "r1");
    store.fault = "answer lost";
    const lost = [counter.count("m", "r2"), counter.count("m", "r3")];
    await settle(clock);
    const more = counter.count("m", "r4");
    await settle(clock, 1_000);
    store.fault = "none";
    await settle(clock, 1_000);
    await settle(clock, 1_000);
    assert.equal(stored("m"), 4);
    assert.deepEqual(await Promise.all([...lost, more]), [undefined, undefined, undefined]);
    assert.equal(await counter.count("m", "r5"), 5);
  });

  it("does not begin again at 1 where a count was spoilt, and goes on from one that was set", async () => {
    const { counter, clock, store, stored, troubles } = counterBench();
    store.kept.set("cycles:m", { cycle_count: "many" });
    const number = counter.count("m", "r1");
    await settle(clock, 10);
    assert.equal(await number, undefined);
    assert.match(troubles[0] ?? "", /cycle_count is "many".*put/);
    store.kept.set("cycles:m", { cycle_count: 100, note: "new bearing" });
    assert.equal(await counter.count("m", "r2"), 102);
    assert.equal(stored("m"), 102);
    assert.equal(store.kept.get("cycles:m")?.["note"], "new bearing");
    assert.equal(troubles.length, 2);
  });

  it("tries a spoilt count again with the next run only, and says so once while other assets are counted", async () => {
    const { counter, clock, store, troubles } = counterBench();
    store.kept.set("cycles:spoilt", { cycle_count: "x" });
    for (let i = 0; i < 20; i++) {
      void counter.count("spoilt", `s${i}`);
      assert.equal(await counter.count("good", `g${i}`), i + 1);
      await settle(clock, 1_000);
    }
    assert.equal(store.writes, 40, "one write a run");
    assert.equal(troubles.length, 1, troubles.join("; "));
    assert.equal(counter.waiting, 20);
  });

  it("says once that the store is away, for however many assets", async () => {
    const { counter, clock, store, troubles } = counterBench();
    const assets = ["a", "b", "c"];
    store.fault = "refused";
    for (const asset of assets) void counter.count(asset, "r1");
    await settle(clock, 1_000);
    assert.deepEqual(troubles, ["away"]);
    store.fault = "none";
    await settle(clock, 1_000);
    assert.deepEqual(troubles, ["away", undefined]);
  });

  it("keeps of the runs that wait for a store no more than their number", async () => {
    const { counter, clock, store, stored } = counterBench();
    store.fault = "refused";
    const round = async (n: number): Promise<void> => {
      for (let i = 0; i < 1_000; i++) void counter.count("m", `r${n}-${i}`);
      await settle(clock, 10);
    };
    await round(0);
    const before = heapUsed();
    for (let n = 1; n <= 20; n++) await round(n);
    const grown = heapUsed() - before;
    assert.ok(grown < 2_000_000, `20,000 runs took ${grown} bytes`);
    store.fault = "none";
    for (let i = 0; i < 3; i++) await settle(clock, 1_000);
    assert.equal(stored("m"), 21_000);
  });

  it("ends with what is under way, and says what was lost", async () => {
    const { counter, clock, store } = counterBench();
    store.fault = "silent";
    void counter.count("m", "r1");
    void counter.count("m", "r2");
    const closed = counter.close();
    await settle(clock, 2_000);
    assert.equal(await closed, 2);
    assert.equal(await counter.count("m", "r3"), undefined);
  });
});
