import assert from "node:assert/strict";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import helper from "node-red-node-test-helper";
import { board } from "../../lib/operation/board";
import { scratch } from "../support/cache";
import { Line } from "../support/line";
import { until } from "../support/process";
import { readLdos } from "../support/segments";

const target = { asset: "motor-1", label: "limit:temperature", by: "anna" };

describe("the device's mode", () => {
  let dir: string;
  before(() => new Promise<void>((resolve) => helper.startServer(resolve)));
  after(() => new Promise<void>((resolve) => helper.stopServer(resolve)));
  beforeEach(() => (dir = scratch("mode")));
  afterEach(async () => {
    await helper.unload();
    rmSync(dir, { recursive: true, force: true });
  });

  const bucket = (): string => join(dir, "bucket");
  const load = (mode: string): Promise<Line> => Line.load(join(dir, "data"), bucket(), mode);

  for (const mode of ["commissioning", "dry-run"]) {
    it(`${mode}: judges, draws and keeps all, raises nothing, and both nodes say so`, async function () {
      this.timeout(30_000);
      const line = await load(mode);
      line.tooHot();
      await until("status", () => line.shows("decision", `grey: ${mode}: nothing is raised · 1 active`));
      line.command({ name: "ack", ...target });
      line.command({ name: "shelve", minutes: 5, ...target });
      line.command({ name: "unshelve", ...target });
      line.at(20);
      await until("cleared", () => line.shows("decision", `grey: ${mode}: nothing is raised · 0 active`));
      line.tooHot();
      line.command({ name: "close", cause: "tried", ...target });
      await until("kept", () => line.stored.length === 3);
      line.flush();
      await until("uploaded", () => readLdos(bucket()).length === 3, 20_000);
      const ldos = readLdos(bucket());
      assert.deepEqual(
        ldos.map((ldo) => [
          ldo.mode,
          ldo.decision?.outcome,
          ldo.mer_id,
          ldo.decision?.reasons.includes(`${mode}: nothing is raised`),
        ]),
        [
          [mode, "alert", undefined, true],
          [mode, "unjudged", undefined, false],
          [mode, "alert", undefined, true],
        ],
      );
      await until("status", () => line.shows("emit", `green: ${mode} · 0 waiting · 3 uploaded`));
      assert.equal(line.reviews.length, 2, "both alerts are drawn for evaluation, as live");
      assert.deepEqual([line.alarms, line.errors], [[], []]);
      assert.equal(existsSync(join(bucket(), "mers")), false);
      const cause = `the mode is ${mode}: nothing is raised — set it to live when the trial is over`;
      const { reasons, values } = board.inspect();
      assert.deepEqual(
        reasons.filter(({ type }) => type === "context-edge-device").map((reason) => [reason.severity, reason.code]),
        [["degraded", `mode-${mode}`]],
      );
      assert.equal(reasons.find(({ code }) => code === `mode-${mode}`)?.cause, cause);
      assert.deepEqual(values.find(({ metric }) => metric === "device_mode")?.labels, { mode });
      assert.equal(helper.log().args.filter(([{ msg }]) => msg === cause).length, 1);
    });
  }

  it("going live begins with no alarm of what was tried; going back raises nothing more", async function () {
    this.timeout(30_000);
    const tried = await load("dry-run");
    tried.tooHot();
    await until("active", () => tried.shows("decision", "grey: dry-run: nothing is raised · 1 active"));
    await helper.unload();
    const live = await load("live");
    live.tooHot();
    await until("raised", () => live.alarms.length === 1 && live.stored.length === 1);
    assert.equal(live.alarms[0]?.mer?.evidence.count, 1);
    assert.equal(live.stored[0]?.ldo?.mer_id, live.alarms[0]?.mer?.mer_id);
    assert.equal(live.stored[0]?.ldo?.mode, "live");
    assert.ok(!board.inspect().reasons.some(({ code }) => code?.startsWith("mode-")));
    await helper.unload();
    const again = await load("commissioning");
    again.at(20);
    await until("kept", () => again.stored.length === 1);
    assert.ok(again.shows("decision", "grey: commissioning: nothing is raised · 0 active"));
    assert.deepEqual(again.alarms, []);
    await helper.unload();
    const back = await load("live");
    await until("the live record is open still", () => back.shows("decision", "red: 1 active · 1 open"));
  });
});
