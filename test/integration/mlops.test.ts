import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../lib/clock";
import { newKey } from "../../lib/release/keys";
import { getPointer } from "../../lib/release/objects";
import { readPointer } from "../../lib/release/pointer";
import { FolderStore } from "../../lib/storage/folder-store";
import { configToml } from "../../lib/training/config-toml";
import { promoteCandidate } from "../../lib/training/promotion";
import { writeSegments } from "../../simulator/segments";
import { cached, scratch } from "../support/cache";
import { Runner, evaluate, readWorkflow, type Done } from "../support/workflow";

const ROOT = join(__dirname, "..", "..");
const FILE = join(ROOT, ".github", "workflows", "mlops.yml");
const ACTIONLINT = "v1.7.7";
const INPUTS = ["bucket", "model", "since", "limit", "validated", "cause", "trigger_id", "config", "tag"];

const config = (accuracy: number): string =>
  configToml({
    model: "motor-faults",
    channels: ["vibration_x", "vibration_y", "temperature", "current"].map((name) => ({
      name,
      unit: "",
      reference: `normal.${name}`,
    })),
    ids: ["product"],
    numeric: [],
    labels: ["normal", "bearing_wear", "belt_slippage", "motor_overload", "other"].map((name) => ({
      name,
      kind: name === "normal" || name === "other" ? name : "fault",
      severity: "high",
      action: "Look at it.",
    })),
    gates: { accuracy, fpr: 1, macro_f1: 0, recall: 0, calibration_gap: 1, int8_drop: 1, min_rows: 1 },
    simulated: true,
    modes: [],
    group: [],
    allow: [],
    deny: [],
    epochs: 1,
  });

/** Of a check-out, what the steps look at. */
const isSource = (path: string): boolean => !/__pycache__|\.(?:mypy|ruff|pytest)_cache/.test(path);
const names = (done: readonly Done[]): string[] => done.map(({ name }) => name);
const all = (done: readonly Done[]): string => done.map(({ name, output }) => `== ${name}\n${output}`).join("\n");

describe("the workflow mlops.yml", function () {
  this.timeout(300_000);
  const workflow = readWorkflow(FILE);
  const { train, tag } = workflow.jobs;
  assert.ok(train && tag);

  const tags = (published: string, event_name: string, wish: unknown): boolean =>
    evaluate(tag.if ?? "", {
      needs: { train: { outputs: { published } } },
      github: { event_name },
      inputs: { tag: wish },
    }) === true;

  it("passes actionlint", async function () {
    this.timeout(600_000);
    const home = await cached("actionlint", ACTIONLINT, (dir) => {
      console.log(`installing actionlint ${ACTIONLINT} with go into ${dir} (a minute, once)`);
      execFileSync("go", ["install", `github.com/rhysd/actionlint/cmd/actionlint@${ACTIONLINT}`], {
        env: { ...process.env, GOBIN: dir },
        stdio: "inherit",
      });
    });
    execFileSync(join(home, "actionlint"), ["-no-color", "-shellcheck=", "-pyflakes=", FILE], { stdio: "pipe" });
  });

  it("has what model-train hands over, rights for reading alone but where it tags, and no text from outside in a command", () => {
    const dispatch = workflow.on["workflow_dispatch"] as { inputs: Record<string, unknown> };
    assert.deepEqual(Object.keys(dispatch.inputs).toSorted(), INPUTS.toSorted());
    assert.match(readFileSync(FILE, "utf8"), /^run-name: .*\$\{\{ inputs\.trigger_id \|\| github\.run_id \}\}/m);
    assert.deepEqual(workflow.permissions, { contents: "read" });
    assert.equal(train.permissions, undefined);
    for (const { run, uses } of [...train.steps, ...tag.steps]) {
      assert.doesNotMatch(run ?? "", /\$\{\{/);
      if (uses !== undefined) assert.match(uses, /^actions\/[\w-]+@v\d+$/);
    }
  });

  it("tags what was published, unless it is told not to", () => {
    assert.equal(tags("true", "workflow_dispatch", true), true);
    assert.equal(tags("true", "schedule", undefined), true);
    assert.equal(tags("true", "workflow_dispatch", false), false);
    assert.equal(tags("", "workflow_dispatch", true), false);
  });

  describe("its steps' own commands, in order", () => {
    let workspace: string;
    let bucket: string;
    let store: FolderStore;
    before(async () => {
      workspace = scratch("mlops");
      bucket = join(workspace, "bucket");
      // A check-out, as far as the steps look at it.
      for (const name of ["scripts", "trainer"]) {
        cpSync(join(ROOT, name), join(workspace, name), { recursive: true, filter: isSource });
      }
      const runs = { seed: 7, runs: 2_000, faultShare: 0.3, products: "seen", assets: 2 } as const;
      const when = { device: "edge-1", startMs: Date.UTC(2026, 9, 1), days: 20, drift: 0 };
      store = new FolderStore(bucket, systemClock);
      await writeSegments(store, { ...runs, ...when });
    });
    after(() => rmSync(workspace, { recursive: true, force: true }));

    const runner = (inputs: object, secrets: object = {}, id = "42"): Runner => {
      const github = {
        event_name: "workflow_dispatch",
        run_id: id,
        env: { GITHUB_RUN_ID: id, GITHUB_SHA: "HEAD" },
      };
      return new Runner(workspace, { inputs: { bucket, limit: "100000", ...inputs }, vars: {}, secrets, github });
    };

    it("make a signed release of the records, published, tagged, and fit to be promoted", async () => {
      const [releaseKey, pointerKey] = [newKey(), newKey()];
      const secrets = { CONTEXT_EDGE_RELEASE_KEY: releaseKey.pem };
      const first = runner({ config: config(0), cause: "month-2026-11" }, secrets);
      const done = first.run(train);
      assert.deepEqual(
        done.filter(({ status }) => status !== 0).map(({ name }) => name),
        [],
        all(done),
      );
      assert.deepEqual(
        names(done),
        train.steps.flatMap(({ name, run }) => (run === undefined ? [] : [name])),
      );
      const { version, published } = first.outputs(train);
      assert.ok(version);
      assert.equal(published, "true");
      assert.ok(existsSync(join(bucket, "releases", "motor-faults", `${version}.json`)));
      assert.ok(existsSync(join(first.temp, "work", "report.html")));
      const trigger = JSON.parse(readFileSync(join(bucket, "triggers", "motor-faults", "month-2026-11.json"), "utf8"));
      assert.equal((trigger as { requested_by: string }).requested_by, "GitHub Actions, run 42");

      const keys = {
        pointer: join(workspace, "pointer.pem"),
        release: [join(workspace, "release.pub.pem")],
        pointers: [],
      };
      writeFileSync(keys.pointer, pointerKey.pem);
      writeFileSync(join(workspace, "release.pub.pem"), releaseKey.public.pem);
      const channel = { model: "motor-faults", ring: "stable" };
      const wish = { ...channel, version, by: "kim", reason: "" };
      await promoteCandidate(store, wish, keys, systemClock);
      const { body } = await getPointer(store, channel);
      const { pointer } = readPointer(body, [pointerKey.public], channel);
      assert.deepEqual([pointer.version, pointer.reason, pointer.pointer_seq], [version, "promoted by kim", 1]);
      const stranger = { ...keys, release: [keys.pointer] };
      await assert.rejects(promoteCandidate(store, wish, stranger, systemClock), { code: "signature-untrusted" });

      const repository = join(workspace, "repository");
      const git = (...args: string[]): string => execFileSync("git", ["-C", repository, ...args], { encoding: "utf8" });
      mkdirSync(repository);
      execFileSync("git", ["init", "-q", "--bare", join(workspace, "origin.git")]);
      git("init", "-q");
      git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "--allow-empty", "-m", "one");
      git("remote", "add", "origin", join(workspace, "origin.git"));
      const tagging = new Runner(repository, {
        needs: { train: { outputs: { version } } },
        github: { env: { GITHUB_SHA: "HEAD" } },
      });
      // A second time too: a job that is run again finds its own tag.
      const tagged = [...tagging.run(tag), ...tagging.run(tag)];
      assert.deepEqual(
        tagged.map(({ status }) => status),
        [0, 0],
        all(tagged),
      );
      assert.match(git("ls-remote", "origin"), new RegExp(`refs/tags/model-v${version}`));
      git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "--allow-empty", "-m", "two");
      assert.notEqual(tagging.run(tag)[0]?.status, 0, "a tag moved to another commit");
    });

    it("end before anything is read where somebody else has the trigger", () => {
      const second = runner({ config: config(0), cause: "month-2026-11" }, {}, "43");
      const done = second.run(train);
      assert.deepEqual(names(done), ["install", "configure", "trigger"], all(done));
      assert.equal(second.outputs(train)["version"], "");
    });

    it("go on where a run is run again: the trigger is its own", () => {
      const again = runner({ config: config(0), cause: "month-2026-11" });
      const done = again.run(train, ["install", "configure", "trigger"]);
      assert.deepEqual([done.at(-1)?.status, again.steps["trigger"]?.outputs], [0, {}], all(done));
    });

    it("fail at a gate that does not pass, with the report and without a release", () => {
      const third = runner({ config: config(0), trigger_id: "019a" });
      const work = join(third.temp, "work");
      rmSync(join(work, "release"), { recursive: true, force: true });
      const toml = join(third.temp, "config.toml");
      const begun = third.run(train, ["install", "configure"]);
      assert.equal(begun.length, 2);
      writeFileSync(toml, config(1));
      const done = third.run(train, ["evaluate", "release"]);
      const failed = done.at(-1);
      assert.equal(failed?.status, 3, all(done));
      assert.match(failed?.output ?? "", /accuracy/);
      assert.equal(existsSync(join(work, "release")), false);
      assert.ok(existsSync(join(work, "report.html")));
    });
  });
});
