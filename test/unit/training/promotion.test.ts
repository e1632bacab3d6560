import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../../lib/clock";
import { newKey } from "../../../lib/release/keys";
import { getPointer, releaseKey } from "../../../lib/release/objects";
import { readPointer } from "../../../lib/release/pointer";
import { FolderStore } from "../../../lib/storage/folder-store";
import { sha256 } from "../../../lib/storage/hash";
import { promoteCandidate, type PromotionWish } from "../../../lib/training/promotion";
import { scratch } from "../../support/cache";
import { MODEL, newKeys, point, pointerTo, publish, RING, version } from "../../support/published";

const keys = newKeys();
const one = version("1.0.0", keys.release);
const CHANNEL = { model: MODEL, ring: RING };

describe("promoting a candidate", () => {
  let dir: string;
  let store: FolderStore;
  beforeEach(async () => {
    dir = scratch("promotion");
    store = new FolderStore(join(dir, "store"), systemClock);
    await publish(store, "1.0.0", one);
    writeFileSync(join(dir, "pointer.pem"), keys.pointer.pem);
    writeFileSync(join(dir, "release.pub.pem"), keys.release.public.pem);
  });
  afterEach(async () => {
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const promote = (wish: Partial<PromotionWish>, ...pointers: string[]): Promise<readonly string[]> =>
    promoteCandidate(
      store,
      { ...CHANNEL, version: "1.0.0", by: "kim", reason: "", ...wish },
      { pointer: join(dir, "pointer.pem"), release: [join(dir, "release.pub.pem")], pointers },
      systemClock,
    );

  it("refuses a genuine release under another's name, and one that is not the candidate", async () => {
    await store.put(releaseKey(MODEL, "2.0.0"), one.bundle);
    await assert.rejects(promote({ version: "2.0.0" }), { code: "release-misnamed" });
    await assert.rejects(promote({ releaseSha256: sha256("another") }), { code: "blob-mismatch" });
    await assert.rejects(promote({ expect: 4 }), { code: "pointer-downgrade" });
    await assert.rejects(getPointer(store, CHANNEL), { code: "pointer-missing" });
    await promote({ releaseSha256: sha256(one.bundle), expect: 0 });
  });

  it("follows a pointer of another key where that is trusted", async () => {
    const before = newKey();
    writeFileSync(join(dir, "before.pub.pem"), before.public.pem);
    await point(store, pointerTo("1.0.0", one.bundle, 5), before);
    await assert.rejects(promote({}), { code: "signature-untrusted" });
    await promote({}, join(dir, "before.pub.pem"));
    const { body } = await getPointer(store, CHANNEL);
    assert.equal(readPointer(body, [keys.pointer.public], CHANNEL).pointer.pointer_seq, 6);
  });
});
