import assert from "node:assert/strict";
import { chmodSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../../lib/clock";
import { EdgeError } from "../../../lib/errors";
import { readBundle } from "../../../lib/release/bundle";
import { Channel, type ChannelParts } from "../../../lib/release/channel";
import { newKey } from "../../../lib/release/keys";
import { blobKey, channelKey, releaseKey } from "../../../lib/release/objects";
import { signPointer } from "../../../lib/release/pointer";
import { openDatabase, type Database } from "../../../lib/storage/database";
import { FolderStore } from "../../../lib/storage/folder-store";
import { sha256 } from "../../../lib/storage/hash";
import { RefusingStore } from "../../../lib/storage/refusing-store";
import { scratch } from "../../support/cache";
import { MODEL, newKeys, point, pointerTo, publish, RING, version } from "../../support/published";

const keys = newKeys();
const one = version("1.0.0", keys.release);
const two = version("2.0.0", keys.release, 8);
const away = new RefusingStore(new EdgeError("objects-unreachable", "the store is away"));

describe("a channel, as a device sees it", () => {
  let dir: string;
  let store: FolderStore;
  let database: Database;
  let doubt: string | undefined;
  beforeEach(async () => {
    dir = scratch("channel");
    doubt = undefined;
    store = new FolderStore(join(dir, "store"), systemClock);
    database = await openDatabase({ file: join(dir, "device.db") });
    await publish(store, "1.0.0", one);
    await publish(store, "2.0.0", two);
  });
  afterEach(async () => {
    await database.close();
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  });

  function channel(change: Partial<ChannelParts> = {}, trusted = keys, ring = RING): Channel {
    return new Channel(
      {
        model: MODEL,
        ring,
        releaseKeys: [newKey().public, trusted.release.public],
        pointerKeys: [trusted.pointer.public],
      },
      {
        store,
        database: () => Promise.resolve(database),
        dataDir: dir,
        clock: systemClock,
        watch: { trouble: () => doubt, stamp: () => ({ synced: null, skew_ms: null, boot: { id: "b", ms: 0 } }) },
        ...change,
      },
    );
  }
  const cacheDir = (): string => join(dir, "models", MODEL);

  /** As a start does it. */
  async function serve(from: Channel = channel()): Promise<string> {
    const ref = await from.look();
    await from.release(ref);
    await from.activated(ref);
    return ref.version;
  }

  it("brings the release that the pointer names, for this user alone", async () => {
    await point(store, pointerTo("1.0.0", one.bundle, 1), keys.pointer);
    const found = await channel().release(await channel().look());
    assert.deepEqual([...found.files.keys()], ["golden.json", "model.json", "model.onnx", "report.json"]);
    for (const [name, bytes] of one.files) assert.ok(Buffer.from(bytes).equals(found.files.get(name) ?? Buffer.of()));
    assert.equal(statSync(cacheDir()).mode & 0o777, 0o700);
    for (const name of readdirSync(cacheDir())) assert.equal(statSync(join(cacheDir(), name)).mode & 0o777, 0o600);
  });

  it("serves what served last when the store is away, also after an expiry, but not once it is revoked", async () => {
    await point(store, pointerTo("1.0.0", one.bundle, 1, { expires_at: "2099-01-01T00:00:00.000Z" }), keys.pointer);
    assert.equal(await serve(), "1.0.0");
    const offline = channel({ store: away });
    await assert.rejects(offline.look(), { code: "objects-unreachable" });
    const good = await offline.lastGood();
    assert.equal(good?.version, "1.0.0");
    assert.equal((await offline.release(good)).files.size, 4);

    const revoked = [sha256(one.bundle)];
    await point(
      store,
      pointerTo("2.0.0", two.bundle, 2, { revoked, expires_at: "2026-11-24T11:00:00Z" }),
      keys.pointer,
    );
    const late = { ...systemClock, now: () => Date.parse("2026-12-01T00:00:00Z") };
    await assert.rejects(channel({ clock: late }).look(), { code: "pointer-expired" });
    // A pointer that can activate nothing any more still revokes.
    await assert.rejects(offline.lastGood(), { code: "release-revoked" });
  });

  it("keeps to what was revoked when the bundle is written anew, or the pointer that revoked it is lost", async () => {
    const anew = Buffer.concat([one.bundle, Buffer.from("\n")]);
    const { digest } = readBundle(one.bundle, [keys.release.public]);
    const revoked = [sha256(one.bundle), digest];
    await point(store, pointerTo("2.0.0", two.bundle, 1, { revoked }), keys.pointer);
    assert.equal(await serve(), "2.0.0");
    await point(store, pointerTo("1.0.0", one.bundle, 2), keys.pointer);
    await assert.rejects(serve(), { code: "release-revoked" });
    await store.put(releaseKey(MODEL, "1.0.0"), anew);
    await point(store, pointerTo("1.0.0", anew, 3), keys.pointer);
    await assert.rejects(serve(), { code: "release-revoked" });
    assert.equal((await channel().lastGood())?.version, "2.0.0");
  });

  it("lets an expired pointer name what it has activated before", async () => {
    await point(store, pointerTo("1.0.0", one.bundle, 1, { expires_at: "2026-11-30T00:00:00Z" }), keys.pointer);
    const during = { ...systemClock, now: () => Date.parse("2026-11-25T00:00:00Z") };
    const late = { ...systemClock, now: () => Date.parse("2026-12-01T00:00:00Z") };
    await assert.rejects(channel({ clock: late }).look(), { code: "pointer-expired" });
    assert.equal(await serve(channel({ clock: during })), "1.0.0");
    assert.equal(await serve(channel({ clock: late })), "1.0.0");
  });

  it("activates nothing that can expire while the clock is in doubt", async () => {
    doubt = "the clock says 1970";
    await point(store, pointerTo("1.0.0", one.bundle, 1, { expires_at: "2099-01-01T00:00:00Z" }), keys.pointer);
    await assert.rejects(channel().look(), { code: "clock-untrusted", message: /the clock says 1970/ });
    await point(store, pointerTo("1.0.0", one.bundle, 2), keys.pointer);
    assert.equal(await serve(), "1.0.0");
  });

  it("never goes back to an older pointer, also after a restart and whether or not it could follow the newer one", async () => {
    const first = pointerTo("1.0.0", one.bundle, 4);
    await point(store, first, keys.pointer);
    assert.equal(await serve(), "1.0.0");
    await point(store, pointerTo("2.0.0", two.bundle, 5), keys.pointer);
    await channel().look();
    await point(store, first, keys.pointer);
    await database.close();
    database = await openDatabase({ file: join(dir, "device.db") });
    await assert.rejects(channel().look(), { code: "pointer-older", message: /number 5 was seen/ });
    await point(store, pointerTo("1.0.0", one.bundle, 5), keys.pointer);
    await assert.rejects(channel().look(), { code: "pointer-conflict" });
    // Going back is a new pointer to an older release.
    await point(store, pointerTo("1.0.0", one.bundle, 6), keys.pointer);
    assert.equal(await serve(), "1.0.0");
  });

  it("refuses pointers and releases of other keys, each where the other's would do", async () => {
    await point(store, pointerTo("1.0.0", one.bundle, 1), keys.release);
    await assert.rejects(channel().look(), { code: "signature-untrusted" });
    const foreign = version("3.0.0", keys.pointer);
    await publish(store, "3.0.0", foreign);
    await point(store, pointerTo("3.0.0", foreign.bundle, 1), keys.pointer);
    await assert.rejects(channel().release(await channel().look()), { code: "signature-untrusted" });
    assert.equal(await channel().lastGood(), undefined);
  });

  it("refuses a bundle that is genuine but not the one that the pointer names", async () => {
    await point(store, pointerTo("1.0.0", one.bundle, 1), keys.pointer);
    await store.put(releaseKey(MODEL, "1.0.0"), version("1.0.0", keys.release).bundle);
    await assert.rejects(channel().release(await channel().look()), { code: "blob-mismatch" });
  });

  for (const name of one.files.keys()) {
    it(`refuses ${name} with a bit turned, or gone, and takes it up where it broke off once it is mended`, async () => {
      await point(store, pointerTo("1.0.0", one.bundle, 1), keys.pointer);
      const bytes = Buffer.from(one.files.get(name) ?? Buffer.of());
      const key = blobKey(sha256(bytes));
      const changed = Buffer.from(bytes);
      changed[changed.length >> 1] = (changed[changed.length >> 1] ?? 0) ^ 4;
      await store.put(key, changed);
      const ref = await channel().look();
      await assert.rejects(channel().release(ref), { code: "blob-mismatch" });
      await store.remove(key);
      await assert.rejects(channel().release(ref), { code: "release-missing" });
      const had = readdirSync(cacheDir()).filter((file) => !file.startsWith("."));
      assert.ok(!had.includes(sha256(bytes)) && had.length >= 1);
      await store.put(key, bytes);
      assert.equal((await channel().release(ref)).files.size, 4);
    });
  }

  it("finds damage in its cache at every load, and brings that file anew", async () => {
    await point(store, pointerTo("1.0.0", one.bundle, 1), keys.pointer);
    const ref = await channel().look();
    await channel().release(ref);
    for (const name of readdirSync(cacheDir())) {
      const file = join(cacheDir(), name);
      const bytes = readFileSync(file);
      for (const bad of [
        bytes.subarray(0, -1),
        Buffer.concat([bytes, Buffer.of(0)]),
        bytes.map((b, i) => (i ? b : b ^ 1)),
      ]) {
        writeFileSync(file, bad);
        await assert.rejects(channel({ store: away }).release(ref), { code: "objects-unreachable" });
        await channel().release(ref);
        assert.ok(readFileSync(file).equals(bytes));
      }
    }
  });

  it("says that the cache cannot be written to", async function () {
    await point(store, pointerTo("1.0.0", one.bundle, 1), keys.pointer);
    writeFileSync(join(dir, "models"), "a file where the folder should be");
    chmodSync(join(dir, "models"), 0o600);
    await assert.rejects(channel().release(await channel().look()), { code: "cache", message: /data folder/ });
  });

  it("keeps what served last and before it, and removes what is older", async () => {
    const three = version("3.0.0", keys.release, 9);
    await publish(store, "3.0.0", three);
    const day = new Date(Date.now() - 2 * 24 * 3_600_000);
    for (const [seq, [number, release]] of Object.entries({ "1.0.0": one, "2.0.0": two, "3.0.0": three }).entries()) {
      await point(store, pointerTo(number, release.bundle, seq + 1), keys.pointer);
      assert.equal(await serve(), number);
      for (const name of readdirSync(cacheDir())) utimesSync(join(cacheDir(), name), day, day);
    }
    await channel().activated(await channel().look());
    const left = readdirSync(cacheDir());
    for (const bytes of [...two.files.values(), ...three.files.values(), two.bundle, three.bundle])
      assert.ok(left.includes(sha256(bytes)));
    assert.ok(!left.includes(sha256(one.bundle)));
    assert.ok(!left.includes(sha256(one.files.get("model.onnx") ?? "")));
  });

  it("keeps what served last in a ring with other keys", async () => {
    const others = { release: newKey(), pointer: keys.pointer };
    const three = version("3.0.0", others.release, 9);
    await publish(store, "3.0.0", three);
    await point(store, pointerTo("3.0.0", three.bundle, 1, { ring: "pilot" }), keys.pointer);
    assert.equal(await serve(channel({}, others, "pilot")), "3.0.0");
    const day = new Date(Date.now() - 2 * 24 * 3_600_000);
    for (const name of readdirSync(cacheDir())) utimesSync(join(cacheDir(), name), day, day);
    await point(store, pointerTo("1.0.0", one.bundle, 1), keys.pointer);
    assert.equal(await serve(), "1.0.0");
    const offline = channel({ store: away }, others, "pilot");
    const good = await offline.lastGood();
    assert.ok(good);
    assert.equal((await offline.release(good)).files.size, 4);
  });

  it("remembers nothing of a pointer that is not genuine", async () => {
    const bytes = signPointer(pointerTo("1.0.0", one.bundle, 99), newKey());
    await store.put(channelKey({ model: MODEL, ring: RING }), bytes);
    await assert.rejects(channel().look(), { code: "signature-untrusted" });
    await point(store, pointerTo("1.0.0", one.bundle, 1), keys.pointer);
    assert.equal(await serve(), "1.0.0");
  });
});
