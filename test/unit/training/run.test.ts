import assert from "node:assert/strict";
import { after, dutyOf, hasEnded, requested, type Happening, type TrainingRun } from "../../../lib/training/run";

const AT = "2026-11-24T01:00:00.000Z";
const LATER = "2026-11-24T02:00:00.000Z";

const fresh = (): TrainingRun =>
  requested({ model: "pumps", cause: "month-2026-11", by: "schedule", place: "local", config: "" }, "id-1", AT);
const walk = (...happenings: Happening[]): TrainingRun =>
  happenings.reduce((run, happening) => after(run, happening, LATER), fresh());

const progress: Happening = { kind: "progress", progress: { stage: "train", epoch: 3, epochs: 50 } };
const dispatched: Happening = { kind: "dispatched", handle: "42", url: "https://github.example/runs/42" };
const candidate = {
  model: "pumps",
  version: "1.0.0",
  release_sha256: null,
  key: null,
  gates: [],
  folder: "/data/training/id-1",
};

describe("a training run", () => {
  it("goes from its request to its candidate", () => {
    const phases: string[] = [];
    const duties: unknown[] = [];
    let run = fresh();
    const note = (): void => {
      phases.push(run.phase);
      duties.push(dutyOf(run));
    };
    note();
    for (const happening of [{ kind: "dispatching" }, dispatched, progress, { kind: "done", candidate }] as const) {
      run = after(run, happening, LATER);
      note();
    }
    assert.deepEqual(phases, ["requested", "dispatching", "dispatched", "running", "done"]);
    assert.deepEqual(duties, ["claim", "settle", "watch", "watch", undefined]);
    assert.deepEqual([run.handle, run.startedAt, run.attempts, run.candidate?.version], ["42", LATER, 1, "1.0.0"]);
  });

  it("is started again under the same name, and counts it", () => {
    const run = walk({ kind: "dispatching" }, dispatched, progress, { kind: "dispatching" });
    assert.deepEqual([run.phase, run.attempts, run.handle, run.id], ["dispatching", 2, undefined, "id-1"]);
  });

  it("keeps who asked to stop it first, and ends when it has stopped", () => {
    const run = walk(
      { kind: "dispatching" },
      dispatched,
      { kind: "stop-asked", by: "kim" },
      { kind: "stop-asked", by: "lee" },
      progress,
      { kind: "stopped" },
    );
    assert.deepEqual([run.phase, run.stopping, hasEnded(run)], ["stopped", "kim", true]);
  });

  it("is somebody else's when the trigger is", () => {
    const run = walk({ kind: "taken", by: "edge-2, schedule" });
    assert.deepEqual([run.phase, run.failure], ["already", { code: "training-already", text: "edge-2, schedule" }]);
  });

  it("refuses what cannot happen: nothing happens to one that has ended, nor is one watched that was never started", () => {
    assert.throws(() => walk({ kind: "done", candidate }), /requested: done cannot happen/);
    assert.throws(() => walk({ kind: "stopped" }, progress), /stopped: progress cannot happen/);
    assert.throws(() => walk({ kind: "dispatching" }, progress), /dispatching: progress cannot happen/);
  });
});
