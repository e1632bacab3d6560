/**
 * Conversion between the units that sensors and models of the same line disagree about. Factors: SI Brochure, 9th edition;
 * NIST SP 811 (2008), appendix B.8 for inch, foot, pound, psi and horsepower (550 ft·lbf/s); ISO 80000-3 for the standard
 * gravity. Gauge and absolute pressure (barg, psia) are not told apart by a factor: those spellings are not known.
 */
import { isRecord } from "./path";
import { COMMON_CODES } from "./unit-codes";

/** To the dimension's base: base = value × factor × 10^exponent + offset. Whole powers of ten lose no digit. */
interface Unit {
  readonly dimension: string;
  readonly factor: number;
  readonly exponent: number;
  /** Only where the exponent is 0. */
  readonly offset: number;
}

interface Row {
  readonly name: string;
  readonly factor?: number;
  readonly exponent?: number;
  readonly offset?: number;
  /** Metric prefixes that the unit is used with. */
  readonly prefixes?: readonly Prefix[];
  /** Other spellings; they take the same prefixes. */
  readonly also?: readonly string[];
}

const PREFIXES = { n: -9, µ: -6, m: -3, c: -2, d: -1, da: 1, h: 2, k: 3, M: 6, G: 9 } as const;
type Prefix = keyof typeof PREFIXES;

/**
 * The first of each dimension is its base. `g` is the standard gravity, also in `mg`: vibration sensors mean that, and no
 * gram is known. A prefix that nobody uses with a unit is left out, so that "MA" on an old display can only be mA.
 */
const TABLE: Readonly<Record<string, readonly Row[]>> = {
  temperature: [
    { name: "°C", also: ["C", "degC", "℃", "Celsius", "grad C", "Cel"] },
    { name: "°F", factor: 5 / 9, offset: -160 / 9, also: ["F", "degF", "℉", "Fahrenheit", "grad F"] },
    { name: "K", offset: -273.15, also: ["Kelvin", "degK"] },
  ],
  pressure: [
    { name: "Pa", prefixes: ["m", "h", "k", "M", "G"] },
    { name: "bar", exponent: 5, prefixes: ["µ", "m"] },
    { name: "psi", factor: 6894.757_293_168, also: ["lbf/in²"] },
    { name: "N/mm²", exponent: 6 },
    { name: "mmHg", factor: 133.322_387_415 },
    { name: "kgf/cm²", factor: 98_066.5, also: ["kp/cm²"] },
  ],
  current: [{ name: "A", prefixes: ["n", "µ", "m", "k"], also: ["Amp", "Amps"] }],
  voltage: [{ name: "V", prefixes: ["µ", "m", "k"], also: ["Volt", "Volts"] }],
  power: [
    { name: "W", prefixes: ["µ", "m", "k", "M", "G"] },
    { name: "hp", factor: 745.699_871_582_27 },
  ],
  force: [{ name: "N", prefixes: ["m", "da", "k", "M"] }],
  torque: [
    { name: "N·m", prefixes: ["m", "k", "M"] },
    { name: "N·cm", exponent: -2 },
    { name: "N·mm", exponent: -3 },
  ],
  length: [
    { name: "m", prefixes: ["n", "µ", "m", "c", "d", "k"] },
    { name: "in", factor: 254, exponent: -4, also: ["inch"] },
    { name: "ft", factor: 3048, exponent: -4 },
  ],
  velocity: [
    { name: "m/s", prefixes: ["µ", "m", "c", "k"] },
    { name: "m/min", factor: 1 / 60 },
    { name: "km/h", factor: 1 / 3.6, also: ["kph", "kmh"] },
    { name: "in/s", factor: 254, exponent: -4, also: ["ips", "inch/s"] },
    { name: "ft/s", factor: 3048, exponent: -4 },
    { name: "ft/min", factor: 3048 / 60, exponent: -4, also: ["fpm"] },
  ],
  acceleration: [
    { name: "m/s²", prefixes: ["µ", "m", "c"] },
    { name: "g", factor: 9.80665, prefixes: ["µ", "m"], also: ["gn"] },
  ],
  rotation: [
    { name: "rpm", also: ["1/min", "r/min", "rev/min", "U/min", "min⁻¹", "min-1"] },
    { name: "Hz", factor: 60, prefixes: ["m", "k", "M", "G"], also: ["1/s", "r/s", "s⁻¹"] },
    { name: "rad/s", factor: 30 / Math.PI },
  ],
  time: [
    { name: "s", prefixes: ["n", "µ", "m"], also: ["sec"] },
    { name: "min", factor: 60 },
    { name: "h", factor: 3600 },
  ],
  mass: [{ name: "kg" }, { name: "t", exponent: 3 }, { name: "lb", factor: 0.453_592_37, also: ["lbs"] }],
  flow: [
    { name: "l/min", also: ["lpm"] },
    { name: "l/s", factor: 60 },
    { name: "l/h", factor: 1 / 60 },
    { name: "m³/h", factor: 100 / 6 },
    { name: "m³/min", exponent: 3 },
    { name: "m³/s", factor: 60, exponent: 3 },
  ],
  ratio: [
    { name: "%", also: ["percent", "pct"] },
    { name: "ppm", exponent: -4 },
  ],
  angle: [
    { name: "°", also: ["deg"] },
    { name: "rad", factor: 180 / Math.PI, prefixes: ["m"] },
  ],
};

const EXACT = new Map<string, Unit>();
/** In small letters; null where that means two units (mW and MW): neither is guessed. */
const FOLDED = new Map<string, Unit | null>();

for (const [dimension, rows] of Object.entries(TABLE)) {
  for (const { name, factor = 1, exponent = 0, offset = 0, prefixes = [], also = [] } of rows) {
    for (const spelling of [name, ...also]) {
      learn(spelling, { dimension, factor, exponent, offset });
      for (const prefix of prefixes) {
        const prefixed = { dimension, factor, exponent: exponent + PREFIXES[prefix], offset };
        learn(prefix + spelling, prefixed);
        if (prefix === "µ") learn(`u${spelling}`, prefixed);
      }
    }
  }
}

// Codes last: where a code reads like another unit's spelling (HP is a millimetre of water), the spelling counts.
for (const [code, name] of COMMON_CODES) {
  const unit = EXACT.get(plain(name));
  if (unit && code.length === 3 && FOLDED.get(code.toLowerCase()) === undefined) EXACT.set(plain(code), unit);
}

function learn(spelling: string, unit: Unit): void {
  const key = plain(spelling);
  EXACT.set(key, unit);
  const folded = key.toLowerCase();
  const other = FOLDED.get(folded);
  FOLDED.set(folded, other === undefined || (other && same(other, unit)) ? unit : null);
}

function same(a: Unit, b: Unit): boolean {
  return a.dimension === b.dimension && a.factor === b.factor && a.exponent === b.exponent;
}

/** Without what is written one way and another: "N m", "N.m", "N*m", "N·m"; "m/s^2", "m/s2"; both letters µ. */
function plain(spelling: string): string {
  return spelling
    .replaceAll(/[\s.*·⋅∙]/g, "")
    .replaceAll("μ", "µ")
    .replace(/\/sec(?=$|[\^2²])/, "/s")
    .replace(/^º/, "°")
    .replace(/\^?2$/, "²")
    .replace(/^m\^?3/, "m³");
}

/** Longest spelling that is looked at. */
const LONGEST = 16;

function known(spelling: string): Unit | undefined {
  if (spelling.length > LONGEST) return undefined;
  const key = plain(spelling);
  return EXACT.get(key) ?? FOLDED.get(key.toLowerCase()) ?? undefined;
}

/**
 * What turns a value in unit `from` into one in unit `to`, or undefined when the pair is not known to convert: then the
 * reading must not be used. Equal names need no table.
 */
export function converter(from: string, to: string): ((value: number) => number) | undefined {
  if (from === to) return (value) => value;
  const source = known(from);
  const target = known(to);
  if (!source || !target || source.dimension !== target.dimension) return undefined;
  const exponent = source.exponent - target.exponent;
  const power = 10 ** Math.abs(exponent);
  return (value) => {
    const shifted = (value * source.factor + source.offset - target.offset) / target.factor;
    return exponent < 0 ? shifted / power : shifted * power;
  };
}

/** `value` in unit `to`, or undefined when the pair is not known to convert. */
export function convert(value: number, from: string, to: string): number | undefined {
  return converter(from, to)?.(value);
}

/** True when both name the same unit, however they spell it ("degC", "°C", "CEL"); also when both are the same text. */
export function sameUnit(a: string, b: string): boolean {
  if (a === b) return true;
  const one = known(a);
  const other = known(b);
  return one !== undefined && other !== undefined && same(one, other) && one.offset === other.offset;
}

const CEFACT = "http://www.opcfoundation.org/UA/units/un/cefact";

/**
 * The unit that a source names: text, or the EUInformation of an OPC UA server (Part 8, 5.6.4.3: `unitId` holds the
 * characters of a UN/CEFACT common code, `displayName` the abbreviation). Undefined when it names none.
 */
export function unitOf(raw: unknown): string | undefined {
  if (typeof raw === "string") return raw.trim() === "" ? undefined : raw.trim();
  if (!isRecord(raw)) return undefined;
  const { unitId, namespaceUri, displayName } = raw;
  const byCode =
    typeof unitId === "number" && (namespaceUri === CEFACT || namespaceUri === undefined)
      ? COMMON_CODES.get(commonCode(unitId))
      : undefined;
  const shown = isRecord(displayName) ? displayName["text"] : displayName;
  return byCode ?? (typeof shown === "string" && shown.trim() !== "" ? shown.trim() : undefined);
}

/** 4408652 is 0x43454C is "CEL". */
function commonCode(unitId: number): string {
  let code = "";
  for (let rest = unitId; rest > 0; rest = Math.floor(rest / 256)) code = String.fromCharCode(rest % 256) + code;
  return code;
}

/** The known units by dimension: the name, and with which prefixes. */
export function knownUnits(): { dimension: string; name: string; prefixes: readonly string[] }[] {
  return Object.entries(TABLE).flatMap(([dimension, rows]) =>
    rows.map(({ name, prefixes = [] }) => ({ dimension, name, prefixes })),
  );
}
