import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { NodeAPI } from "node-red";
import helper from "node-red-node-test-helper";
import type { EdgeMessage } from "../../lib/messages";
import { GithubStandin, TOKEN } from "../support/github-standin";
import { until } from "../support/process";
import { standinPython } from "../support/trainer-standin";
import { zipOf } from "../support/zip";
import device = require("../../nodes/context-edge-device/context-edge-device");
import model = require("../../nodes/context-edge-model/context-edge-model");
import objects = require("../../nodes/context-edge-objects/context-edge-objects");
import auth = require("@node-red/editor-api/lib/auth");
import emit = require("../../nodes/ldo-emit/ldo-emit");
import fuse = require("../../nodes/sensor-fuse/sensor-fuse");
import train = require("../../nodes/context-edge-model-train/context-edge-model-train");

const TYPE = "context-edge-model-train";
/** Behind the editor's own permissions, which the helper leaves out; none are asked for until `auth.init`. */
const guarded = (RED: NodeAPI): void => train(Object.assign(Object.create(RED) as NodeAPI, { auth }));
const ALL = [device, objects, model, fuse, emit, guarded];
const [DEVICE, OBJECTS, FUSE, EMIT, TRAIN, NEWS, CANDIDATE, CATCH, ERRORS] = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(
  (n) => `300000000000000${n}`,
) as [string, string, string, string, string, string, string, string, string];
const Z = "f000000000000003";

interface Answer {
  readonly ok: boolean;
  readonly text: string;
  readonly toml?: string;
}

interface Asked extends PromiseLike<{ status: number; body: Answer }> {
  send(body: object): Asked;
  type(name: string): Asked;
}
const post = (path: string): Asked => (helper.request() as { post(path: string): Asked }).post(`/context-edge/${path}`);

/** What a dialog with these values asks. */
async function ask(action: string, values: object): Promise<Answer> {
  return (await post(`${TYPE}/${action}`).send(values)).body;
}

interface TestNode {
  receive(message: object): void;
  on(event: "input", listener: (message: EdgeMessage) => void): void;
}
function node(id: string): TestNode {
  const found: unknown = helper.getNode(id);
  return found as TestNode;
}

describe("context-edge-model-train in Node-RED", function () {
  this.timeout(30_000);
  let dir: string;
  let news: EdgeMessage[];
  let candidates: EdgeMessage[];
  let errors: (EdgeMessage & { error: { message: string } })[];

  before(() => new Promise<void>((resolve) => helper.startServer(resolve)));
  after(() => new Promise<void>((resolve) => helper.stopServer(resolve)));
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), "model-train-"))));
  afterEach(async () => {
    await helper.unload();
    rmSync(dir, { recursive: true, force: true });
  });

  async function load(config: object = {}, credentials?: object): Promise<void> {
    const labels = ["normal", "cavitation"].map((name, i) => ({ name, kind: i === 0 ? "normal" : "fault" }));
    const channels = [
      { name: "pressure", unit: "bar", min: "0", max: "16" },
      { name: "flow", unit: "l/min" },
    ];
    await helper.load(
      ALL,
      [
        { id: Z, type: "tab" },
        {
          id: DEVICE,
          type: "context-edge-device",
          device_id: "edge-1",
          mode: "live",
          data_dir: join(dir, "data"),
          line: "l",
        },
        { id: OBJECTS, type: "context-edge-objects", kind: "folder", folder: join(dir, "bucket") },
        { id: FUSE, z: Z, type: "sensor-fuse", device: DEVICE, channels, wires: [[EMIT], []] },
        { id: EMIT, z: Z, type: "ldo-emit", device: DEVICE, objects: OBJECTS, wires: [[], []] },
        {
          id: TRAIN,
          z: Z,
          type: TYPE,
          device: DEVICE,
          objects: OBJECTS,
          model_name: "good",
          python: standinPython(dir),
          labels,
          fields: [{ field: "product", use: "id" }],
          key: "release.pem",
          ...config,
          wires: [[NEWS], [CANDIDATE]],
        },
        { id: NEWS, z: Z, type: "helper" },
        { id: CANDIDATE, z: Z, type: "helper" },
        { id: CATCH, z: Z, type: "catch", scope: [TRAIN], uncaught: false, wires: [[ERRORS]] },
        { id: ERRORS, z: Z, type: "helper" },
      ],
      credentials && { [TRAIN]: credentials },
    );
    news = [];
    candidates = [];
    errors = [];
    node(NEWS).on("input", (message) => void news.push(message));
    node(CANDIDATE).on("input", (message) => void candidates.push(message));
    node(ERRORS).on("input", (message) => void errors.push(message as never));
  }
  /** What was told last. */
  const last = <T>(): T => news.at(-1)?.payload as T;
  const released = <T>(): T => candidates[0]?.["candidate"] as T;
  const kinds = (): unknown[] => news.map(({ event }) => event?.kind).filter((kind) => kind !== "progress");
  const trigger = (cause: string): string => join(dir, "bucket", "triggers", "good", `${cause}.json`);

  it("trains what a queue says is due, once, and hands over the candidate", async () => {
    await load();
    const due = { event: { kind: "retrain_due", cause: "count-20261124T013000Z-ab12cd34" }, foreign: 7 };
    node(TRAIN).receive(due);
    await until("a candidate", () => candidates.length === 1);
    assert.deepEqual(kinds(), ["requested", "dispatched", "done"]);
    const candidate = released<Record<string, unknown>>();
    assert.deepEqual([candidate["version"], candidate["key"]], ["1.0.0", "releases/good/1.0.0.json"]);
    const { device: by, requested_by } = JSON.parse(readFileSync(trigger(due.event.cause), "utf8")) as Record<
      string,
      string
    >;
    assert.deepEqual([by, requested_by], ["edge-1", "queue"]);

    node(TRAIN).receive(due);
    await until("it is told", () => kinds().at(-1) === "already");
    assert.equal(news.at(-1)?.["foreign"], 7);
    assert.deepEqual(errors, []);
  });

  it("writes the trainer's configuration from the channels whose samples are kept", async () => {
    await load();
    node(TRAIN).receive({ command: { name: "start", by: "kim" } });
    await until("a candidate", () => candidates.length === 1);
    const { report } = released<{ report: { path: string } }>();
    const toml = readFileSync(join(report.path, "..", "..", "config.toml"), "utf8");
    assert.match(toml, /name = "pressure"\nunit = "bar"\nrange = \[0, 16\]/);
    assert.match(toml, /name = "flow"\nunit = "l\/min"\n\n/);
    assert.match(toml, /name = "cavitation"\nkind = "fault"/);
  });

  it("answers state and report", async () => {
    await load();
    node(TRAIN).receive({ command: { name: "report" } });
    await until("there is none", () => errors.length === 1);
    assert.match(errors[0]?.error.message ?? "", /no run has a report yet/);
    node(TRAIN).receive({ command: { name: "start", by: "kim" } });
    await until("a candidate", () => candidates.length === 1);
    node(TRAIN).receive({ command: { name: "report" }, req: "kept" });
    await until("the report", () => kinds().at(-1) === "report");
    assert.match(String(news.at(-1)?.payload), /Report of the stand-in/);
    assert.equal(news.at(-1)?.["req"], "kept");
    node(TRAIN).receive({ command: { name: "state" } });
    await until("the state", () => kinds().at(-1) === "state");
    const { runs } = last<{ runs: { by: string; phase: string }[] }>();
    assert.deepEqual([runs.length, runs[0]?.by, runs[0]?.phase], [1, "kim", "done"]);
  });

  it("goes on with a run over a deploy, and stops it when it is told to", async () => {
    await load({ model_name: "hang" });
    node(TRAIN).receive({ command: { name: "start", by: "kim" } });
    await until("it runs", () => news.some(({ event }) => event?.kind === "progress"));
    const { id } = last<{ run: { id: string } }>().run;
    await helper.unload();
    await load({ model_name: "hang" });
    await until("it is heard again", () => news.some(({ event }) => event?.kind === "progress"));
    assert.equal(last<{ run: { id: string } }>().run.id, id);
    node(TRAIN).receive({ command: { name: "stop", by: "lee" } });
    await until("it has stopped", () => kinds().at(-1) === "stopped");
    assert.deepEqual(errors, []);
  });

  it("tells Catch what a person must mend", async () => {
    await load({ model_name: "gates" });
    node(TRAIN).receive({ command: { name: "start", cause: "fpr-ab12cd34-1" } });
    await until("an error", () => errors.length === 1);
    assert.match(errors[0]?.error.message ?? "", /fpr-ab12cd34-1: not released: accuracy: fail/);
    assert.equal(candidates.length, 0);
    for (const message of [
      { payload: 1 },
      { command: { name: "promote-all" } },
      { command: { name: "stop" } },
      { command: { name: "start", cause: "../x" } },
    ])
      node(TRAIN).receive(message);
    await until("four errors", () => errors.length === 5);
    const said = errors.map(({ error }) => error.message).join("\n");
    for (const words of [/no command \(start/, /no command promote-all/, /not being trained/, /"..\/x" cannot name/])
      assert.match(said, words);
  });

  it("trains in GitHub Actions, with a token that goes to the host it was stored for alone", async () => {
    const github = await GithubStandin.start();
    const elsewhere = await GithubStandin.start();
    try {
      github.inputs.push("validated");
      const settings = {
        place: "github",
        repository: "plant/models",
        api: github.url,
        bucket: "s3://ldo",
        poll_s: "1",
        model_name: "pumps",
      };
      process.env["TRAINING_API"] = github.url;
      await load({ ...settings, api: "${TRAINING_API}" }, { token: TOKEN });
      node(TRAIN).receive({ command: { name: "start", cause: "month-2026-11" } });
      await until("it is dispatched", () => kinds().includes("dispatched"));
      assert.match(github.run.inputs["config"] ?? "", /name = "pressure"/);
      github.end("success", {
        report: zipOf({ "report.json": JSON.stringify({ gates: [] }), "report.html": "<p>" }),
        release: zipOf({ "model.json": JSON.stringify({ name: "pumps", version: "3.0.0" }), "model.sig": "{}" }),
      });
      await until("a candidate", () => candidates.length === 1);
      assert.equal(released<{ key: string }>().key, "releases/pumps/3.0.0.json");

      const dialog = { ...settings, id: TRAIN, workflow: "mlops.yml", token: "__PWRD__" };
      assert.match((await ask("test", dialog)).text, /plant\/models has the workflow Train/);
      const moved = await ask("test", { ...dialog, api: elsewhere.url });
      assert.equal(moved.text, "the stored token belongs to another host: type it again");
      await helper.unload();
      process.env["TRAINING_API"] = elsewhere.url;
      // What anybody who may deploy can say of a token that stays in its place.
      await load({ ...settings, api: "${TRAINING_API}" }, { token: TOKEN, token_host: new URL(elsewhere.url).host });
      node(TRAIN).receive({ command: { name: "start" } });
      await until("it is refused", () => errors.length === 1);
      assert.match(errors[0]?.error.message ?? "", /the stored token belongs to http:\/\/127.0.0.1:\d+, not to/);
      assert.deepEqual(elsewhere.asked, []);
    } finally {
      delete process.env["TRAINING_API"];
      await github.stop();
      await elsewhere.stop();
    }
  });

  it("catches up with no month that passed while the calendar was off", async () => {
    /** As long as it takes to have looked; Node-RED is off then: the database is nobody else's. */
    const looked = async (config: object): Promise<void> => {
      await load(config);
      for (const count of [1, 2, 3]) {
        node(TRAIN).receive({ command: { name: "state" } });
        await until("it answers", () => kinds().filter((kind) => kind === "state").length === count);
      }
      await helper.unload();
    };
    await looked({});
    const calendar = new DatabaseSync(join(dir, "data", "context-edge.db"));
    const old = Date.now() - 70 * 86_400_000;
    calendar.prepare("INSERT OR REPLACE INTO training_calendar VALUES ('good', ?)").run(old);
    calendar.close();
    await looked({});
    await looked({ monthly: true });
    assert.deepEqual([new Set(kinds()), errors], [new Set(["state"]), []]);
  });

  it("refuses a retraining that is due for no cause", async () => {
    await load();
    node(TRAIN).receive({ event: { kind: "retrain_due" } });
    await until("an error", () => errors.length === 1);
    assert.match(errors[0]?.error.message ?? "", /undefined cannot name a trigger/);
  });

  it("refuses at the start what the flow cannot teach, and leaves no trigger", async () => {
    await load({ labels: [] });
    node(TRAIN).receive({ command: { name: "start", cause: "month-2026-11" } });
    await until("an error", () => errors.length === 1);
    assert.match(errors[0]?.error.message ?? "", /0 labels: a model tells at least two apart/);
    assert.equal(existsSync(trigger("month-2026-11")), false);
  });

  it("shows its dialog what it would write, and tries the Python", async () => {
    await load();
    const dialog = {
      model_name: "pumps",
      labels: [{ name: "ok", kind: "normal" }, { name: "worn" }],
      python: standinPython(dir),
    };
    const shown = await ask("config", dialog);
    assert.ok(shown.ok, shown.text);
    assert.match(shown.toml ?? "", /name = "pumps"[\s\S]*name = "pressure"[\s\S]*name = "worn"/);
    const tried = await ask("test", dialog);
    assert.ok(tried.ok, tried.text);
    const wrong = await ask("test", { ...dialog, python: "/nowhere" });
    assert.match(wrong.text, /\/nowhere cannot run the trainer: there is no such program — in a clone/);
  });

  it("runs no program for a page of somebody else's, nor for who may not deploy it", async () => {
    await load();
    const proof = join(dir, "proof");
    const program = join(dir, "program");
    writeFileSync(program, `#!/bin/sh\ntouch ${proof}\n`, { mode: 0o755 });
    for (const path of [`${TYPE}/test`, `${TYPE}/config`, "context-edge-objects/test", "sensor-fuse/read"]) {
      assert.equal((await post(path).type("form").send({ python: program })).status, 415, path);
    }
    const storage = { getSessions: async () => ({}), saveSessions: async () => undefined };
    const permissions = [`${TYPE}.write`];
    auth.init({ adminAuth: { type: "credentials", users: [], default: { permissions } } }, storage);
    try {
      const test = (values: object): Asked => post(`${TYPE}/test`).send({ model_name: "pumps", ...values });
      assert.equal((await test({ id: TRAIN, python: program })).status, 401);
      assert.equal((await test({ python: standinPython(dir) })).status, 401);
      assert.equal((await test({ id: TRAIN, python: standinPython(dir) })).body.ok, true);
      assert.equal(existsSync(proof), false);
      permissions.push("flows.write");
      const { body } = await test({ id: TRAIN, python: program });
      assert.match(body.text, /program cannot run the trainer: it does not answer as a Python/);
      assert.equal(existsSync(proof), true);
    } finally {
      auth.init({}, storage);
    }
  });
});
