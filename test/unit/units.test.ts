import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { convert, knownUnits, sameUnit, unitOf } from "../../lib/units";

const EXPONENT: Readonly<Record<string, number>> = {
  n: -9,
  µ: -6,
  m: -3,
  c: -2,
  d: -1,
  da: 1,
  h: 2,
  k: 3,
  M: 6,
  G: 9,
};

const SPELLED = knownUnits().flatMap(({ dimension, name, prefixes }) =>
  ["", ...prefixes].map((prefix) => ({ dimension, name, prefix, unit: prefix + name })),
);

describe("units of readings", () => {
  const cases: [number, string, string, number][] = [
    [0.7, "MPa", "bar", 7],
    [700, "kPa", "bar", 7],
    [1013, "hPa", "mbar", 1013],
    [210, "bar", "MPa", 21],
    [3, "mPa", "Pa", 0.003],
    [1.5, "kN·m", "N·m", 1500],
    [250, "N·mm", "Nm", 0.25],
    [12.5, "kN", "daN", 1250],
    [2, "MW", "kW", 2000],
    [2, "mW", "W", 0.002],
    [500, "uA", "mA", 0.5],
    [1.2, "kV", "V", 1200],
    [0.0045, "m/s", "mm/s", 4.5],
    [1, "in/s", "mm/s", 25.4],
    [90, "kph", "m/s", 25],
    [1, "g", "m/s²", 9.80665],
    [500, "mg", "g", 0.5],
    [1.2, "kHz", "Hz", 1200],
    [50, "Hz", "rpm", 3000],
    [3, "min", "s", 180],
    [25, "µm", "mm", 0.025],
    [6, "m³/h", "l/min", 100],
    [212, "°F", "°C", 100],
    [300, "K", "degC", 26.85],
  ];
  for (const [value, from, to, expected] of cases) {
    it(`takes ${value} ${from} for ${expected} ${to}`, () => {
      const got = convert(value, from, to) as number;
      assert.ok(Math.abs(got - expected) <= Math.abs(expected) * 1e-12, `${got}`);
    });
  }

  it("reads a unit however it is spelled", () => {
    const spellings: [string, string][] = [
      ["C", "°C"],
      ["deg C", "°C"],
      ["℃", "°C"],
      ["N m", "N·m"],
      ["N.m", "N·m"],
      ["kN*m", "kN·m"],
      ["m/s^2", "m/s²"],
      ["m/s2", "m/s²"],
      ["μm", "µm"],
      ["um", "µm"],
      ["m3/h", "m³/h"],
      ["KPA", "kPa"],
      ["MA", "mA"],
      ["RPM", "1/min"],
      ["mm/sec", "mm/s"],
      ["m/sec2", "m/s²"],
      ["kgf/cm2", "kgf/cm²"],
    ];
    for (const [from, to] of spellings) assert.equal(convert(7, from, to), 7, `${from} → ${to}`);
  });

  it("reads UN/CEFACT codes, as text and as the unitId of an OPC UA server", () => {
    for (const [code, unit] of [
      ["CEL", "°C"],
      ["FAH", "degF"],
      ["KEL", "K"],
      ["KPA", "kPa"],
      ["AMP", "A"],
      ["HTZ", "1/s"],
      ["C16", "mm/s"],
      ["MSK", "m/s^2"],
      ["M41", "mm/s²"],
    ] as const)
      assert.ok(sameUnit(code, unit), `${code} is ${unit}`);
    const namespaceUri = "http://www.opcfoundation.org/UA/units/un/cefact";
    const displayName = { locale: "de", text: "Grad" };
    assert.equal(unitOf({ namespaceUri, unitId: 4_408_652, displayName }), "°C");
    assert.equal(unitOf({ namespaceUri, unitId: 13_387, displayName }), "mA", "4K");
    assert.equal(unitOf({ namespaceUri, unitId: -1, displayName }), "Grad");
    assert.equal(unitOf({ namespaceUri: "urn:vendor", unitId: 4_408_652, displayName: "mm/s" }), "mm/s");
    assert.equal(unitOf({ unitId: -1 }), undefined);
    assert.equal(unitOf(1), undefined);
  });

  it("tells the same unit, spelled otherwise, from another", () => {
    for (const [a, b] of [
      ["°C", "degC"],
      ["Nm", "N·m"],
      ["rpm", "1/min"],
      ["furlong", "furlong"],
    ] as const)
      assert.ok(sameUnit(a, b), `${a} is ${b}`);
    for (const [a, b] of [
      ["°C", "K"],
      ["°C", "°F"],
      ["mm/s", "m/s"],
      ["furlong", "mile"],
      ["g", "kg"],
    ] as const)
      assert.ok(!sameUnit(a, b), `${a} is not ${b}`);
  });

  it("does not take gauge pressure for absolute", () => {
    for (const unit of ["barg", "bar(g)", "psia", "psig"]) assert.equal(convert(1, unit, "bar"), undefined, unit);
  });

  it("does not guess where a capital decides: mW or MW, mPa or MPa, N·m or nm", () => {
    for (const [from, to] of [
      ["mw", "W"],
      ["mpa", "bar"],
      ["MPA", "bar"],
      ["NM", "N·m"],
      ["NM", "mm"],
      ["mhz", "Hz"],
    ] as const)
      assert.equal(convert(1, from, to), undefined, `${from} → ${to}`);
  });

  it("takes g for the standard gravity, never for a mass", () => {
    assert.equal(convert(1, "g", "kg"), undefined);
    assert.equal(convert(1, "kg", "g"), undefined);
    assert.equal(convert(1, "kg", "m/s²"), undefined);
    assert.equal(convert(2, "t", "kg"), 2000);
  });

  it("moves the point by the prefix, and by nothing else", () => {
    const prefixed = SPELLED.filter(({ prefix }) => prefix !== "");
    fc.assert(
      fc.property(fc.constantFrom(...prefixed), fc.double({ min: -1e6, max: 1e6, noNaN: true }), (of, value) => {
        const got = convert(value, of.unit, of.name) as number;
        const expected = value * 10 ** EXPONENT[of.prefix];
        assert.ok(
          Math.abs(got - expected) <= Math.abs(expected) * 1e-12 + 1e-300,
          `${of.unit}: ${got}, not ${expected}`,
        );
      }),
      { numRuns: 500 },
    );
  });

  it("converts there and back within a dimension, and never between two", () => {
    const any = fc.constantFrom(...SPELLED);
    fc.assert(
      fc.property(any, any, fc.double({ min: -1e6, max: 1e6, noNaN: true }), (a, b, value) => {
        const there = convert(value, a.unit, b.unit);
        if (a.dimension !== b.dimension) assert.equal(there, undefined);
        else {
          const back = convert(there as number, b.unit, a.unit) as number;
          assert.ok(Math.abs(back - value) <= 1e-9 * Math.max(1000, Math.abs(value)), `${a.unit} → ${b.unit}: ${back}`);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("converts or leaves alone whatever is called a unit", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (from, to) => {
        const got = convert(1, from, to);
        assert.ok(got === undefined || Number.isFinite(got));
      }),
    );
  });

  it("names every unit that it knows, with its prefixes, in the help", () => {
    const help = readFileSync("nodes/sensor-fuse/locales/en-US/sensor-fuse.html", "utf8");
    for (const { name, prefixes } of knownUnits()) {
      const shown = prefixes.join(", ");
      const expected = shown === "" ? `\`${name}\`` : `\`${name}\` (${shown})`;
      assert.ok(help.includes(expected), `${expected} is not in the help`);
    }
  });
});
