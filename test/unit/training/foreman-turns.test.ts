import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { systemClock, type Clock } from "../../../lib/clock";
import { EdgeError } from "../../../lib/errors";
import { openDatabase, type Database } from "../../../lib/storage/database";
import { FolderStore } from "../../../lib/storage/folder-store";
import type { ObjectStore } from "../../../lib/storage/object-store";
import type { RaceVerdict } from "../../../lib/storage/store-race";
import { Foreman, type News } from "../../../lib/training/foreman";
import { Later } from "../../../lib/training/later";
import { SqlLedger, type Ledger } from "../../../lib/training/ledger";
import type { Phase, TrainingRun } from "../../../lib/training/run";
import type { Workplace } from "../../../lib/training/workplace";
import { scratch } from "../../support/cache";
import { until } from "../../support/process";
import { World } from "./world";

describe("a foreman whose disk, store or place gives trouble", () => {
  let dir: string;
  let database: Database;
  let world: World;
  let ledger: SqlLedger;
  let foreman: Foreman | undefined;

  beforeEach(async () => {
    dir = scratch("foreman-turns");
    database = await openDatabase({ file: join(dir, "context-edge.db") });
    ledger = new SqlLedger(() => Promise.resolve(database));
    world = new World();
  });
  afterEach(async () => {
    await foreman?.close();
    await database.close();
    rmSync(dir, { recursive: true, force: true });
  });

  interface Means {
    readonly clock?: Clock;
    readonly ledger?: Ledger;
    readonly store?: ObjectStore;
    readonly workplace?: Workplace;
  }
  function hire(means: Means = {}): Foreman {
    foreman = new Foreman({
      model: "pumps",
      device: "edge-1",
      ledger,
      store: new FolderStore(join(dir, "bucket"), systemClock),
      workplace: world.place(),
      clock: systemClock,
      random: () => 0,
      deadlineMs: 60_000,
      ...means,
    });
    return foreman;
  }
  const latest = async (): Promise<TrainingRun | undefined> => (await ledger.latest("pumps", 1))[0];
  const phase = (wanted: Phase): Promise<void> => until(wanted, async () => (await latest())?.phase === wanted, 5_000);
  const month = { cause: "month-2026-11", by: "schedule", config: "" };

  /** Holds the answer of the write of one phase back until it is let go. */
  function slowAt(held: Phase): { ledger: Ledger; written: Promise<unknown>; letGo: () => void } {
    const events = new EventEmitter();
    const [gate, written] = [once(events, "go"), once(events, "written")];
    const save = async (run: TrainingRun): Promise<void> => {
      await ledger.save(run);
      if (run.phase !== held) return;
      events.emit("written");
      await gate;
    };
    const slow: Ledger = Object.assign(Object.create(ledger) as Ledger, { save });
    return { ledger: slow, written, letGo: () => events.emit("go") };
  }

  it("loses no stop that is asked for while a start is written down", async () => {
    const slow = slowAt("dispatching");
    const here = hire({ ledger: slow.ledger });
    await here.start(month);
    await slow.written;
    const stopped = here.stop("kim");
    slow.letGo();
    await stopped;
    await phase("stopped");
    assert.deepEqual([(await latest())?.stopping, world.running.length], ["kim", 0]);
  });

  it("hands a candidate over once when a stop is asked for while the end is written down", async () => {
    const slow = slowAt("done");
    const here = hire({ ledger: slow.ledger });
    const told: News[] = [];
    here.follow((_run, news) => told.push(news));
    await here.start(month);
    await until("it runs", () => world.running.length === 1);
    world.end();
    await slow.written;
    const stopped = here.stop("kim");
    slow.letGo();
    await assert.rejects(stopped, { code: "training-idle" });
    assert.equal((await latest())?.phase, "done");
    assert.equal(told.filter((news) => news === "done").length, 1);
  });

  it("asks once for a start that is answered without a name, however long nothing is found", async () => {
    let starts = 0;
    const start = async (): Promise<undefined> => void starts++;
    const here = hire({ workplace: { ...world.place(), settleMs: 20, start } });
    await here.start(month);
    await phase("failed");
    const { failure } = (await latest()) as TrainingRun;
    assert.deepEqual([starts, failure?.code], [1, "training-unfound"]);
    assert.match(failure?.text ?? "", /the workflow's run-name lacks trigger_id/);
  });

  it("starts nothing on a store that lets two racing writers win", async () => {
    const store = new FolderStore(join(dir, "bucket"), systemClock);
    const unsafe: RaceVerdict = { holds: false, detail: "2 of 12 won" };
    await hire({ store: Object.assign(store, { conditionalWrites: () => Promise.resolve(unsafe) }) }).start(month);
    await phase("failed");
    assert.deepEqual([world.starts, (await latest())?.failure?.code], [0, "objects-unsafe"]);
  });

  it("starts a cause again that failed before anything was dispatched, under the same id", async () => {
    const store = new FolderStore(join(dir, "bucket"), systemClock);
    let verdict: RaceVerdict = { holds: false, detail: "2 of 12 won" };
    const here = hire({ store: Object.assign(store, { conditionalWrites: () => Promise.resolve(verdict) }) });
    const { run } = await here.start(month);
    await phase("failed");
    verdict = { holds: true, detail: "" };
    const again = await here.start({ ...month, by: "kim" });
    assert.deepEqual([again.fresh, again.run.id], [true, run.id]);
    await until("it runs", () => world.running.length === 1);
    world.end();
    await phase("done");
    assert.equal((await here.start(month)).fresh, false);
  });

  it("waits for a store that is busy while it is tried out", async () => {
    const store = new FolderStore(join(dir, "bucket"), systemClock);
    const { conditionalWrites } = store;
    let asked = 0;
    const first = (): Promise<RaceVerdict> =>
      asked++ === 0 ? Promise.reject(new EdgeError("objects-busy", "503")) : conditionalWrites();
    await hire({ store: Object.assign(store, { conditionalWrites: first }) }).start(month);
    await until("it runs", () => world.running.length === 1);
  });

  /** What a look at the run throws at first. */
  const watchThrows = (thrown: Error): Workplace => {
    const place = world.place();
    let looks = 0;
    return { ...place, watch: (...args) => (looks++ === 0 ? Promise.reject(thrown) : place.watch(...args)) };
  };

  for (const [error, code] of [
    [Object.assign(new Error("EMFILE: too many open files"), { code: "EMFILE" }), "training-folder"],
    [Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC" }), "disk-full"],
    [new EdgeError("github-denied", "Bad credentials"), "github-denied"],
  ] as const) {
    it(`waits at ${code} in the middle (${error.message}), while the training goes on`, async () => {
      const here = hire({ workplace: watchThrows(error) });
      await here.start(month);
      await until("it waits", () => here.trouble?.code === code);
      world.end();
      await phase("done");
      assert.equal(world.starts, 1);
    });
  }

  it("starts when the disk has room again", async () => {
    world.refusals = [Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC" })];
    const here = hire();
    await here.start(month);
    await until("it waits", () => here.trouble?.code === "disk-full");
    await until("it runs", () => world.running.length === 1);
  });

  for (const elsewhere of [
    { place: "github" },
    { site: "plant/other at https://api.github.com, mlops.yml" },
  ] as const) {
    it(`starts nothing a second time where ${JSON.stringify(elsewhere)} is set in the middle`, async () => {
      const first = hire();
      await first.start(month);
      await until("it is watched", async () => (await latest())?.handle !== undefined);
      await first.close();
      hire({ workplace: { ...world.place(), ...elsewhere } }).begin();
      await phase("failed");
      assert.deepEqual([world.starts, (await latest())?.failure?.code], [1, "training-moved"]);
    });
  }

  it("leaves no work running behind a run that has failed, and says so", async () => {
    await hire({ workplace: watchThrows(new EdgeError("training-files", "another model's")) }).start(month);
    await phase("failed");
    assert.deepEqual([world.running.length, (await latest())?.failure?.text], [0, "another model's; it was stopped"]);
  });

  it("asks ten times at most for a start whose answer is lost", async () => {
    let starts = 0;
    const start = (): Promise<never> => {
      starts++;
      return Promise.reject(new Later(new EdgeError("github-unreachable", "reset")));
    };
    // The pauses between are of the clock's own making here.
    const clock: Clock = { ...systemClock, after: (_ms, task) => systemClock.after(1, task) };
    const here = hire({ clock, workplace: { ...world.place(), settleMs: 1, start } });
    await here.start(month);
    await phase("failed");
    assert.deepEqual([starts, (await latest())?.failure?.code], [10, "training-unfound"]);
  });
});
