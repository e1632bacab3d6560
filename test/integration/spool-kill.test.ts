import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../../lib/clock";
import { readSegments, type Gap } from "../../lib/storage/segments";
import { openSpool, type Spool } from "../../lib/storage/spool";
import type { S3Store } from "../../lib/storage/s3-store";
import { scratch } from "../support/cache";
import { until } from "../support/process";
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
    const acknowledged = new Set<string>();
    const child = await startChild(dir, server, "first", acknowledged);
    await assert.rejects(openHere(), { code: "database-locked", message: /in use by another process/ });
    const before = acknowledged.size;
    await until("the first still takes records", () => acknowledged.size > before);
    await child.kill();
  });

  it(`brings every acknowledged record into the bucket exactly once, over ${KILLS} SIGKILLs at random moments`, async () => {
    const acknowledged = new Set<string>();
    for (let kill = 0; kill < KILLS; kill++) {
      const child = await startChild(dir, server, String(kill), acknowledged);
      await sleep(Math.random() * 500);
      await child.kill();
    }
    assert.ok(acknowledged.size > 1_000, `${acknowledged.size} records were acknowledged`);
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

/** Starts a process that appends until it is killed; adds what it acknowledged. Resolves when its spool is open. */
async function startChild(dir: string, { options }: TestS3, run: string, acknowledged: Set<string>): Promise<Child> {
  const script = require.resolve("./spool-kill-child");
  const child = spawn(process.execPath, ["--import=tsx", script, dir, run, JSON.stringify(options)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const lines = createInterface({ input: child.stdout });
  const ended = once(lines, "close");
  const opened = new Promise<void>((resolve) => {
    lines.on("line", (line) => {
      if (line === "open") resolve();
      else if (line.startsWith("ack ")) acknowledged.add(line.slice(4));
    });
  });
  await Promise.race([opened, exited.then(() => assert.fail("the child ended by itself"))]);
  return {
    kill: async () => {
      child.kill("SIGKILL");
      await exited;
      await ended;
    },
  };
}
