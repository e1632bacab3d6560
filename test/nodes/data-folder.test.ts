import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import helper from "node-red-node-test-helper";
import { scratch } from "../support/cache";
import { Line } from "../support/line";
import { until } from "../support/process";
import { FickleDirectory } from "../support/read-only";

describe("a data folder that does not keep what it is given", () => {
  let dir: string;
  before(() => new Promise<void>((resolve) => helper.startServer(resolve)));
  after(() => new Promise<void>((resolve) => helper.stopServer(resolve)));
  beforeEach(() => (dir = scratch("data-folder")));

  it("read-only: alarms are raised all the same, objects refused, all said in red; and it heals by itself", async function () {
    this.timeout(40_000);
    const data = join(dir, "data");
    mkdirSync(data);
    const folder = new FickleDirectory(data);
    try {
      const before = await Line.load(data, join(dir, "bucket"));
      before.tooHot();
      await until("stored", () => before.stored.length === 1 && before.alarms.length === 1);
      assert.equal(before.alarms[0]?.mer?.durable, true);
      await helper.unload();
      folder.setReadOnly();
      const line = await Line.load(data, join(dir, "bucket"));
      assert.match(line.said(), /the data directory .*data cannot be written: .* — choose another in the device/);
      line.tooHot();
      await until("the alarm is raised", () => line.alarms.length === 1);
      assert.deepEqual([line.alarms[0]?.mer?.durable, line.alarms[0]?.mer?.severity], [false, "critical"]);
      await until("both say so", () => line.errors.length === 2);
      assert.match(line.errors.join("\n"), /sent, but not stored: .*context-edge\.db cannot be written/);
      assert.match(line.errors.join("\n"), /spool-ldo\.db cannot be written.* mounted read-only/);
      await until("red", () => line.shows("emit", "red: cannot open its spool (disk-read-only)"));
      await until("red", () => line.shows("decision", "red: alarms not stored: disk-read-only"));
      assert.deepEqual(line.stored, []);
      folder.setWritable();
      await until("green by itself", () => line.shows("emit", "green: 1 waiting"), 15_000);
      line.tooHot();
      await until("stored again", () => line.stored.length === 1);
    } finally {
      await helper.unload();
      folder.remove();
    }
  });

  it("without fsync: nothing is promised on it, and it says why", async () => {
    const data = join(dir, "data");
    mkdirSync(data);
    // A device answers fsync as a file system does that has none: EINVAL.
    symlinkSync("/dev/null", join(data, "spool-ldo.db-sync"));
    const line = await Line.load(data, join(dir, "bucket"));
    try {
      line.tooHot();
      await until("refused", () => line.errors.length > 0);
      assert.match(
        line.errors.join("\n"),
        /does not keep what it was given: fsync answers EINVAL — put the data folder on a local disk/,
      );
      await until("red", () => line.shows("emit", "red: cannot open its spool (disk-no-sync)"));
      assert.equal(line.alarms.length, 1);
      assert.deepEqual(line.stored, []);
    } finally {
      await helper.unload();
    }
  });

  it("full before there is an identity: the device says so, and each node with it", async () => {
    const data = join(dir, "data");
    mkdirSync(data);
    symlinkSync("/dev/full", join(data, "write-test"));
    const line = await Line.load(data, join(dir, "bucket"));
    assert.match(line.said(), /the disk of the data directory .* is full: ENOSPC.* — free disk space/);
    line.tooHot();
    await until("refused with the reason", () => line.errors.length === 1);
    assert.match(line.errors[0] ?? "", /its context-edge-device does not work: the disk of the data directory/);
    await helper.unload();
    assert.throws(() => unlinkSync(join(data, "write-test")), { code: "ENOENT" });
  });
});
