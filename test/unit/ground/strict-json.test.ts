import assert from "node:assert/strict";
import * as fc from "fast-check";
import { parseStrictJson } from "../../../lib/strict-json";

const LIMITS = { maxBytes: 10_000, maxDepth: 20 };
const parse = (text: string, limits = LIMITS): unknown => parseStrictJson(Buffer.from(text), limits);

describe("strict JSON", () => {
  it("reads what JSON.parse reads, whatever stands in keys and strings", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(undefined, 2, "\t"), (value, space) => {
        const text = JSON.stringify(value, null, space);
        fc.pre(Buffer.byteLength(text) <= LIMITS.maxBytes);
        assert.deepEqual(parse(text), JSON.parse(text));
      }),
    );
    for (const text of [
      '{"a":"{\\"a\\":1,\\"a\\":2}"}',
      '[{"a":1},{"a":1}]',
      '{"a":{"a":{"a":[]}}}',
      '["a","a"]',
      '"a:"',
    ])
      assert.deepEqual(parse(text), JSON.parse(text));
  });

  it("refuses a key that stands twice in one object, however it is written", () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue({ maxDepth: 2 }), fc.jsonValue({ maxDepth: 2 }), (key, first, second) => {
        // Every UTF-16 unit as an escape: the same key in other letters.
        const units = Array.from({ length: key.length }, (_, i) => key.charCodeAt(i).toString(16).padStart(4, "0"));
        const same = `"${units.map((unit) => `\\u${unit}`).join("")}"`;
        const text = `{${JSON.stringify(key)} :${JSON.stringify(first)},"${key.length}${"x".repeat(99)}":{},${same}:${JSON.stringify(second)}}`;
        assert.throws(() => parse(text), /stands there twice/);
      }),
    );
    assert.throws(() => parse('{"__proto__":1,"__proto__":2}'), /stands there twice/);
  });

  it("refuses what is too deep, too long, no UTF-8, or begins with a byte order mark", () => {
    assert.doesNotThrow(() => parse(`${"[".repeat(20)}${"]".repeat(20)}`));
    assert.throws(() => parse(`${"[".repeat(21)}${"]".repeat(21)}`), /nested deeper than 20/);
    assert.throws(() => parse(`"${"x".repeat(10_000)}"`), /10002 bytes, limit 10000/);
    assert.throws(() => parseStrictJson(Buffer.from([0x22, 0xff, 0x22]), LIMITS), /utf-8/);
    assert.throws(() => parse('\uFEFF"a"'), SyntaxError);
    for (const text of ["", "{", "NaN", "{'a':1}", "[1,]"]) assert.throws(() => parse(text), SyntaxError);
  });
});
