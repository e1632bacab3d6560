import assert from "node:assert/strict";
import * as fc from "fast-check";
import { GS } from "../../../lib/context/gs1";
import { MAX_SCAN, NoRead, ScanError, readScan, textOf } from "../../../lib/context/scan";
import { EdgeError } from "../../../lib/errors";

const NO_READ = new NoRead(["NOREAD", "no read", "ERROR", "?"]);
const read = (raw: string) => readScan(raw, NO_READ);
const code = (wanted: string) => (error: unknown) => error instanceof ScanError && error.code === wanted;

describe("a scan", () => {
  it("loses the frame of its reader: STX, ETX, CR, LF", () => {
    assert.deepEqual(read("\x02A100\x03\r\n"), {
      code: "A100",
      raw: "\x02A100\x03\r\n",
      symbology: undefined,
      gs1: undefined,
    });
  });

  it("loses the byte order mark of a text", () => {
    assert.equal(read("\ufeffABC\r\n").code, "ABC");
    assert.equal(read(textOf(Buffer.from("\ufeff\x02ABC\x03"))).code, "ABC");
  });

  it("loses its AIM symbology identifier, which is kept beside it", () => {
    const scan = read("]d1A100\r");
    assert.equal(scan.code, "A100");
    assert.equal(scan.symbology, "]d1");
    assert.equal(scan.gs1, undefined);
  });

  it("keeps a bracket that is no symbology identifier", () => {
    assert.equal(read("]1AB").code, "]1AB");
    assert.equal(read("]").code, "]");
  });

  for (const [prefix, what] of [
    ["]C1", "GS1-128"],
    ["]d2", "GS1 DataMatrix"],
    ["]Q3", "GS1 QR code"],
    ["]e0", "GS1 DataBar"],
    ["]J1", "GS1 DotCode"],
    [GS, "FNC1 in front"],
  ] as const) {
    it(`is GS1 by ${what}`, () => {
      assert.deepEqual(read(`${prefix}010950600013435210ABC${GS}21S7`).gs1, {
        gtin: "09506000134352",
        batch: "ABC",
        serial: "S7",
      });
    });
  }

  it("is GS1 in brackets and as a Digital Link", () => {
    assert.deepEqual(read("(01)09506000134352").gs1, { gtin: "09506000134352" });
    assert.deepEqual(read("https://id.gs1.org/01/09506000134352/21/S7").gs1, { gtin: "09506000134352", serial: "S7" });
  });

  it("of an EAN symbol is the item number", () => {
    assert.deepEqual(read("]E09506000134352").gs1, { gtin: "09506000134352" });
    assert.throws(() => read("]E09506000134353"), code("scan-check-digit"));
  });

  for (const fnc1 of ["\u241d", "<GS>", "{GS}", "[GS]", "^]", "\\x1d", "\\u001D"]) {
    it(`is GS1 where a keyboard wedge spells FNC1 as ${fnc1}`, () => {
      const wanted = { gtin: "09506000134352", batch: "ABC", expiry: "261231" };
      const element = `010950600013435210ABC${fnc1}17261231`;
      for (const text of [`]C1${element}`, `${fnc1}${element}`, element])
        assert.deepEqual(read(text).gs1, wanted, text);
    });
  }

  it("is GS1 without a symbology identifier where FNC1 separates what reads as identifiers", () => {
    assert.deepEqual(read(`21S7${GS}10ABC${GS}0109506000134352`).gs1, {
      serial: "S7",
      batch: "ABC",
      gtin: "09506000134352",
    });
    assert.throws(() => read(`0109506000134353${GS}10ABC`), code("scan-check-digit"));
    for (const plain of [`0512${GS}34`, `[)>\x1e06${GS}P123${GS}1TABC\x1e\x04`, `]C0010950600013435210A${GS}21B`])
      assert.equal(read(plain).gs1, undefined);
  });

  it("is refused as a compressed Digital Link, in words", () => {
    for (const link of ["https://id.gs1.org/ARHKVAdpQg", "HTTPS://ID.GS1.ORG/01/09506000134352/DBmRL4mWQQ"])
      assert.throws(() => read(link), /compressed/);
    assert.equal(read("https://brand.example/ARHKVAdpQg").gs1, undefined);
    assert.equal(read("https://id.gs1.org/.well-known/gs1resolver").gs1, undefined);
  });

  it("that only looks like GS1 stays a plain code", () => {
    for (const plain of ["0109506000134352", "09506000134353", "10ABC", "(99X)1", "(5)A", "https://example.org/x"]) {
      assert.deepEqual(read(plain), { code: plain, raw: plain, symbology: undefined, gs1: undefined });
    }
  });

  it("with a wrong check digit is refused, and still tells what was scanned", () => {
    assert.throws(
      () => read("]d20109506000134353"),
      (error: unknown) => {
        assert.ok(error instanceof ScanError);
        assert.equal(error.code, "scan-check-digit");
        assert.match(error.message, /must be 2/);
        assert.equal(error.known.code, "0109506000134353");
        assert.equal(error.known.symbology, "]d2");
        return true;
      },
    );
  });

  it("is a no-read when the reader says so, in any case and frame", () => {
    for (const text of ["NOREAD", "noread\r\n", "\x02No Read\x03", "?"])
      assert.throws(() => read(text), code("scan-no-read"));
    assert.equal(read("NOREAD-1").code, "NOREAD-1");
  });

  it("that is empty is refused", () => {
    for (const text of ["", "\r\n", "\x02\x03", "  ", "]d2"]) assert.throws(() => read(text), code("scan-empty"));
  });

  it("of a megabyte is refused, and not kept", () => {
    assert.throws(
      () => read("A".repeat(1_000_000)),
      (error: unknown) => {
        assert.ok(error instanceof ScanError);
        assert.equal(error.code, "scan-too-long");
        assert.equal(error.known.raw.length, 256);
        return true;
      },
    );
    assert.throws(() => textOf(Buffer.alloc(1_000_000, 65)), code("scan-too-long"));
    assert.equal(read("A".repeat(MAX_SCAN)).code.length, MAX_SCAN);
  });

  it("with control characters or bytes that are no text is refused", () => {
    assert.throws(() => read("A\x07B"), code("scan-binary"));
    assert.throws(() => textOf(Buffer.from([0x41, 0xff, 0xfe])), code("scan-binary"));
  });

  it("may come as text, bytes or a whole number, and as nothing else", () => {
    assert.equal(textOf("A100"), "A100");
    assert.equal(textOf(Buffer.from("Zähler")), "Zähler");
    assert.equal(textOf(4711), "4711");
    for (const payload of [undefined, null, {}, [], 1.5, true])
      assert.throws(() => textOf(payload), code("scan-empty"));
  });

  it("never fails but with a code of ours", () => {
    const soup = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom(...Array.from("]dQC123(01)"), GS, "\x02", "\r", "h"), maxLength: 40 }),
      fc.string().map((rest) => `]d201${rest}`),
    );
    fc.assert(
      fc.property(soup, (raw) => {
        try {
          const scan = read(raw);
          assert.ok(raw.includes(scan.code) && scan.code.trim() !== "");
        } catch (error) {
          assert.ok(error instanceof EdgeError, String(error));
        }
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          read(textOf(bytes));
        } catch (error) {
          assert.ok(error instanceof EdgeError, String(error));
        }
      }),
    );
  });
});
