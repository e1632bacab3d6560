import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import * as fc from "fast-check";
import { systemClock, type Clock } from "../../../lib/clock";
import { randomHex } from "../../../lib/ids";
import { compareAndSwap } from "../../../lib/storage/compare-and-swap";
import { FolderStore } from "../../../lib/storage/folder-store";
import type { ObjectStore } from "../../../lib/storage/object-store";
import { scratch } from "../../support/cache";
import { FaultyStore, type Fate } from "../../support/faulty-store";

/** Waits for nothing. */
const hasty: Clock = { ...systemClock, after: (_, task) => systemClock.after(0, task) };

interface Body {
  epoch: string;
  recent: string[];
}
const parse = (body: Uint8Array): Body => JSON.parse(Buffer.from(body).toString()) as Body;
const epochsOf = (body: Uint8Array): string[] => [parse(body).epoch, ...parse(body).recent];

/** One writer: reads, then replaces what it has read. */
async function write(store: ObjectStore, direct: ObjectStore, epoch = randomHex(128)): Promise<string> {
  const found = await direct.get("rollouts/m/r.json");
  const body = Buffer.from(JSON.stringify({ epoch, recent: found ? epochsOf(found.body).slice(0, 8) : [] }));
  const condition = found ? ({ ifMatch: found.etag } as const) : ({ ifNoneMatch: "*" } as const);
  const { kind } = await compareAndSwap(store, { key: "rollouts/m/r.json", body, condition, epoch, epochsOf }, hasty);
  return kind;
}

describe("compare and swap", () => {
  let dir: string;
  let folder: FolderStore;
  beforeEach(() => {
    dir = scratch("swap");
    folder = new FolderStore(dir, systemClock);
  });
  afterEach(async () => {
    await folder.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const history = async (): Promise<string[]> => {
    const found = await folder.get("rollouts/m/r.json");
    return found ? epochsOf(found.body) : [];
  };

  it("finds a write that was done and not answered", async () => {
    const store = new FaultyStore(folder);
    store.fates = ["applied-unanswered"];
    assert.equal(await write(store, folder), "applied");
    assert.equal((await history()).length, 1);
  });

  it("finds it also when another writer has built on it meanwhile", async () => {
    const store = new FaultyStore(folder);
    store.fates = ["applied-unanswered"];
    store.meanwhile = () => write(folder, folder);
    assert.equal(await write(store, folder), "applied");
    assert.equal((await history()).length, 2);
  });

  it("fences off a write that never arrived before it calls it lost", async () => {
    const store = new FaultyStore(folder);
    store.fates = ["lost"];
    let other = "";
    store.meanwhile = async () => (other = await write(folder, folder, "0".repeat(32)));
    assert.equal(await write(store, folder), "lost");
    assert.equal(other, "applied");
    assert.equal(store.puts, 2);
    assert.deepEqual(await history(), ["0".repeat(32)]);
  });

  it("says that it does not know, when nothing is answered", async () => {
    const store = new FaultyStore(folder);
    store.fates = Array.from({ length: 9 }, () => "lost" as const);
    store.deafFor = 9;
    await assert.rejects(write(store, folder), { code: "swap-unknown", message: /do it again/ });
  });

  it("writes nothing into a store that lets two writers win", async () => {
    const store = new FaultyStore(folder);
    store.conditionalWrites = () => Promise.resolve({ holds: false, detail: "2 of 12 racing writers won" });
    await assert.rejects(write(store, folder), { code: "objects-unsafe", message: /2 of 12/ });
    assert.equal(store.puts, 0);
  });

  it("says applied exactly where the object's history has it, whatever is lost between several writers", async () => {
    const fate = fc.constantFrom<Fate>("answered", "applied-unanswered", "lost");
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(fate, { maxLength: 3 }), { minLength: 1, maxLength: 6 }), async (writers) => {
        await folder.remove("rollouts/m/r.json");
        const told = await Promise.all(
          writers.map(async (fates, i) => {
            const store = new FaultyStore(folder);
            store.fates = fates;
            const epoch = i.toString(16).padStart(32, "0");
            return [epoch, await write(store, folder, epoch)] as const;
          }),
        );
        const there = await history();
        for (const [epoch, kind] of told) assert.equal(there.includes(epoch), kind === "applied", `${epoch} ${kind}`);
      }),
      { numRuns: 30 },
    );
  });
});
