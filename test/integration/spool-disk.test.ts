import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../lib/clock";
import { FolderStore } from "../../lib/storage/folder-store";
import { readSegments } from "../../lib/storage/segments";
import { openSpool } from "../../lib/storage/spool";
import { scratch } from "../support/cache";
import { TestProcess, until } from "../support/process";

describe("a spool whose disk fails while it runs", function () {
  this.timeout(60_000);
  let dir: string;
  beforeEach(() => (dir = scratch("spool-disk")));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it("refuses, says so, goes on when the disk does, and loses nothing that it took", async () => {
    const child = new TestProcess(process.execPath, [
      "--import=tsx",
      join(__dirname, "spool-disk-child.ts"),
      dir,
      join(dir, "bucket"),
    ]);
    await child.line(/^open$/);
    let n = 0;
    const append = async (): Promise<string> => {
      const id = `id-${++n}`;
      child.child.stdin?.write(`${id}\n`);
      return (await child.line(new RegExp(`^${id} `))).slice(id.length + 1);
    };
    const taken: string[] = [];
    const note = (outcome: string): void => {
      if (outcome === "stored") taken.push(`id-${n}`);
    };
    for (let i = 0; i < 20; i++) note(await append());
    assert.equal(taken.length, 20);
    // The kernel refuses every byte beyond this, as a disk does that fails; it needs no rights.
    limitFiles(child.pid, "65536");
    for (let i = 0; i < 10; i++) {
      const outcome = await append();
      note(outcome);
      if (i > 4) assert.equal(outcome, "disk-io");
    }
    await child.line(/^health failed disk-io$/);
    limitFiles(child.pid, "unlimited");
    await until("it takes records again", async () => {
      const outcome = await append();
      note(outcome);
      return outcome === "stored";
    });
    await child.line(/^health ok/);
    await child.stop("SIGKILL");
    const store = new FolderStore(join(dir, "bucket"), systemClock);
    const common = { dataDir: dir, name: "ldo", binding: "b", quotaBytes: 64 << 20 };
    const spool = await openSpool({ ...common, store, clock: systemClock, random: Math.random });
    await spool.flush();
    await until("all is uploaded", () => spool.stats().backlogRows === 0);
    await spool.close();
    const found: string[] = [];
    for await (const { records } of readSegments(store, { prefix: "ldo/" }))
      found.push(...records.map((record) => (record as { id: string }).id));
    assert.deepEqual(found, taken);
    await store.close();
  });
});

/** Lowers and raises the soft limit alone: that is allowed to everybody. */
function limitFiles(pid: number, bytes: string): void {
  execFileSync("prlimit", ["--pid", String(pid), `--fsize=${bytes}:`]);
}
