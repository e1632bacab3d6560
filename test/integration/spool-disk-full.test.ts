import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { ManualClock } from "../../lib/clock";
import { FolderStore } from "../../lib/storage/folder-store";
import { readSegments } from "../../lib/storage/segments";
import { openSpool, type Spool } from "../../lib/storage/spool";
import { scratch } from "../support/cache";
import { until } from "../support/process";

const line = (n: number): string =>
  JSON.stringify({ id: `id-${n}`, noise: Array.from({ length: 40 }, (_, i) => Math.sin(n * 40 + i)) });

if (process.getuid?.() === 0) describe("a spool on a disk that others fill", onSmallDisk);
else console.log("a spool on a disk that others fill: not tried, mounting a disk of 24 MB needs root");

function onSmallDisk(this: Mocha.Suite): void {
  this.timeout(60_000);
  let disk: string;
  let elsewhere: string;
  let spool: Spool | undefined;

  before(function () {
    disk = scratch("small-disk");
    elsewhere = scratch("objects");
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=24m", "tmpfs", disk]);
  });
  after(async () => {
    await spool?.close();
    execFileSync("umount", [disk]);
    for (const dir of [disk, elsewhere]) rmSync(dir, { recursive: true, force: true });
  });

  it("refuses to take more, brings out what it took, and goes on when there is room again", async () => {
    const clock = new ManualClock();
    const store = new FolderStore(join(elsewhere, "objects"), clock);
    spool = await openSpool({
      dataDir: disk,
      name: "ldo",
      keyPrefix: "ldo/v1/dev=a",
      binding: "b",
      store,
      clock,
      random: () => 0.5,
      quotaBytes: 16 << 20,
    });
    let n = 0;
    for (; n < 1_500; n++) await spool.append(`id-${n}`, line(n));
    fillUp(join(disk, "others"));
    let taken = n;
    await assert.rejects(
      async () => {
        for (; taken < 50_000; taken++) await spool?.append(`id-${taken}`, line(taken));
      },
      { code: "spool-full", message: /the disk of .* is full: \d+ records wait/ },
    );
    fillUp(join(disk, "others-again"), 3 << 20);
    await spool.flush();
    await until("all that was taken is uploaded", () => spool?.stats().uploaded.rows === taken, 20_000);
    rmSync(join(disk, "others"));
    rmSync(join(disk, "others-again"), { force: true });
    await until(
      "it takes records again",
      () =>
        spool?.append("after", line(1)).then(
          () => true,
          () => false,
        ) ?? false,
    );
    let read = 0;
    for await (const { records } of readSegments(store, { prefix: "ldo/" })) read += records.length;
    assert.equal(read, taken);
    await store.close();
  });
}

/** Writes until the disk is full, or `limit` bytes. */
function fillUp(file: string, limit = Infinity): void {
  const handle = openSync(file, "w");
  const chunk = Buffer.alloc(64 << 10, 1);
  try {
    for (let written = 0; written < limit; written += chunk.byteLength) writeSync(handle, chunk);
    fsyncSync(handle);
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, "ENOSPC");
  } finally {
    closeSync(handle);
  }
}
