import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { systemClock } from "../../../lib/clock";
import { FolderStore } from "../../../lib/storage/folder-store";
import { sha256 } from "../../../lib/storage/hash";
import { isKey } from "../../../lib/storage/keys";
import { keysOf } from "../../support/objects";

const bytes = (text: string): Uint8Array => Buffer.from(text);

describe("folder as object store", () => {
  let root: string;
  let store: FolderStore;
  const create = { condition: { ifNoneMatch: "*" } } as const;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "ce-folder-"));
    store = new FolderStore(join(root, "objects"), systemClock);
  });
  afterEach(async () => {
    await store.close();
    rmSync(root, { recursive: true });
  });

  it("stores a file at its key's path and reads it back with its hash", async () => {
    assert.deepEqual(await store.put("ldo/v1/dev=edge-1/0001.ndjson.gz", bytes("abc")), {
      kind: "stored",
      etag: sha256("abc"),
    });
    assert.equal(readFileSync(join(root, "objects/ldo/v1/dev=edge-1/0001.ndjson.gz"), "utf8"), "abc");
    const found = await store.get("ldo/v1/dev=edge-1/0001.ndjson.gz");
    assert.equal(Buffer.from(found?.body ?? []).toString(), "abc");
    assert.equal(found?.sha256, sha256("abc"));
    assert.equal(await store.head("ldo/v1"), undefined);
    assert.equal(await store.get("nothing/here"), undefined);
  });

  it("creates once: the same bytes again are there already, other bytes are not taken", async () => {
    assert.equal((await store.put("k", bytes("mine"), create)).kind, "stored");
    assert.equal((await store.put("k", bytes("mine"), create)).kind, "exists-same");
    const other = await store.put("k", bytes("theirs"), create);
    assert.equal(other.kind, "exists-other");
    assert.equal(other.kind === "exists-other" && other.found?.sha256, sha256("mine"));
    assert.equal(readFileSync(join(root, "objects/k"), "utf8"), "mine");
  });

  it("swaps only the version that was read", async () => {
    assert.deepEqual(await store.put("k", bytes("1"), { condition: { ifMatch: sha256("0") } }), {
      kind: "exists-other",
      found: undefined,
    });
    await store.put("k", bytes("1"));
    assert.equal((await store.put("k", bytes("2"), { condition: { ifMatch: sha256("1") } })).kind, "stored");
    assert.equal((await store.put("k", bytes("3"), { condition: { ifMatch: sha256("1") } })).kind, "exists-other");
    assert.equal((await store.put("k", bytes("2"), { condition: { ifMatch: sha256("1") } })).kind, "exists-same");
  });

  it("lets one of many racing writers win, also across two stores on one folder", async () => {
    const second = new FolderStore(join(root, "objects"), systemClock);
    try {
      assert.deepEqual((await store.conditionalWrites()).holds, true);
      await store.put("k", bytes("0"));
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          (i % 2 ? store : second).put("k", bytes(`w${i}`), { condition: { ifMatch: sha256("0") } }),
        ),
      );
      assert.equal(outcomes.filter((outcome) => outcome.kind === "stored").length, 1);
    } finally {
      await second.close();
    }
  });

  it("leaves no drafts and no probes behind", async () => {
    await store.conditionalWrites();
    await store.put("a", bytes("1"), create);
    await store.put("a", bytes("2"), create);
    const drafts = readdirSync(join(root, "objects/.context-edge")).filter((name) => name.startsWith("draft"));
    assert.deepEqual(drafts, []);
    assert.deepEqual(await keysOf(store, ""), ["a"]);
  });

  it("removes drafts that a kill left behind, and no younger ones", async () => {
    const folder = join(root, "objects/.context-edge");
    mkdirSync(folder, { recursive: true });
    for (const name of ["draft-old", "draft-new"]) writeFileSync(join(folder, name), "half an obj");
    const longAgo = Date.now() / 1000 - 7_200;
    utimesSync(join(folder, "draft-old"), longAgo, longAgo);
    await store.put("a", bytes("1"));
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith("draft")),
      ["draft-new"],
    );
  });

  it("lists in the order of the keys' bytes, from a prefix, after a key", async () => {
    const keys = ["a.b", "a/x", "a/y/1", "a/y/2", "a0", "b/1"];
    for (const key of keys) await store.put(key, bytes(key));
    assert.deepEqual(await keysOf(store, ""), keys.toSorted());
    assert.deepEqual(await keysOf(store, "a/"), ["a/x", "a/y/1", "a/y/2"]);
    assert.deepEqual(await keysOf(store, "a/", "a/y/1"), ["a/y/2"]);
    assert.deepEqual(await keysOf(store, "a/y"), ["a/y/1", "a/y/2"]);
    assert.deepEqual(await keysOf(store, "nothing/"), []);
  });

  it("lists any set of keys as a sorted array would be cut", async () => {
    const part = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._=-]{0,3}$/).filter((text) => !text.includes(".."));
    const anyKey = fc.array(part, { minLength: 2, maxLength: 3 }).map((parts) => parts.join("/") + ".o");
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(anyKey, { minLength: 1, maxLength: 8 }), fc.nat(), async (keys, pick) => {
        const dir = mkdtempSync(join(root, "list-"));
        const some = new FolderStore(dir, systemClock);
        const stored: string[] = [];
        for (const key of keys.filter(isKey)) if ((await some.put(key, bytes(key))).kind === "stored") stored.push(key);
        fc.pre(stored.length > 0);
        const sorted = stored.toSorted();
        const after = sorted[pick % sorted.length] as string;
        const listed = await keysOf(some, "", after);
        assert.deepEqual(
          listed,
          sorted.filter((key) => key > after),
        );
        await some.close();
      }),
      { numRuns: 30 },
    );
  });

  it("refuses keys that could leave the folder, before anything is touched", async () => {
    for (const key of [
      "../x",
      "a/../../x",
      "/etc/passwd",
      "a//b",
      "",
      ".hidden",
      "a/.context-edge/lock.db",
      "a\\b",
      "a\0b",
      "a/b/",
    ]) {
      await assert.rejects(store.put(key, bytes("x")), { code: "objects-key" }, key);
      await assert.rejects(store.get(key), { code: "objects-key" }, key);
    }
    assert.deepEqual(readdirSync(root), []);
    fc.assert(fc.property(fc.string(), (text) => !isKey(text) || join("/r", text).startsWith("/r/")));
  });

  it("says that a file is where a key needs a directory", async () => {
    await store.put("a", bytes("file"));
    const outcome = await store.put("a/b", bytes("x"), create);
    assert.equal(outcome.kind, "refused");
    assert.equal(outcome.kind === "refused" && outcome.about, "object");
  });

  it("says when the folder cannot be made", async () => {
    writeFileSync(join(root, "objects"), "a file is in the way");
    const outcome = await store.put("a", bytes("x"), create);
    assert.equal(outcome.kind, "refused");
  });

  it("refuses to read what is larger than the reader can take", async () => {
    await store.put("big", new Uint8Array(2_000));
    await assert.rejects(store.get("big", 1_000), { code: "objects-too-large", message: /2000 bytes, limit 1000/ });
  });
});
