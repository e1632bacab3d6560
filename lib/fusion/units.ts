/** Conversion between the units that sensors and models of the same line disagree about. */

/** To the dimension's base: base = value × factor + offset. */
interface Unit {
  readonly dimension: string;
  readonly factor: number;
  readonly offset: number;
}

const unit = (dimension: string, factor: number, offset = 0): Unit => ({ dimension, factor, offset });

const UNITS: ReadonlyMap<string, Unit> = new Map([
  ["°c", unit("temperature", 1)],
  ["°f", unit("temperature", 5 / 9, -160 / 9)],
  ["k", unit("temperature", 1, -273.15)],
  ["mm/s", unit("velocity", 1)],
  ["m/s", unit("velocity", 1000)],
  ["in/s", unit("velocity", 25.4)],
  ["a", unit("current", 1)],
  ["ma", unit("current", 0.001)],
  ["v", unit("voltage", 1)],
  ["mv", unit("voltage", 0.001)],
  ["w", unit("power", 1)],
  ["kw", unit("power", 1000)],
  ["hp", unit("power", 745.699_871_582_27)],
  ["bar", unit("pressure", 1)],
  ["mbar", unit("pressure", 0.001)],
  ["pa", unit("pressure", 1e-5)],
  ["kpa", unit("pressure", 0.01)],
  ["psi", unit("pressure", 0.068_947_572_931_68)],
  ["m/s²", unit("acceleration", 1)],
  ["g", unit("acceleration", 9.80665)],
  ["rpm", unit("rotation", 1)],
  ["hz", unit("rotation", 60)],
  ["mm", unit("length", 1)],
  ["µm", unit("length", 0.001)],
  ["in", unit("length", 25.4)],
]);

const SPELLINGS: ReadonlyMap<string, string> = new Map([
  ["c", "°c"],
  ["degc", "°c"],
  ["℃", "°c"],
  ["f", "°f"],
  ["degf", "°f"],
  ["℉", "°f"],
  ["kelvin", "k"],
  ["ips", "in/s"],
  ["amp", "a"],
  ["amps", "a"],
  ["m/s2", "m/s²"],
  ["m/s^2", "m/s²"],
  ["1/min", "rpm"],
  ["um", "µm"],
  ["μm", "µm"],
]);

function known(name: string): Unit | undefined {
  const folded = name.trim().toLowerCase();
  return UNITS.get(SPELLINGS.get(folded) ?? folded);
}

/**
 * `value` in unit `to`, or undefined when the pair is not known to convert: then the reading must not be used. Equal
 * names need no table.
 */
export function convert(value: number, from: string, to: string): number | undefined {
  if (from === to) return value;
  const source = known(from);
  const target = known(to);
  if (!source || !target || source.dimension !== target.dimension) return undefined;
  return (value * source.factor + source.offset - target.offset) / target.factor;
}
