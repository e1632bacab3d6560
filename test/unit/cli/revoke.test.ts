import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../../cli/run";
import { systemClock } from "../../../lib/clock";
import type { Pointer } from "../../../lib/messages-release";
import { channelKey, releaseKey } from "../../../lib/release/objects";
import { readPointer } from "../../../lib/release/pointer";
import { FolderStore } from "../../../lib/storage/folder-store";
import { sha256 } from "../../../lib/storage/hash";
import { scratch } from "../../support/cache";
import { MODEL, newKeys, publish, RING, version } from "../../support/published";

const keys = newKeys();
const one = version("1.0.0", keys.release);
const two = version("2.0.0", keys.release, 8);
const CHANNEL = { model: MODEL, ring: RING };

describe("context-edge promote --revoke", () => {
  let dir: string;
  let store: FolderStore;
  beforeEach(async () => {
    dir = scratch("revoke");
    store = new FolderStore(join(dir, "store"), systemClock);
    await publish(store, "1.0.0", one);
    await publish(store, "2.0.0", two);
    writeFileSync(join(dir, "pointer.pem"), keys.pointer.pem);
    writeFileSync(join(dir, "release.pub.pem"), keys.release.public.pem);
  });
  afterEach(async () => {
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  });

  async function promote(number: string, ...more: string[]): Promise<{ code: number; said: string }> {
    const said: string[] = [];
    const where = [`--store=${join(dir, "store")}`, `--key=${join(dir, "pointer.pem")}`];
    const code = await run(
      ["promote", MODEL, number, RING, ...where, `--trust=${join(dir, "release.pub.pem")}`, ...more],
      {
        out: (line) => said.push(line),
        err: (line) => said.push(line),
        env: {},
      },
    );
    return { code, said: said.join("\n") };
  }
  async function stands(): Promise<Pointer> {
    const found = await store.get(channelKey(CHANNEL));
    return readPointer(found?.body ?? Buffer.of(), [keys.pointer.public], CHANNEL).pointer;
  }

  it("revokes by a version only the release that was signed under it", async () => {
    assert.equal((await promote("1.0.0")).code, 0);
    for (const [bytes, code] of [
      [Buffer.from("garbage"), /signature-invalid: --revoke 1\.0\.0/],
      [two.bundle, /release-misnamed: --revoke 1\.0\.0/],
    ] as const) {
      await store.put(releaseKey(MODEL, "1.0.0"), bytes);
      const { code: exit, said } = await promote("2.0.0", "--revoke", "1.0.0");
      assert.equal(exit, 3, said);
      assert.match(said, code);
    }
    assert.equal((await stands()).version, "1.0.0");
  });

  it("keeps a revoked release from being promoted with its bundle written anew", async () => {
    assert.equal((await promote("2.0.0", "--revoke", "1.0.0")).code, 0);
    await store.put(releaseKey(MODEL, "1.0.0"), Buffer.concat([one.bundle, Buffer.from("\n")]));
    const { code, said } = await promote("1.0.0");
    assert.deepEqual([code, /release-revoked/.test(said)], [3, true], said);
  });

  it("says which pointers it goes past, and that what they revoked is to be revoked again", async () => {
    assert.match((await promote("1.0.0", "--after", "3")).said, /pointers 1 to 3 are not here: .*--revoke it again/);
    assert.doesNotMatch((await promote("1.0.0", "--after", "3")).said, /not here/);
  });

  it("revokes what the pointer named by that version, beside what stands under it now", async () => {
    assert.equal((await promote("1.0.0")).code, 0);
    const again = version("1.0.0", keys.release, 9);
    await publish(store, "1.0.0", again);
    assert.equal((await promote("2.0.0", "--revoke", "1.0.0")).code, 0);
    const { revoked = [] } = await stands();
    for (const { bundle } of [one, again]) assert.ok(revoked.includes(sha256(bundle)));
  });
});
