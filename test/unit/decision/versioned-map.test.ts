import assert from "node:assert/strict";
import * as fc from "fast-check";
import { VersionedMap } from "../../../lib/decision/versioned-map";

/** Changes the version of this number, by which the next one comes to be. */
const step = fc.record({ from: fc.nat(30), key: fc.constantFrom("a", "b", "c", "d"), value: fc.option(fc.nat(9)) });

describe("a versioned map", () => {
  it("is in every version what a map would be that is copied for each", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const copies = [new Map<string, number>()];
        const versions = [VersionedMap.from<string, number>(copies[0])];
        for (const { from, key, value } of steps) {
          const at = from % copies.length;
          const copy = new Map(copies[at]);
          if (value === null) copy.delete(key);
          else copy.set(key, value);
          copies.push(copy);
          const version = versions[at];
          versions.push(value === null ? version.without(key) : version.with(key, value));
        }
        for (const [i, version] of versions.entries()) {
          const copy = copies[i];
          assert.equal(version.size, copy.size);
          assert.deepEqual(new Map(version), copy);
          for (const key of "abcd") {
            assert.equal(version.get(key), copy.get(key));
            assert.equal(version.has(key), copy.has(key));
          }
        }
      }),
    );
  });

  it("keeps the order in which keys came", () => {
    const map = VersionedMap.from(new Map([["b", 1]]))
      .with("a", 2)
      .with("c", 3)
      .with("b", 4)
      .without("a");
    assert.deepEqual(
      [...map],
      [
        ["b", 4],
        ["c", 3],
      ],
    );
    assert.deepEqual(
      [[...map.keys()], [...map.values()]],
      [
        ["b", "c"],
        [4, 3],
      ],
    );
  });

  it("may be changed while somebody goes through it", () => {
    const map = VersionedMap.from(
      new Map([
        ["a", 1],
        ["b", 2],
      ]),
    );
    let next = map;
    const seen: number[] = [];
    for (const [key, value] of map) {
      next = next
        .with(key, 10 * value)
        .with(`${key}'`, value)
        .without("b");
      seen.push(value);
    }
    assert.deepEqual(seen, [1, 2]);
    assert.deepEqual(
      [...next],
      [
        ["a", 10],
        ["a'", 1],
        ["b'", 2],
      ],
    );
  });

  it("copies nothing for the next version of the newest", () => {
    const entries = Array.from({ length: 10_000 }, (_, i) => [String(i), i] as const);
    let map = VersionedMap.from(new Map(entries));
    const heap = process.memoryUsage().heapUsed;
    const versions = [];
    for (let i = 0; i < 1_000; i++) versions.push((map = map.with(String(i), -i)));
    assert.equal(versions.length, 1_000);
    // A thousand copies of ten thousand entries would be hundreds of megabytes.
    assert.ok(process.memoryUsage().heapUsed - heap < 20 * 2 ** 20);
    assert.deepEqual([versions[0]?.get("5"), map.get("5")], [5, -5]);
  });
});
