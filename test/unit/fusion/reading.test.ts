import assert from "node:assert/strict";
import { inspect } from "node:util";
import * as fc from "fast-check";
import { readValue } from "../../../lib/fusion/reading";
import { sourceStatus, plainQuality } from "../../../lib/fusion/status-code";
import { convert } from "../../../lib/units";

const good = (raw: unknown): number => {
  const reading = readValue(raw);
  assert.equal(reading.quality, "good", reading.reason);
  return reading.value;
};
const bad = (raw: unknown): string => {
  const reading = readValue(raw);
  assert.equal(reading.quality, "bad", `${inspect(raw)} came through as ${reading.value}`);
  assert.ok(Number.isNaN(reading.value), "a bad reading keeps no number");
  return reading.reason;
};

describe("a reading", () => {
  it("is a number, a numeric text with a point, a switch", () => {
    assert.equal(good(1.8), 1.8);
    assert.equal(good("12.5"), 12.5);
    assert.equal(good(" -3e-2\n"), -0.03);
    assert.equal(good(true), 1);
    assert.equal(good(Buffer.from("82.5")), 82.5);
    assert.equal(good(7n), 7);
    assert.equal(good('{"value": 3}'), 3);
  });

  it("is never silently a number when it is none", () => {
    assert.equal(bad("12,5"), '"12,5" is not a number');
    assert.equal(bad(NaN), "NaN is not a finite number");
    assert.equal(bad(-Infinity), "-Infinity is not a finite number");
    assert.equal(bad(null), "null is not a value");
    for (const raw of [
      undefined,
      "",
      " ",
      "0x10",
      "Infinity",
      "NaN",
      "1.2.3",
      "1e999",
      "eleven",
      "--1",
      [],
      {},
      [1, "x"],
      [1, NaN],
      new Date(),
      { value: { value: 1 } },
      10n ** 400n,
    ])
      bad(raw);
    bad("9".repeat(1_000_000));
    bad(Buffer.alloc(1_000_000));
  });

  it("is the newest of a list of samples", () => {
    const reading = readValue([81, 82, 83]);
    assert.equal(reading.value, 83);
    assert.deepEqual(reading.samples, [81, 82, 83]);
  });

  it("is none in a list of lists, however deep", () => {
    assert.equal(bad([[82]]), "a list within a list is not a number");
    let deep: unknown = [82];
    for (let i = 0; i < 100_000; i++) deep = [deep];
    for (const raw of [deep, { value: deep }]) assert.equal(readValue(raw).quality, "bad");
  });

  it("is not one number when OPC UA delivers an array", () => {
    assert.equal(bad(new Float64Array([1, 2, 3])), "a Float64Array of 3 values is not one number");
    assert.equal(
      bad({ value: { dataType: 11, value: new Float64Array([1, 2]) }, statusCode: { value: 0x80000000, name: "Bad" } }),
      "Bad",
    );
  });

  it("is what a DataValue holds, unless its status is Bad", () => {
    assert.equal(good({ value: { dataType: 11, value: 82 }, statusCode: { value: 0, name: "Good" } }), 82);
    assert.equal(good({ value: { dataType: "Int64", value: [-1, 0xfffffffe] }, statusCode: 0 }), -2);
    assert.equal(good({ value: { dataType: 9, value: [1, 5] } }), 2 ** 32 + 5);
    assert.equal(
      bad({ value: { dataType: 11, value: 82 }, statusCode: { value: 0x80700000, name: "BadSensorFailure" } }),
      "BadSensorFailure",
    );
    assert.equal(bad({ value: { dataType: 11, value: NaN }, statusCode: 0 }), "NaN is not a finite number");
    assert.equal(bad({ value: { dataType: 0, value: null }, statusCode: 0 }), "null is not a value");
  });

  it("carries what its source says of it", () => {
    assert.deepEqual(readValue({ value: 82, unit: "°F", quality: "good" }), {
      value: 82,
      quality: "good",
      reason: "",
      unit: "°F",
      samples: undefined,
    });
    assert.equal(readValue({ value: 82, quality: "uncertain" }).quality, "uncertain");
    assert.equal(bad({ value: 82, quality: "bad" }), "bad");
    assert.equal(bad({ value: 82, quality: 0 }), "quality 0");
    assert.equal(bad({ value: 82, quality: "0" }), "quality 0");
    assert.equal(good({ value: 82, quality: "192" }), 82);
    assert.equal(bad({ value: 82, status: "BAD" }), "BAD");
    assert.equal(good({ value: 82, status: "running" }), 82);
  });

  it("never throws, and is finite whenever it is not bad", () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withTypedArray: true, withNullPrototype: true }),
        (raw) => {
          const reading = readValue(raw);
          if (reading.quality === "bad") assert.ok(Number.isNaN(reading.value) && reading.reason !== "");
          else assert.ok(Number.isFinite(reading.value));
        },
      ),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        const reading = readValue(text);
        if (reading.quality === "good" && !/^\s*[[{]/.test(text))
          assert.match(text.trim(), /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a status code", () => {
  it("is judged by its severity, whatever shape it has", () => {
    for (const code of [undefined, 0, "Good", "GoodClamped", { value: 0, name: "Good" }, 0x00000480, "0x00000000"]) {
      assert.equal(sourceStatus(code).quality, "good", JSON.stringify(code));
    }
    for (const code of [0x40000000, 1_083_506_688, "UncertainInitialValue", { name: "Uncertain" }])
      assert.equal(sourceStatus(code).quality, "uncertain");
    for (const code of [
      0x80000000,
      -2_147_483_648,
      "BadSensorFailure",
      { value: 0x80700000 },
      0xc0000000,
      "0x80340000",
      "whatever",
      {},
      1.5,
    ]) {
      assert.equal(sourceStatus(code).quality, "bad", JSON.stringify(code));
    }
  });

  it("of an HTTP answer counts, too: no StatusCode has those numbers", () => {
    assert.equal(sourceStatus(200).quality, "good");
    assert.deepEqual(sourceStatus(404), { quality: "bad", name: "HTTP status 404" });
    assert.equal(sourceStatus(0x480).quality, "good", "Good with the overflow bit");
  });

  it("agrees with the two top bits of any 32-bit number", () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), (code) => {
        fc.pre(code < 400 || code >= 600);
        assert.equal(sourceStatus(code).quality, ["good", "uncertain", "bad", "bad"][Math.floor(code / 2 ** 30)]);
      }),
    );
  });

  it("of OPC Classic is a byte", () => {
    assert.equal(plainQuality(192).quality, "good");
    assert.equal(plainQuality(64).quality, "uncertain");
    assert.equal(plainQuality(8).quality, "bad");
  });
});

describe("units", () => {
  it("are converted between known pairs, and refused between others", () => {
    assert.ok(Math.abs((convert(212, "°F", "°C") as number) - 100) < 1e-9);
    assert.ok(Math.abs((convert(300, "K", "°C") as number) - 26.85) < 1e-9);
    assert.equal(convert(0.1, "in/s", "mm/s"), 2.54);
    assert.equal(convert(1500, "mA", "A"), 1.5);
    assert.equal(convert(3, "parsec", "parsec"), 3);
    assert.equal(convert(3, "bar", "°C"), undefined);
    assert.equal(convert(3, "parsec", "mm"), undefined);
  });

  it("come back to where they started", () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constantFrom("°F", "K"), (value, unit) => {
        const there = convert(value, unit, "°C") as number;
        assert.ok(Math.abs((convert(there, "°C", unit) as number) - value) <= 1e-6);
      }),
    );
  });
});
