import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../../lib/clock";
import { EdgeError } from "../../../lib/errors";
import { openDatabase, type Database } from "../../../lib/storage/database";
import { FolderStore } from "../../../lib/storage/folder-store";
import { Foreman, type News } from "../../../lib/training/foreman";
import { Later } from "../../../lib/training/later";
import { SqlLedger, type Ledger } from "../../../lib/training/ledger";
import type { TrainingRun } from "../../../lib/training/run";
import { scratch } from "../../support/cache";
import { until } from "../../support/process";
import { World } from "./world";

describe("a foreman", () => {
  let dir: string;
  let database: Database;
  let world: World;
  let foremen: Foreman[];

  beforeEach(async () => {
    dir = scratch("foreman");
    database = await openDatabase({ file: join(dir, "context-edge.db") });
    world = new World();
    foremen = [];
  });
  afterEach(async () => {
    await Promise.all(foremen.map((foreman) => foreman.close()));
    await database.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const ledger = (): SqlLedger => new SqlLedger(() => Promise.resolve(database));
  function hire(more: { ledger?: Ledger; deadlineMs?: number; device?: string; dies?: boolean } = {}): Foreman {
    const store = new FolderStore(join(dir, "bucket"), systemClock);
    const foreman = new Foreman({
      model: "pumps",
      device: more.device ?? "edge-1",
      ledger: more.ledger ?? ledger(),
      store,
      workplace: world.place(),
      clock: systemClock,
      random: () => 0,
      deadlineMs: more.deadlineMs ?? 60_000,
    });
    // One that dies never ends what it has begun.
    if (!more.dies) foremen.push(foreman);
    return foreman;
  }
  const latest = async (): Promise<TrainingRun | undefined> => (await ledger().latest("pumps", 1))[0];
  const phase = (wanted: string): Promise<void> => until(wanted, async () => (await latest())?.phase === wanted, 5_000);
  const month = { cause: "month-2026-11", by: "schedule", config: "" };

  it("makes a candidate out of a cause, and tells what happens on the way", async () => {
    const foreman = hire();
    const told: News[] = [];
    foreman.follow((_run, news) => told.push(news));
    await foreman.start(month);
    await until("it runs", () => world.running.length === 1);
    world.say("train", 3);
    world.end();
    await phase("done");
    assert.deepEqual(
      told.filter((news) => news !== "watching"),
      ["requested", "dispatching", "dispatched", "progress", "done"],
    );
    assert.equal((await latest())?.candidate?.version, "1.0.0");
  });

  it("starts one run per cause: the second time it says what became of the first", async () => {
    const foreman = hire();
    const { run } = await foreman.start(month);
    const again = await foreman.start(month);
    assert.deepEqual([again.fresh, again.run.id], [false, run.id]);
    await until("it runs", () => world.running.length === 1);
    world.end();
    await phase("done");
    assert.equal((await foreman.start(month)).run.phase, "done");
    assert.equal(world.starts, 1);
  });

  it("leaves a trigger to the starter that has created it first", async () => {
    const first = hire();
    await first.start(month);
    await until("it runs", () => world.running.length === 1);
    const other = await openDatabase({ file: join(dir, "other.db") });
    const second = hire({ ledger: new SqlLedger(() => Promise.resolve(other)), device: "edge-2" });
    const told: TrainingRun[] = [];
    second.follow((run) => told.push(run));
    await second.start(month);
    await until("it is told", () => told.at(-1)?.phase === "already");
    assert.match(told.at(-1)?.failure?.text ?? "", /^edge-1, schedule, at 20/);
    assert.equal(world.starts, 1);
    await second.close();
    await other.close();
  });

  it("does one thing after the other: a cause waits, a start by hand is refused with what goes on", async () => {
    const foreman = hire();
    await foreman.start(month);
    await foreman.start({ ...month, cause: "fpr-ab12cd34-1" });
    await assert.rejects(foreman.start({ by: "kim", config: "" }), /pumps is being trained since .*month-2026-11/);
    await until("one runs", () => world.running.length === 1);
    world.end();
    await until("the next runs", () => world.running.length === 1 && world.starts === 2);
    world.end();
    await until("none is left", async () => (await ledger().open("pumps")).length === 0);
  });

  it("stops what it is told to stop, and has nothing to stop after that", async () => {
    const foreman = hire();
    await foreman.start(month);
    await until("it runs", () => world.running.length === 1);
    await foreman.stop("kim");
    await phase("stopped");
    assert.equal((await latest())?.stopping, "kim");
    await assert.rejects(foreman.stop("kim"), { code: "training-idle" });
  });

  it("asks again for a stop that did not get through", async () => {
    world.deaf = 1;
    const foreman = hire();
    await foreman.start(month);
    await until("it runs", () => world.running.length === 1);
    await foreman.stop("kim");
    await phase("stopped");
  });

  it("starts a run again that ended without a word, three times in all", async () => {
    const foreman = hire();
    await foreman.start(month);
    for (const n of [1, 2, 3]) {
      await until(`start ${n}`, () => world.starts === n && world.running.length === 1);
      world.die();
    }
    await phase("failed");
    assert.deepEqual((await latest())?.failure, {
      code: "training-died",
      text: "it ended without a word 3 times: signal SIGKILL",
    });
  });

  it("gives up at the deadline, and stops what hangs", async () => {
    const foreman = hire({ deadlineMs: 150 });
    await foreman.start(month);
    await phase("failed");
    assert.match(
      (await latest())?.failure?.text ?? "",
      /not finished .* h after its start, the deadline; it was stopped/,
    );
    assert.equal(world.running.length, 0);
  });

  it("waits while a server asks to be left alone, and fails at what a person must mend", async () => {
    world.refusals = [
      new Later(new EdgeError("training-busy-server", "busy"), 20),
      new EdgeError("x-wrong", "no such"),
    ];
    const foreman = hire();
    await foreman.start(month);
    await phase("failed");
    // The first was no answer: it was looked for, and asked again.
    assert.equal((await latest())?.failure?.text, "no such");
    assert.equal(world.starts, 0);
  });

  it("finds its run again after it was closed in the middle", async () => {
    const first = hire();
    await first.start(month);
    await until("it runs", () => world.running.length === 1);
    await first.close();
    const second = hire();
    second.begin();
    world.say("train", 7);
    await until("it is heard", () => second.current?.progress?.epoch === 7);
    world.end();
    await phase("done");
    assert.equal(world.starts, 1);
  });

  // The promise of the module, at every point where a process can die: before and after each write, and around the start.
  for (let death = 1; death <= 8; death++) {
    for (const lost of [false, true]) {
      it(`starts one run when the process dies at step ${death}${lost ? " and the start's answer is lost" : ""}`, async () => {
        const mortal = world.mortal(death, lost);
        const first = hire({ ledger: mortal.ledger(ledger()), dies: true });
        void first.start(month).catch(() => undefined);
        await until("it is dead, or it runs", () => mortal.dead || world.running.length === 1, 5_000);
        mortal.kill();
        const second = hire();
        second.begin();
        if (!(await latest())) await second.start(month);
        await until("it runs", () => world.running.length === 1, 5_000);
        world.end();
        await phase("done");
        assert.equal(world.starts, 1);
      });
    }
  }
});
