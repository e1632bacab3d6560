import assert from "node:assert/strict";
import * as fc from "fast-check";
import { importContexts, type ImportOptions, type ImportResult } from "../../../lib/context/import/import-contexts";
import type { Entry } from "../../../lib/context/store";
import { EdgeError } from "../../../lib/errors";
import { withCode } from "./support";

interface Imported extends ImportResult {
  readonly stored: Record<string, unknown>;
  readonly lines: readonly (number | undefined)[];
}

async function imported(payload: unknown, changes: Partial<ImportOptions> = {}): Promise<Imported> {
  const stored = new Map<string, unknown>();
  const store = {
    replace: (entries: readonly Entry[]) => {
      assert.ok(entries.length <= 250, `${entries.length} contexts in one step`);
      for (const { key, value } of entries) stored.set(key, value);
      return Promise.resolve();
    },
  };
  const options: ImportOptions = {
    format: "auto",
    prefix: "",
    types: {},
    check: false,
    keyOf: (code) => `context:${code}`,
    ...changes,
  };
  const result = await importContexts(payload, options, store);
  const lines = (result.errors ?? []).map((error) => ("line" in error ? error.line : undefined));
  return { ...result, stored: Object.fromEntries(stored), lines };
}

const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;

describe("an import of CSV", () => {
  it("takes a column for what most of its cells are, never a cell by itself", async () => {
    const { stored, columns, lines, errors } = await imported(
      [
        "key,article,lot,temperature,hold,note",
        "a,007,12,75.5,true,1",
        "b,123,A7,80,false,x",
        "c,124,13,n.a.,true,y",
        "d,125,B9,90,maybe,z",
        "e,126,14,,,",
      ].join("\n"),
    );
    assert.deepEqual(columns, {
      article: "text",
      lot: "number",
      temperature: "number",
      hold: "boolean",
      note: "text",
    });
    assert.deepEqual(stored, {
      a: { article: "007", lot: 12, temperature: 75.5, hold: true, note: "1" },
      e: { article: "126", lot: 14 },
    });
    assert.deepEqual(lines, [3, 4, 5]);
    assert.match(errors?.[0]?.reason ?? "", /lot is "A7", and a number in most rows \(the heading "lot:text"/);
  });

  it("takes it for what the heading or the command declares", async () => {
    const text = "code,lot:text,article:number,t\nA,12,007,1\nB,B9,8e1,2";
    const { stored, columns } = await imported(text, { types: { t: "text" } });
    assert.deepEqual(columns, { lot: "text", article: "number", t: "text" });
    assert.deepEqual(stored, {
      "context:A": { lot: "12", article: 7, t: "1" },
      "context:B": { lot: "B9", article: 80, t: "2" },
    });
    const comma = await imported('key,t:text,u\na,95;5,1\nb,"95,5",2');
    assert.deepEqual(comma.stored, { a: { t: "95;5", u: 1 }, b: { t: "95,5", u: 2 } });
    await assert.rejects(imported("key,t\na,1", { types: { x: "text" } }), withCode("import-invalid"));
  });

  it("counts a number with a comma as a number, and refuses its row", async () => {
    const { stored, columns, lines, errors } = await imported("key;t\na;95,5\nb;96");
    assert.deepEqual(columns, { t: "number" });
    assert.deepEqual(stored, { b: { t: 96 } });
    assert.deepEqual(lines, [2]);
    assert.match(errors?.[0]?.reason ?? "", /t is "95,5": write numbers with a point/);
  });

  it("refuses what is not UTF-8, also where it was decoded before", async () => {
    const latin = Buffer.from("key,product\na,Motor\nb,Gerät", "latin1");
    const where = /in line 3, not text in UTF-8 — save it as "CSV UTF-8"/;
    for (const text of [latin, latin.toString("utf8")])
      await assert.rejects(imported(text), { code: "import-invalid", message: where });
  });

  it("costs a broken line that line alone", async () => {
    const { stored, lines, rejected } = await imported(
      [
        "key;product;t",
        "a;Motor A;1",
        'b;"Motor B;2', // never closed
        "c;Motor C;3",
        'd;Mo"tor;4', // within a cell
        "e;Motor E",
        "",
        'f;"two\nlines";6',
        'g;"Motor G;7',
        "h;Motor H;8",
        ";nobody;9",
        "i;Motor I;10",
      ].join("\r\n"),
    );
    assert.deepEqual(Object.keys(stored), ["a", "c", "f", "h", "i"]);
    assert.deepEqual(stored["f"], { product: "two\nlines", t: 6 });
    assert.deepEqual(lines, [3, 5, 6, 10, 12]);
    assert.equal(rejected, 5);
  });

  it("reads what spreadsheets write", async () => {
    const text = '\ufeffsep=;\r\nkey;"normal.temperature";note\r\na;75;"say ""no"""\r\n';
    const { stored } = await imported(Buffer.from(text));
    assert.deepEqual(stored, { a: { normal: { temperature: 75 }, note: 'say "no"' } });
    assert.deepEqual((await imported("key\tn\ra\t1\rb\t2")).stored, { a: { n: 1 }, b: { n: 2 } });
  });

  it("gives back any cells that were quoted, at their lines", async () => {
    const cell = fc.string({ unit: fc.constantFrom("a", "0", '"', ",", ";", "\n", " ", "ü") });
    const rows = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(rows, async (table) => {
        const text = table.map(([one, two], i) => [`k${i}`, quote(one), quote(two)].join(",")).join("\n");
        const { stored, rejected } = await imported(`key,one:text,two:text\n${text}`);
        assert.equal(rejected, 0);
        for (const [i, [one, two]] of table.entries()) {
          const wanted = { ...(one !== "" && { one }), ...(two !== "" && { two }) };
          assert.deepEqual(stored[`k${i}`], wanted);
        }
      }),
    );
  });
});

describe("an import of JSON", () => {
  it("costs a broken element itself alone, in a list of lines", async () => {
    const { stored, lines } = await imported(
      [
        "[",
        '  {"key": "a", "value": {"n": 1}},',
        '  {"key": "b", "value": {"n": 2},', // a bracket is missing
        '  {"key": "c, "value": {"n": 3}},', // a quotation mark is missing
        '  {"key": "d", "value": {n: 4}},',
        '  {"key": "e", "value": {"n": 5, "list": [1, {"x": "]"}]}},',
        '  7, {"key": "f", "value": {}},',
        '  {"value": {}}',
        "]",
      ].join("\n"),
    );
    assert.deepEqual(Object.keys(stored), ["a", "e", "f"]);
    assert.deepEqual(lines, [3, 4, 5, 7, 8]);
  });

  it("costs it itself alone in a list over many lines, and by key", async () => {
    const list = JSON.stringify(
      ["a", "b", "c"].map((key) => ({ key, value: { normal: { t: 1 }, steps: [{ n: 1 }] } })),
      null,
      2,
    );
    const broken = list.replace('"key": "b",', '"key": "b,');
    assert.deepEqual(Object.keys((await imported(broken)).stored), ["a", "c"]);
    const byKey = '{\n  "a": {"n": 1},\n  "b": {"n: 2},\n  "c": {"n": 3}\n}\n';
    const { stored, lines } = await imported(byKey);
    assert.deepEqual(stored, { a: { n: 1 }, c: { n: 3 } });
    assert.deepEqual(lines, [3]);
  });

  it("says that it was cut off, and keeps what came before", async () => {
    const { stored, errors } = await imported('[{"key":"a","value":{}},\n{"key":"b","val');
    assert.deepEqual(Object.keys(stored), ["a"]);
    assert.match(errors?.[0]?.reason ?? "", /not closed/);
    const { errors: more } = await imported('[{"key":"a","value":{}}');
    assert.match(more?.[0]?.reason ?? "", /ends without \]/);
    const { errors: after } = await imported('[{"key":"a","value":{}}] and so on');
    assert.match(after?.[0]?.reason ?? "", /more text after the end: and so on/);
  });

  it("takes one object per line, each by itself", async () => {
    const { stored, lines } = await imported(
      '{"key":"a","value":{"n":1}}\n\n{"key":"b","value"\n{"code":"C","value":{"n":3}}\r\n[1]\n',
    );
    assert.deepEqual(stored, { a: { n: 1 }, "context:C": { n: 3 } });
    assert.deepEqual(lines, [3, 5]);
    assert.deepEqual((await imported('{"key":"a","value":{}}')).stored, { a: {} });
    assert.deepEqual((await imported('{"key":{"n":1}}')).stored, { key: { n: 1 } });
    assert.deepEqual((await imported('{"key"\n{"key":"b","value":{}}')).stored, { b: {} });
  });

  it("reads any list and any object as JSON.parse does, however they are written", async () => {
    const value = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { noNullPrototype: true });
    const indent = fc.constantFrom(undefined, 1, 2, "\t");
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 8 }),
        fc.array(value, { minLength: 8, maxLength: 8 }),
        indent,
        async (keys, values, spaces) => {
          const rows = keys.map((key, i) => ({ key, value: values[i] }));
          const wanted = JSON.parse(JSON.stringify(rows)) as { key: string; value: unknown }[];
          const { stored, rejected } = await imported(JSON.stringify(rows, null, spaces));
          assert.equal(rejected, 0);
          for (const one of wanted) assert.deepEqual(stored[one.key], one.value);
          const lines = rows.map((row) => JSON.stringify(row)).join("\n");
          assert.equal((await imported(lines, { format: "ndjson" })).count, keys.length);
          const plain = Object.fromEntries(rows.filter(({ key }) => key !== "__proto__").map((r) => [r.key, r.value]));
          if (Object.keys(plain).length === 0) return;
          const object = await imported(JSON.stringify(plain, null, spaces), { format: "json" });
          assert.equal(object.count, Object.keys(plain).length);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("of any text ends with rows, or with an error that says why", async () => {
    const piece = fc.constantFrom("{", "}", "[", "]", '"', ",", ":", "\n", '"key"', '"a"', "1", "\\", "key,x", " ");
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 60 }), async (pieces) => {
        const result = await imported(pieces.join("")).catch((error: unknown) => error);
        if (result instanceof Error) assert.ok(withCode("import-invalid")(result), String(result));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("an import of many rows", () => {
  it("lists the first bad ones and counts the rest", async () => {
    const rows = Array.from({ length: 1_000 }, (_, i) => (i % 2 ? { key: `k${i}`, value: {} } : { key: `k${i}` }));
    const { count, rejected, errors, more } = await imported(rows);
    assert.deepEqual([count, rejected, errors?.length, more], [500, 500, 20, 480]);
  });

  it("that finds no good row imports nothing, and says why", async () => {
    await assert.rejects(imported([1, 2, 3, 4]), (error: Error) => {
      assert.match(error.message, /nothing was imported\. row 1: is not an object.*; and 1 more/);
      return withCode("import-invalid")(error);
    });
  });

  it("tells its progress, and how far it came when the store fails", async () => {
    const seen: number[] = [];
    const rows = Array.from({ length: 1_000 }, (_, i) => ({ key: `k${i}`, value: {} }));
    await imported(rows, { progress: (count) => seen.push(count) });
    assert.deepEqual(seen, [250, 500, 750, 1000]);
    let steps = 0;
    const store = {
      replace: () => (++steps === 3 ? Promise.reject(new EdgeError("store-full", "no more room")) : Promise.resolve()),
    };
    const options: ImportOptions = { format: "auto", prefix: "", types: {}, check: false, keyOf: (code) => code };
    await assert.rejects(importContexts(rows, options, store), (error: Error) => {
      assert.match(error.message, /no more room; 500 contexts were imported before; from row 501 on/);
      return withCode("store-full")(error);
    });
  });
});
