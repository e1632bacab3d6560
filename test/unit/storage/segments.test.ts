import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { systemClock } from "../../../lib/clock";
import { FolderStore } from "../../../lib/storage/folder-store";
import { sha256 } from "../../../lib/storage/hash";
import { SEGMENT_LIMITS, packSegment } from "../../../lib/storage/pack";
import {
  Deduplicator,
  advance,
  listSegments,
  readSegments,
  unpackSegment,
  type Cursor,
  type Gap,
} from "../../../lib/storage/segments";
import { segmentKey } from "../../../lib/storage/spool-file";

const A = "a".repeat(32);
const B = "b".repeat(32);

describe("packing and unpacking segments", () => {
  it("gives back whatever JSON was packed, in order, cut where a limit says", () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue(), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 10 }),
        (values, rows) => {
          const limits = { ...SEGMENT_LIMITS, rows, rawBytes: 500, gzipBytes: 200 };
          let lines = values.map((value) => JSON.stringify(value));
          const read: unknown[] = [];
          while (lines.length > 0) {
            const packed = packSegment(lines, limits);
            assert.ok(packed.rows >= 1 && packed.rows <= rows);
            assert.ok(packed.rows === 1 || (packed.rawBytes <= 500 && packed.body.byteLength <= 200));
            assert.equal(packed.sha256, sha256(packed.body));
            read.push(...unpackSegment("k", packed.body).records);
            lines = lines.slice(packed.rows);
          }
          assert.equal(JSON.stringify(read), JSON.stringify(values));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("says which lines are damaged and reads the others", () => {
    assert.deepEqual(unpackSegment("k", gzipSync('{"a":1}\n{"b":\n3\n')), { records: [{ a: 1 }, 3], damaged: [2] });
  });

  it("never takes foreign bytes for a segment, and no bomb for one", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        assert.throws(() => unpackSegment("some/key", bytes), {
          code: "segment-damaged",
          message: /^some\/key cannot be unpacked/,
        });
      }),
    );
    assert.throws(() => unpackSegment("k", gzipSync(Buffer.alloc(64 << 20))), { code: "segment-damaged" });
    assert.throws(() => unpackSegment("k", gzipSync('{"a":1}\n'.repeat(5_000)).subarray(0, 60)), {
      code: "segment-damaged",
    });
  });
});

describe("reading segments", () => {
  let dir: string;
  let store: FolderStore;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "ce-segments-"));
    store = new FolderStore(dir, systemClock);
  });
  afterEach(async () => {
    await store.close();
    rmSync(dir, { recursive: true });
  });
  const put = async (spoolId: string, seq: number, ...ids: string[]): Promise<void> => {
    const { body } = packSegment(
      ids.map((id) => JSON.stringify({ id })),
      SEGMENT_LIMITS,
    );
    await store.put(segmentKey("ldo/v1/dev=a", spoolId, seq), body);
  };
  const read = async (cursor: Cursor, onGap?: (gap: Gap) => void): Promise<{ ids: string[]; cursor: Cursor }> => {
    const ids: string[] = [];
    for await (const { segment, records } of readSegments(store, {
      prefix: "ldo/v1/",
      cursor,
      ...(onGap && { onGap }),
    })) {
      ids.push(...records.map((record) => (record as { id: string }).id));
      cursor = advance(cursor, segment);
    }
    return { ids, cursor };
  };

  it("goes on where the cursor stands, per spool, however late a spool's segments come", async () => {
    await put(A, 1, "a1");
    await put(B, 1, "b1");
    const first = await read({});
    assert.deepEqual(first, { ids: ["a1", "b1"], cursor: { [A]: 1, [B]: 1 } });
    await put(B, 2, "b2");
    await put(A, 2, "a2", "a3");
    assert.deepEqual((await read(first.cursor)).ids, ["a2", "a3", "b2"]);
  });

  it("reports a gap and reads on; within its grace it waits for what may be on its way", async () => {
    await put(A, 1, "a1");
    await put(A, 4, "a4");
    const gaps: Gap[] = [];
    assert.deepEqual((await read({}, (gap) => gaps.push(gap))).ids, ["a1", "a4"]);
    assert.deepEqual(gaps, [{ spoolId: A, from: 2, to: 3 }]);
    const soon: number[] = [];
    for await (const { seq } of listSegments(store, { prefix: "ldo/v1/", graceMs: 60_000, now: Date.now() }))
      soon.push(seq);
    assert.deepEqual(soon, [1]);
  });

  it("passes over what is no segment", async () => {
    await store.put("ldo/v1/dev=a/readme.txt", Buffer.from("hello"));
    await put(A, 1, "a1");
    assert.deepEqual((await read({})).ids, ["a1"]);
  });

  it("counts what it has seen before", () => {
    const ids = new Deduplicator();
    assert.deepEqual(
      ["x", "y", "x"].filter((id) => ids.isFirst(id)),
      ["x", "y"],
    );
    assert.equal(ids.duplicates, 1);
  });
});
