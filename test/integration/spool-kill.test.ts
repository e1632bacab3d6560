import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../../lib/clock";
import { readSegments, type Gap } from "../../lib/storage/segments";
import { openSpool, type Spool } from "../../lib/storage/spool";
import type { S3Store } from "../../lib/storage/s3-store";
import { scratch } from "../support/cache";
import { TestProcess, until } from "../support/process";
import { openTestStore, startVersitygw, type TestS3 } from "../support/s3";

const KILLS = 20;

describe("a spool that is killed", function () {
  this.timeout(120_000);
  let server: TestS3;
  let store: S3Store;
  let dir: string;

  before(async function () {
    this.timeout(900_000);
    server = await startVersitygw();
    store = openTestStore(server);
    dir = scratch("spool-kill");
  });
  after(async () => {
    await store?.close();
    await server?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const openHere = (): Promise<Spool> =>
    openSpool({
      dataDir: dir,
      name: "ldo",
      keyPrefix: "ldo/v1/dev=kill",
      binding: "board",
      store,
      clock: systemClock,
      random: Math.random,
    });

  it("belongs to one process: a second is refused, and the first goes on", async () => {
    const child = await startChild(dir, server, "first");
    await assert.rejects(openHere(), { code: "database-locked", message: /in use by another process/ });
    const before = acknowledgedBy(dir, "first").length;
    await until("the first still takes records", () => acknowledgedBy(dir, "first").length > before);
    await child.kill();
  });

  it(`brings every acknowledged record into the bucket exactly once, over ${KILLS} SIGKILLs at random moments`, async () => {
    const acknowledged: string[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const run = String(kill);
      const child = await startChild(dir, server, run);
      // Every other one dies while it starts, the rest in full swing.
      if (kill % 2 === 0) await until("some records are acknowledged", () => acknowledgedBy(dir, run).length > 100);
      await sleep(Math.random() * 300);
      await child.kill();
      acknowledged.push(...acknowledgedBy(dir, run));
    }
    const spool = await openHere();
    await spool.flush();
    await until("everything is uploaded", () => spool.stats().backlogRows === 0, 30_000);
    await spool.close();

    const found: string[] = [];
    const gaps: Gap[] = [];
    for await (const { records } of readSegments(store, { prefix: "ldo/v1/", onGap: (gap) => gaps.push(gap) })) {
      found.push(...records.map((record) => (record as { id: string }).id));
    }
    assert.equal(found.length, new Set(found).size, "a record is there twice");
    const there = new Set(found);
    const missing = [...acknowledged].filter((id) => !there.has(id));
    assert.deepEqual(missing, []);
    assert.deepEqual(gaps, []);
    assert.equal(spool.stats().sealedSeq, spool.stats().uploaded.segments);
  });
});

interface Child {
  kill(): Promise<void>;
}

function ackFile(dir: string, run: string): string {
  return join(dir, `acknowledged-${run}`);
}

/** Ids that were acknowledged in a run so far; a line cut off by the kill counts for nothing. */
function acknowledgedBy(dir: string, run: string): string[] {
  return readFileSync(ackFile(dir, run), "utf8").split("\n").slice(0, -1);
}

/** Starts a process that appends until it is killed. Resolves when its spool is open. */
async function startChild(dir: string, { options }: TestS3, run: string): Promise<Child> {
  const script = require.resolve("./spool-kill-child");
  const args = ["--import=tsx", script, dir, run, JSON.stringify(options), ackFile(dir, run)];
  const child = new TestProcess(process.execPath, args);
  await child.line(/^open$/);
  return { kill: () => child.stop("SIGKILL") };
}
