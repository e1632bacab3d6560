import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../../lib/clock";
import { sha256 } from "../../../lib/storage/hash";
import { LocalPlace } from "../../../lib/training/local-place";
import type { Progress } from "../../../lib/training/progress";
import { after, requested, type TrainingRun } from "../../../lib/training/run";
import { processesWith } from "../../../lib/training/trainer-process";
import type { Outcome } from "../../../lib/training/workplace";
import { scratch } from "../../support/cache";
import { until } from "../../support/process";

const STANDIN = join(__dirname, "..", "..", "peers", "trainer_standin");
const AT = "2026-11-24T00:00:00.000Z";

const run = (model: string): TrainingRun => {
  const order = { model, cause: "c", by: "test", place: "local" as const, config: `[model]\nname = "${model}"\n` };
  return after(requested(order, `id-${model}`, AT), { kind: "dispatching" }, AT);
};
const watch = (at: LocalPlace, of: TrainingRun, tell: (progress: Progress) => void = () => undefined) =>
  at.watch(of, tell, new AbortController().signal);
const failureOf = (outcome: Outcome | undefined): unknown => outcome?.kind === "failed" && outcome.failure;

describe("training as a process of this machine", () => {
  let folder: string;
  beforeEach(() => (folder = scratch("local-place")));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const place = (python = "python3"): LocalPlace =>
    new LocalPlace({
      folder,
      command: () => Promise.resolve({ python, cwd: STANDIN }),
      storeUrl: join(folder, "bucket"),
      flags: { reading: ["--limit", "1000"], comparing: ["--current", "stable"], releasing: ["--publish"] },
      publishes: true,
      clock: systemClock,
      graceMs: 300,
    });
  it("hears stages and epochs, and hands over what was made", async () => {
    const here = place();
    await here.start(run("good"));
    const told: Progress[] = [];
    const outcome = await watch(here, run("good"), (progress) => told.push(progress));
    assert.deepEqual(told, [
      { stage: "snapshot", text: "read 10 records" },
      { stage: "train", variant: "with_context", epoch: 1, epochs: 2, loss: 0.5, macro_f1: 0.7 },
      { stage: "train", variant: "with_context", epoch: 2, epochs: 2, loss: 0.4, macro_f1: 0.8 },
    ]);
    assert.ok(outcome?.kind === "done");
    const { candidate } = outcome;
    assert.equal(candidate.release_sha256, sha256("{}"));
    assert.deepEqual([candidate.version, candidate.key], ["1.0.0", "releases/good/1.0.0.json"]);
    assert.equal(candidate.gates[0]?.result, "pass");
    assert.equal(readFileSync(join(folder, "id-good", "config.toml"), "utf8"), '[model]\nname = "good"\n');
  });

  it("says which gates kept a release from being made, and keeps the report", async () => {
    const here = place();
    await here.start(run("gates"));
    const outcome = await watch(here, run("gates"));
    const text = "not released: accuracy: fail, recall:bearing_wear: not enough rows";
    assert.deepEqual(failureOf(outcome), { code: "training-gates", text });
    assert.ok(outcome?.kind === "failed");
    assert.deepEqual([outcome.candidate?.release_sha256, outcome.candidate?.gates.length], [null, 3]);
  });

  it("passes on what a person must mend, in the trainer's words", async () => {
    const here = place();
    await here.start(run("mend"));
    assert.deepEqual(failureOf(await watch(here, run("mend"))), {
      code: "training-failed",
      text: "the test fold is empty",
    });
  });

  it("finds a process again that an earlier one has started, and stops it with what it wants to say", async () => {
    await place().start(run("hang"));
    const later = place();
    assert.ok(await later.find(run("hang")));
    assert.equal(await later.find(run("good")), undefined);
    const outcome = watch(later, run("hang"));
    await until("it works", () => readFileSync(join(folder, "id-hang", "progress.ndjson"), "utf8").includes("epoch"));
    await later.stop(run("hang"));
    assert.deepEqual(await outcome, { kind: "stopped" });
  });

  it("kills one that hears no signal", async () => {
    const here = place();
    await here.start(run("deaf"));
    await until("it works", () => readFileSync(join(folder, "id-deaf", "progress.ndjson"), "utf8").includes("epoch"));
    await here.stop(run("deaf"));
    assert.deepEqual(await processesWith(join(folder, "id-deaf", "out")), []);
    assert.match(JSON.stringify(await watch(here, run("deaf"))), /"died","text":"signal SIGKILL; in train/);
  });

  it("tells of one that died how and where, and starts it again in its folder", async () => {
    const here = place();
    await here.start(run("die"));
    assert.deepEqual(await watch(here, run("die")), {
      kind: "died",
      text: "signal SIGKILL; in train; Killed by the test",
    });
    assert.equal(await here.find(run("die")), undefined);
    await here.start({ ...run("die"), deaths: 1 });
    const stages: string[] = [];
    const outcome = await watch(here, run("die"), ({ stage }) => stages.push(stage));
    assert.equal(outcome?.kind, "done");
    // From its snapshot: nothing is read again.
    assert.deepEqual(stages, ["train", "export", "evaluate", "release"]);
  });

  it("stops one that says more than anybody reads", async () => {
    const here = place();
    await here.start(run("flood"));
    await assert.rejects(watch(here, run("flood")), { code: "training-output" });
    assert.deepEqual(await processesWith(join(folder, "id-flood", "out")), []);
  });

  it("says what mends a Python without the trainer, or one that is not there", async () => {
    await assert.rejects(place("/nowhere/python").start(run("good")), {
      code: "training-python",
      message: /there is no such program — in a clone of the repository `node scripts\/trainer-env.mjs` makes one/,
    });
    await assert.rejects(place("false").start(run("good")), { code: "training-python" });
  });
});
