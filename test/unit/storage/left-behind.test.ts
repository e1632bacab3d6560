import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ManualClock } from "../../../lib/clock";
import { FolderStore } from "../../../lib/storage/folder-store";
import { LeftBehind } from "../../../lib/storage/left-behind";
import { openSpool } from "../../../lib/storage/spool";
import { keysOf } from "../../support/objects";
import { until } from "../../support/process";

describe("spools that nobody opens any more", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "ce-left-"));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it("are sealed, uploaded under their own prefix, and set aside; those with an owner are left alone", async () => {
    const clock = new ManualClock();
    const store = new FolderStore(join(dir, "objects"), clock);
    const common = { dataDir: dir, store, binding: "board", clock, random: () => 0.5 };
    for (const name of ["old", "mine"]) {
      const spool = await openSpool({ ...common, name, keyPrefix: `${name}/v1/dev=a` });
      await spool.append("one", "{}");
      await spool.close();
    }
    const left = new LeftBehind({ ...common, owned: ["mine"], warn: assert.ifError });
    assert.deepEqual(left.names(), ["old"]);
    await left.start();
    await until("the old one is drained", () => {
      clock.advance(5_000);
      return left.pending === 0;
    });
    await left.close();
    const keys = await keysOf(store, "");
    assert.equal(keys.length, 1);
    assert.match(keys[0], /^old\/v1\/dev=a\/[0-9a-f]{32}\/0000000001\.ndjson\.gz$/);
    assert.deepEqual(
      readdirSync(dir).filter((name) => name.startsWith("spool-old")),
      ["spool-old.db.drained"],
    );
    assert.deepEqual(left.names(), []);
    await store.close();
  });

  it("one that is damaged is told of, and keeps none of the others", async () => {
    const clock = new ManualClock();
    const store = new FolderStore(join(dir, "objects"), clock);
    const common = { dataDir: dir, store, binding: "board", clock, random: () => 0.5 };
    writeFileSync(
      join(dir, "spool-bad.db"),
      "this was never a database, but it is long enough to look like one ".repeat(40),
    );
    const spool = await openSpool({ ...common, name: "good", keyPrefix: "good/v1/dev=a" });
    await spool.append("one", "{}");
    await spool.close();
    const warned: string[] = [];
    const left = new LeftBehind({ ...common, owned: [], warn: ({ message }) => warned.push(message) });
    await left.start();
    await until("the good one is drained", () => {
      clock.advance(5_000);
      return left.pending === 0;
    });
    await left.close();
    assert.equal((await keysOf(store, "good/")).length, 1);
    assert.equal(warned.length, 1);
    assert.match(warned[0], /spool-bad\.db is damaged/);
    assert.deepEqual(left.names(), ["bad"]);
    await store.close();
  });
});
