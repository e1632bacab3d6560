import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import {
  allIdentifiers,
  byNumber,
  fieldFault,
  type ApplicationIdentifier,
} from "../../../lib/context/application-identifiers";
import { gmnCheckPair, mod10 } from "../../../lib/context/check-digits";
import { parseDigitalLink } from "../../../lib/context/digital-link";
import { GS, parseBracketed, parseElementString } from "../../../lib/context/gs1";
import { EdgeError } from "../../../lib/errors";

const code = (wanted: string) => (error: unknown) => error instanceof EdgeError && error.code === wanted;

/** Fields of a part as they are printed: AI and value, all valid. */
const X82 = "!\"%&'*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
const digits = (length: number) =>
  fc.string({ unit: fc.constantFrom(...Array.from("0123456789")), minLength: length, maxLength: length });
const text = (max: number) => fc.string({ unit: fc.constantFrom(...Array.from(X82)), minLength: 1, maxLength: max });
const gtin = digits(13).map((body) => body + mod10(body));
const sscc = digits(17).map((body) => body + mod10(body));
const date = fc
  .tuple(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 28 }))
  .map((all) => all.map((n) => String(n).padStart(2, "0")).join(""));
const fields = fc
  .record(
    {
      "00": sscc,
      "01": gtin,
      "10": text(20),
      "17": date,
      "21": text(20),
      "240": text(30),
      "3103": digits(6),
      "91": text(90),
    },
    { requiredKeys: [] },
  )
  .filter((all) => Object.keys(all).length > 0)
  .chain((all) => fc.shuffledSubarray<[string, string]>(Object.entries(all), { minLength: 1 }));

const named = (pairs: readonly (readonly [string, string])[]) =>
  Object.fromEntries(pairs.map(([ai, value]) => [byNumber(ai)?.name, value]));

describe("check digits", () => {
  it("are those of the General Specifications' examples", () => {
    assert.equal(mod10("629104150021"), "3");
    assert.equal(mod10("0950600013435"), "2");
    assert.equal(mod10("37610425002123456"), "9");
  });

  it("of a Global Model Number are two characters", () => {
    assert.equal(gmnCheckPair("1987654Ad4X4bL5ttr2310c"), "2K");
    assert.equal(gmnCheckPair("x".repeat(24)), undefined);
  });

  it("find every single wrong digit", () => {
    fc.assert(
      fc.property(gtin, fc.nat(13), fc.integer({ min: 1, max: 9 }), (right, at, by) => {
        const wrong = right.slice(0, at) + String((Number(right[at]) + by) % 10) + right.slice(at + 1);
        assert.throws(() => parseElementString(`01${wrong}`), code("scan-check-digit"));
      }),
    );
  });
});

describe("GS1 element strings", () => {
  it("are cut at predefined lengths and at FNC1", () => {
    assert.deepEqual(parseElementString(`0109506000134352172512311 0AB`.replace(" ", "") + `C-1${GS}21S7`), {
      gtin: "09506000134352",
      expiry: "251231",
      batch: "ABC-1",
      serial: "S7",
    });
  });

  it("may begin with FNC1 and have it after a predefined length too", () => {
    assert.deepEqual(parseElementString(`${GS}0109506000134352${GS}10A`), { gtin: "09506000134352", batch: "A" });
  });

  it("keep fields without a name under their number", () => {
    assert.deepEqual(parseElementString("3103001250"), { "3103": "001250" });
  });

  it("know three- and four-digit identifiers", () => {
    assert.deepEqual(parseElementString(`4149506000134352${GS}2541234`), {
      location: "9506000134352",
      gln_extension: "1234",
    });
    assert.deepEqual(parseElementString("8010ABC-1/2"), { cpid: "ABC-1/2" });
  });

  for (const [what, element, wanted] of [
    ["a wrong check digit", "0109506000134353", "scan-check-digit"],
    ["a field cut short", "010950600013", "scan-gs1"],
    ["an unknown identifier", "0512345", "scan-gs1"],
    ["a month 13", "17251301", "scan-gs1"],
    ["a letter in a number", "010950600013435A", "scan-gs1"],
    ["two different batches", `10A${GS}10B`, "scan-gs1"],
    ["an empty field", `10${GS}21A`, "scan-gs1"],
    ["nothing but FNC1", GS, "scan-gs1"],
    ["a batch of 21 characters", `10${"A".repeat(21)}`, "scan-gs1"],
  ] as const) {
    it(`refuse ${what}`, () => assert.throws(() => parseElementString(element), code(wanted)));
  }

  it("come back as they were encoded", () => {
    fc.assert(
      fc.property(fields, (pairs) => {
        const element = pairs.map(([ai, value]) => ai + value + (byNumber(ai)?.predefined ? "" : GS)).join("");
        assert.deepEqual(parseElementString(element), named(pairs));
      }),
    );
  });

  it("never fail but with a code of ours", () => {
    const soup = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(...Array.from("0123456789ABC()"), GS), maxLength: 60 }),
    );
    fc.assert(
      fc.property(soup, (any) => {
        for (const parse of [parseElementString, parseBracketed]) {
          try {
            parse(any);
          } catch (error) {
            assert.ok(error instanceof EdgeError && error.code.startsWith("scan-"), String(error));
          }
        }
      }),
    );
  });
});

describe("bracketed element strings", () => {
  it("are read as printed under the symbol", () => {
    assert.deepEqual(parseBracketed("(01)09506000134352(10)ABC(21)S(7)"), {
      gtin: "09506000134352",
      batch: "ABC",
      serial: "S(7)",
    });
  });

  it("come back as they were printed", () => {
    fc.assert(
      fc.property(fields, (pairs) =>
        assert.deepEqual(parseBracketed(pairs.map(([ai, value]) => `(${ai})${value}`).join("")), named(pairs)),
      ),
    );
  });
});

describe("GS1 Digital Links", () => {
  it("hold the key and its qualifiers in the path, attributes in the query", () => {
    assert.deepEqual(
      parseDigitalLink("https://id.gs1.org/01/09506000134352/10/AB%2FC/21/S7?17=251231&linkType=all#top"),
      {
        gtin: "09506000134352",
        batch: "AB/C",
        serial: "S7",
        expiry: "251231",
      },
    );
  });

  it("may stand under any host and path, with a short GTIN", () => {
    assert.deepEqual(parseDigitalLink("HTTP://brand.example/products/de/01/9506000134352"), { gtin: "09506000134352" });
    assert.deepEqual(parseDigitalLink("https://example.org/8004/9506000134352XYZ/"), { giai: "9506000134352XYZ" });
  });

  it("are refused with a wrong check digit", () => {
    assert.throws(() => parseDigitalLink("https://id.gs1.org/01/09506000134353"), code("scan-check-digit"));
  });

  for (const plain of [
    "https://example.org/01/about",
    "https://example.org/page/17/251231",
    "https://example.org/01/09506000134352/reviews",
    "https://example.org/01/09506000134352/21/A/10/B",
    "https://example.org/01/%zz",
    "https://example.org",
    "http:",
    "mailto:01/09506000134352",
  ]) {
    it(`are not ${plain}`, () => assert.equal(parseDigitalLink(plain), undefined));
  }

  it("come back as they were written", () => {
    fc.assert(
      fc.property(gtin, text(20), text(20), date, (item, batch, serial, expiry) => {
        const link = `https://id.example.org/01/${item}/10/${encodeURIComponent(batch)}/21/${encodeURIComponent(serial)}?17=${expiry}`;
        assert.deepEqual(parseDigitalLink(link), { gtin: item, batch, serial, expiry });
      }),
    );
  });

  it("never fail but with a code of ours", () => {
    fc.assert(
      fc.property(fc.oneof(fc.webUrl({ withQueryParameters: true }), fc.string()), (any) => {
        try {
          parseDigitalLink(`https://x.example/01/09506000134352/10/${any}`);
        } catch (error) {
          assert.ok(error instanceof EdgeError && error.code.startsWith("scan-"), String(error));
        }
      }),
    );
  });
});

describe("the table of application identifiers", () => {
  it("is that of the GS1 Barcode Syntax Dictionary, component by component", () => {
    const specified = readFileSync(join(__dirname, "../../vectors/gs1-syntax.txt"), "utf8")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .flatMap((line) => expanded(line));
    assert.deepEqual(Array.from(allIdentifiers(), asSpecified).toSorted(), specified.toSorted());
  });

  for (const [ai, value, what] of [
    ["17", "260230", "a 30 February"],
    ["17", "260431", "a 31 April"],
    ["7003", "2612002359", "a day 00 where no month's end is meant"],
    ["7003", "2612312460", "24:60"],
    ["8008", "2612312460", "minute 60 of a production time"],
    ["8008", "26123123595", "half a second"],
    ["423", "2765", "half a country"],
    ["7250", "20261301", "a birth in month 13"],
    ["8003", "19506000134352", "a GRAI without its zero"],
    ["8014", "1987654Ad4X4bL5ttr2310cXX", "wrong check characters of a device identifier"],
  ] as const) {
    it(`refuses ${what}`, () => assert.ok(faultOf(ai, value)));
  }

  for (const [ai, value] of [
    ["17", "240229"],
    ["17", "260200"],
    ["03", "09506000134352"],
    ["423", "276040756"],
    ["717", "ABC"],
    ["7041", "1A"],
    ["7251", "202612312359"],
    ["8003", "09506000134352ABC"],
    ["8008", "261231235959"],
    ["8014", "1987654Ad4X4bL5ttr2310c2K"],
    ["8043", "12345678901234567812"],
  ] as const) {
    it(`takes (${ai}) ${value}`, () => assert.equal(faultOf(ai, value), undefined));
  }

  it("names every identifier once", () => {
    const names = Array.from(allIdentifiers(), ({ name }) => name);
    assert.equal(new Set(names).size, names.length);
  });

  it("tells a wrong form from a wrong check digit", () => {
    const item = byNumber("01");
    assert.ok(item);
    assert.equal(fieldFault(item, "0950600013435")?.kind, "format");
    assert.equal(fieldFault(item, "09506000134353")?.kind, "check");
    assert.equal(fieldFault(item, "09506000134352"), undefined);
  });
});

/** What is wrong with a field that stands alone. */
function faultOf(ai: string, value: string): string | undefined {
  const identifier = byNumber(ai);
  assert.ok(identifier, ai);
  return fieldFault(identifier, value)?.reason;
}

/** "3100-3105 * N6" as one line each. */
function expanded(line: string): string[] {
  const [ais = "", ...rest] = line.split(" ");
  const [from = "", to = from] = ais.split("-");
  return Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) =>
    [String(Number(from) + i).padStart(from.length, "0"), ...rest].join(" "),
  );
}

const LINTERS: Readonly<Record<string, string>> = {
  mod10: "csum",
  gmn: "csumalpha",
  date: "yymmdd",
  date0: "yymmd0",
  birth: "yyyymmdd",
  time: "hhmi",
  hour: "hh",
  zero: "zero",
};

/** An identifier of ours, written as the dictionary does. */
function asSpecified({ ai, predefined, parts, qualifiers }: ApplicationIdentifier): string {
  const words = parts.map(({ charset, min, max, optional, check }, i) => {
    const shape = `${charset.toUpperCase()}${min === max ? "" : ".."}${max}`;
    const linter = check === "minute" ? (i === 2 ? "mi" : "ss") : check && LINTERS[check];
    return `${optional ? `[${shape}]` : shape}${linter === undefined ? "" : `,${linter}`}`;
  });
  const orders = qualifiers?.map((order) => order.join(",")).join("|");
  const key = orders === undefined ? [] : [orders === "" ? "dlpkey" : `dlpkey=${orders}`];
  return [ai, ...(predefined > 0 ? ["*"] : []), ...words, ...key].join(" ");
}
