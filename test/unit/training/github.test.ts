import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../../lib/clock";
import { GithubClient } from "../../../lib/training/github-client";
import { GithubPlace } from "../../../lib/training/github-place";
import { Later } from "../../../lib/training/later";
import type { Progress } from "../../../lib/training/progress";
import { after, requested, type TrainingRun } from "../../../lib/training/run";
import type { Outcome } from "../../../lib/training/workplace";
import { scratch } from "../../support/cache";
import { GithubStandin, TOKEN } from "../../support/github-standin";
import { until } from "../../support/process";
import { zipOf } from "../../support/zip";

const ID = "019ab000-0000-7000-8000-000000000001";
const ORDER = { model: "pumps", cause: "month-2026-11", by: "schedule", place: "github", config: "[model]\n" } as const;
const GATE = { name: "accuracy", value: 0.95, bound: 0.92, n: 900, result: "pass" };
const report = (result: string): Buffer =>
  zipOf({ "report.json": JSON.stringify({ gates: [{ ...GATE, result }] }), "report.html": "<title>report</title>" });
const release = (): Buffer =>
  zipOf({ "model.json": JSON.stringify({ name: "pumps", version: "2.0.0" }), "model.sig": "{}", "model.onnx": "x" });

const AT = "2026-11-24T00:00:00.000Z";
const run = (): TrainingRun => after(requested(ORDER, ID, AT), { kind: "dispatching" }, AT);
const watch = (
  at: GithubPlace,
  of: TrainingRun,
  tell: (progress: Progress) => void = () => undefined,
): Promise<Outcome | undefined> => at.watch(of, tell, new AbortController().signal);

describe("training in GitHub Actions, against a stand-in that answers as its REST documentation says", () => {
  let standin: GithubStandin;
  let folder: string;
  beforeEach(async () => {
    folder = scratch("github");
    standin = await GithubStandin.start();
  });
  afterEach(async () => {
    await standin.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const client = (more: object = {}): GithubClient =>
    new GithubClient({
      api: standin.url,
      repository: "plant/models",
      workflow: "mlops.yml",
      ref: "main",
      token: TOKEN,
      clock: systemClock,
      timeoutMs: 2_000,
      ...more,
    });
  const place = (more: object = {}): GithubPlace =>
    new GithubPlace({
      client: client(more),
      folder,
      inputs: { bucket: "s3://ldo", since: "", limit: "100000" },
      pollMs: 20,
      clock: systemClock,
      artifactMs: 300,
    });
  const refused = (more: object, code: string, words: RegExp): Promise<void> =>
    assert.rejects(place(more).start(run()), { code, message: words });
  async function started(at = place()): Promise<TrainingRun> {
    const begun = await at.start(run());
    assert.ok(begun);
    return after(run(), { kind: "dispatched", ...begun }, AT);
  }

  it("is told the run's id, follows its steps, and reads what it has made", async () => {
    const here = place();
    const mine = await started(here);
    assert.deepEqual([mine.handle, mine.url], ["1000", "https://github.example/runs/1000"]);
    assert.deepEqual(standin.run.inputs, {
      bucket: "s3://ldo",
      since: "",
      limit: "100000",
      model: "pumps",
      cause: "month-2026-11",
      trigger_id: ID,
      config: "[model]\n",
    });
    const stages: string[] = [];
    const outcome = watch(here, mine, ({ stage }) => stages.push(stage));
    await until("queued", () => stages.includes("queued"));
    standin.at("train");
    await until("train", () => stages.includes("train"));
    standin.end("success", { report: report("pass"), release: release() });
    const done = await outcome;
    assert.ok(done?.kind === "done");
    // A run that ends between two questions is in progress and has no step.
    assert.deepEqual(
      stages.filter((stage) => stage !== "in progress"),
      ["queued", "train"],
    );
    assert.deepEqual([done.candidate.version, done.candidate.key], ["2.0.0", "releases/pumps/2.0.0.json"]);
    assert.equal(readFileSync(join(folder, ID, "out", "report.html"), "utf8"), "<title>report</title>");
  });

  it("asks only for what has changed", async () => {
    const here = place();
    const mine = await started(here);
    const outcome = watch(here, mine);
    const looks = () => standin.asked.filter(({ path }) => path.endsWith("/runs/1000"));
    await until("several looks", () => looks().length > 4);
    standin.end("cancelled");
    assert.deepEqual(await outcome, { kind: "stopped" });
    assert.ok(
      looks()
        .slice(1)
        .every(({ headers }) => headers["if-none-match"] !== undefined),
    );
  });

  for (const older of ["refuses", "overlooks"] as const) {
    it(`finds the run by the trigger's id where an older server ${older} the question for it`, async () => {
      standin.older = older;
      standin.listedAfter = 1;
      const here = place();
      assert.equal(await here.start(run()), undefined);
      assert.equal(standin.runs.length, 1);
      assert.equal(await here.find(run()), undefined);
      assert.equal((await here.find(run()))?.handle, "1000");
      assert.equal(await here.find({ ...run(), id: "019ab000-0000-7000-8000-000000000002" }), undefined);
    });
  }

  it("says Later where an answer is lost, and finds out afterwards what came of it", async () => {
    for (const fault of ["reset", "hang", { status: 502 }] as const) {
      standin.faults = [{ on: /dispatches/, fault, after: true }];
      await assert.rejects(place({ timeoutMs: 300 }).start(run()), Later);
    }
    assert.equal((await place().find(run()))?.handle, "1000");
  });

  it("waits as long as a limit asks for, by the server's own clock", async () => {
    const reset = String(Math.floor(Date.now() / 1000) + 600);
    const cases = [
      [{ status: 429, headers: { "retry-after": "7" } }, 7_000, 7_000],
      [{ status: 403, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset } }, 590_000, 601_000],
      [{ status: 403, body: { message: "You have exceeded a secondary rate limit." } }, 60_000, 60_000],
      [{ status: 403, headers: { "retry-after": "999999" } }, 3_600_000, 3_600_000],
    ] as const;
    for (const [fault, least, most] of cases) {
      standin.faults = [{ on: /dispatches/, fault }];
      const error = await place()
        .start(run())
        .catch((thrown: unknown) => thrown);
      assert.ok(error instanceof Later && error.reason.code === "github-limit", String(error));
      assert.ok(error.afterMs >= least && error.afterMs <= most, String(error.afterMs));
    }
    assert.equal(standin.runs.length, 0);
  });

  it("says what a person must mend: token, right, repository, workflow, ref, inputs", async () => {
    await refused({ token: "wrong" }, "github-denied", /does not accept the token .*Bad credentials/);
    await refused(
      { repository: "plant/other" },
      "github-missing",
      /no repository plant\/other, or the token does not see it/,
    );
    await refused({ workflow: "train.yml" }, "github-missing", /plant\/models has no workflow train.yml/);
    await refused({ ref: "no-such" }, "github-input", /No ref found for: no-such — the field Ref names no branch/);
    standin.inputs = standin.inputs.filter((name) => name !== "config");
    await refused({}, "github-input", /Unexpected inputs provided: \["config"\] — the workflow's inputs are not those/);
    standin.faults = [
      {
        on: /dispatches/,
        fault: { status: 403, body: { message: "Resource not accessible by personal access token" } },
      },
    ];
    await refused({}, "github-denied", /the token may not start the workflow.*Actions: read and write/);
    standin.scopes = false;
    await refused({}, "github-missing", /are there, the token lacks the right \(404\)/);
    assert.equal(standin.runs.length, 0);
  });

  it("goes on watching over answers that fail, and says when a run is gone", async () => {
    const mine = await started();
    standin.faults = [{ on: /runs\/1000$/, fault: { status: 503 } }];
    await assert.rejects(watch(place(), mine), Later);
    standin.runs.splice(0);
    await assert.rejects(watch(place(), mine), { code: "github-missing", message: /run 1000 is gone/ });
  });

  it("tells why a run has made nothing: its gates, or its end", async () => {
    const mine = await started();
    standin.end("failure", { report: report("fail") });
    const gates = await watch(place(), mine);
    assert.deepEqual(gates?.kind === "failed" && gates.failure, {
      code: "training-gates",
      text: "not released: accuracy: fail",
    });
    standin.end("timed_out");
    const late = await watch(place(), mine);
    assert.match(JSON.stringify(late), /the workflow run 1000 ended: timed out/);
    for (const [lacking, artifacts] of [
      ["release", { report: report("pass") }],
      ["report", { release: release() }],
    ] as const) {
      standin.end("success", artifacts);
      assert.match(JSON.stringify(await watch(place(), mine)), new RegExp(`succeeded without the artefact ${lacking}`));
    }
  });

  it("finds what it is to stop by the trigger's id, and says when there is none", async () => {
    standin.older = "overlooks";
    await assert.rejects(place().stop(run()), { code: "training-unfound" });
    await place().start(run());
    await place().stop(run());
    assert.equal(standin.run.conclusion, "cancelled");
  });

  it("cancels, and takes a run that has ended for one that was cancelled", async () => {
    const mine = await started();
    await place().stop(mine);
    assert.equal(standin.run.conclusion, "cancelled");
    await place().stop(mine);
    assert.deepEqual(await watch(place(), mine), { kind: "stopped" });
  });

  it("sends the token to the API's own host alone", async () => {
    const mine = await started();
    standin.end("success", { report: report("pass"), release: release() });
    await watch(place(), mine);
    assert.equal(standin.asksOfFiles.length, 2);
    for (const { headers } of standin.asksOfFiles) assert.equal(headers.authorization, undefined);
    standin.faults = [{ on: /dispatches/, fault: { status: 307, headers: { location: `${standin.filesUrl}/x` } } }];
    await assert.rejects(place().start(run()), { code: "github-moved" });
    assert.equal(standin.asksOfFiles.length, 2);
  });

  it("refuses an artefact that is too large, another than was listed, or led to over a plain connection", async () => {
    const api = client();
    const mine = await started();
    const body = report("pass");
    standin.end("success", { report: body });
    const [artifact] = await api.artifacts("1000");
    assert.ok(artifact);
    await assert.rejects(api.download(artifact, body.byteLength - 1), {
      code: "github-artifact",
      message: /more than/,
    });
    Object.assign(standin.run.artifacts[0] ?? {}, { to: "ftp://127.0.0.1/x" });
    await assert.rejects(api.download(artifact, 1 << 20), { message: /ftp:.* which is not https/ });
    Object.assign(standin.run.artifacts[0] ?? {}, { to: undefined, digest: `sha256:${"0".repeat(64)}` });
    await assert.rejects(watch(place(), mine), { code: "github-artifact", message: /GitHub says sha256:000/ });
    standin.faults = [{ on: /zip$/, fault: { status: 410 } }];
    await assert.rejects(api.download(artifact, 1 << 20), { code: "github-expired" });
  });

  it("finds an Enterprise server's API below its path", async () => {
    const enterprise = await GithubStandin.start("/api/v3");
    try {
      const api = client({ api: `${enterprise.url}/` });
      assert.match(await api.check(), /plant\/models has the workflow Train/);
      assert.equal((await api.dispatch({}))?.id, "1000");
    } finally {
      await enterprise.stop();
    }
  });
});
