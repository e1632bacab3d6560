import assert from "node:assert/strict";
import * as fc from "fast-check";
import { KeyTemplate, encode, type KeySource } from "../../../lib/context/key-template";
import { EdgeError } from "../../../lib/errors";

const source = (code: string, more: Partial<KeySource> = {}): KeySource => ({
  scan: { code, raw: code, symbology: undefined, gs1: { batch: "B-7", gtin: "09506000134352" } },
  reader: "reader-1",
  asset: "motor-1",
  context: { asset_id: "motor-1", cell: { id: 7 }, on: true },
  ...more,
});
const code = (wanted: string) => (error: unknown) => error instanceof EdgeError && error.code === wanted;

describe("a key template", () => {
  it("is filled in from the scan", () => {
    assert.equal(new KeyTemplate("context:{code}").render(source("A100")), "context:A100");
    assert.equal(
      new KeyTemplate("{gs1.gtin}/{gs1.batch}@{reader}+{asset}").render(source("x")),
      "09506000134352/B-7@reader-1+motor-1",
    );
  });

  it("is filled in from the context by path: text, numbers, true and false", () => {
    assert.equal(
      new KeyTemplate("cell:{context.cell.id}:{context.on}:{context.asset_id}").render(source("x")),
      "cell:7:true:motor-1",
    );
  });

  it("says what the scan lacks", () => {
    assert.throws(
      () => new KeyTemplate("context:{gs1.serial}").render(source("A")),
      (error: unknown) => {
        assert.ok(error instanceof EdgeError);
        assert.equal(error.code, "key-incomplete");
        assert.match(error.message, /gs1\.serial/);
        return true;
      },
    );
    assert.throws(() => new KeyTemplate("{context.cell}").render(source("A")), code("key-incomplete"));
    assert.throws(() => new KeyTemplate("{context.constructor.name}").render(source("A")), code("key-incomplete"));
    assert.throws(() => new KeyTemplate("{gs1.constructor}").render(source("A")), code("key-incomplete"));
  });

  it("is refused where it cannot work", () => {
    for (const wrong of [
      "",
      "context:{code",
      "context:code}",
      "context:{cod}",
      "context:{gs1.}",
      "context:{context.a..b}",
      "a b:{code}",
      "a,{code}",
    ]) {
      assert.throws(() => new KeyTemplate(wrong), code("config-template"), wrong);
    }
  });

  it("knows its prefix and whether it says anything of the scan", () => {
    assert.equal(new KeyTemplate("context:{code}:x").prefix, "context:");
    assert.equal(new KeyTemplate("settings").constant, true);
  });

  it("keeps every scan in its own namespace", () => {
    for (const evil of ["A:B", "../asset:motor-1", "*", "A\r\nDEL x", "{code}", "A B", "%3A", "a,b", "Ü", "\ud800"]) {
      const key = new KeyTemplate("context:{code}").render(source(evil));
      assert.match(key, /^context:[A-Za-z0-9\-_.~%]+$/);
    }
    assert.equal(encode("A:B"), "A%3AB");
    assert.equal(encode("%3A"), "%253A");
  });

  it("never mixes up two codes, and never leaves its namespace", () => {
    const template = new KeyTemplate("context:{code}:{reader}");
    const any = fc.string({ unit: "grapheme", minLength: 1 });
    fc.assert(
      fc.property(any, any, (a, b) => {
        const key = template.render(source(a, { reader: b }));
        const parts = key.split(":");
        assert.equal(parts.length, 3);
        assert.deepEqual(parts.slice(1).map(decodeURIComponent), [a, b]);
      }),
    );
  });
});
