import { EdgeError } from "../../errors";

/** The four tables of a Modbus device, in the order of the function codes that read them. */
export type Table = "coil" | "discrete" | "holding" | "input";

/** Function code that reads a table: 1, 2, 3, 4. */
export const READ_FUNCTION: Readonly<Record<Table, 1 | 2 | 3 | 4>> = { coil: 1, discrete: 2, holding: 3, input: 4 };

/** One place in a device. `address` is what goes over the line, counted from 0. */
export interface RegisterAddress {
  readonly table: Table;
  readonly address: number;
  /** The unit (slave) it belongs to; undefined: the connection's own, or that of the asset. */
  readonly unit: number | undefined;
  /** What stands behind the "@": an asset of the connection's table, unless it is the number of a unit. */
  readonly owner?: string;
}

/** First digit of a five- or six-digit reference, as printed in PLC manuals, to its table. */
const REFERENCE: Readonly<Record<string, Table>> = { "0": "coil", "1": "discrete", "3": "input", "4": "holding" };

const WRITTEN = /^(?:(coil|discrete|holding|input):)?(\d+)(?:@(\S.*))?$/i;
const UNIT = /^\d{1,3}$/;

/**
 * Reads an address as it stands in a channel row:
 *
 *     40, holding:40, input:7, coil:0, discrete:3     counted from 0, as on the line; no table means holding
 *     40041, 30008, 00001, 10004, 400041              five or six digits: a PLC reference, counted from 1
 *     40041@2, holding:40@2                           unit 2 instead of the connection's own
 *     40041@press-4                                   where the connection's table says that asset press-4 is
 *
 * @throws EdgeError `modbus-address`
 */
export function parseRegisterAddress(text: string): RegisterAddress {
  const written = WRITTEN.exec(text.trim());
  if (!written)
    throw notAnAddress(text, "write 40, holding:40, input:7, coil:0, discrete:3, or a reference such as 40041");
  const [, table, digits = "", owner] = written;
  const unit = owner !== undefined && UNIT.test(owner) ? Number(owner) : undefined;
  if (unit !== undefined && unit > 255) throw notAnAddress(text, "a unit is a number from 0 to 255");
  const whose = owner === undefined ? { unit } : { unit, owner };
  if (table !== undefined) return { ...checked(text, table.toLowerCase() as Table, Number(digits)), ...whose };
  if (digits.length < 5) return { ...checked(text, "holding", Number(digits)), ...whose };
  const referred = digits.length <= 6 ? REFERENCE[digits[0] as string] : undefined;
  if (referred === undefined) {
    throw notAnAddress(
      text,
      "five or six digits are a PLC reference and start with 0, 1, 3 or 4; for an address counted from 0 write holding:…",
    );
  }
  return { ...checked(text, referred, Number(digits.slice(1)) - 1), ...whose };
}

/** The address of a text, or undefined when it is not one: a topic, for example. */
export function registerAddressOf(text: string): RegisterAddress | undefined {
  const owner = WRITTEN.exec(text.trim())?.[3];
  const isOne = WRITTEN.test(text.trim()) && (owner === undefined || UNIT.test(owner));
  return isOne ? parseRegisterAddress(text) : undefined;
}

/** As a person reads it: "holding 40". */
export function describeAddress(place: RegisterAddress): string {
  return `${place.table} ${place.address}${place.unit === undefined ? "" : ` of unit ${place.unit}`}`;
}

function checked(text: string, table: Table, address: number): { table: Table; address: number } {
  if (address < 0) throw notAnAddress(text, "a PLC reference counts from 1: the first holding register is 40001");
  if (address > 0xffff) throw notAnAddress(text, "addresses end at 65535");
  return { table, address };
}

function notAnAddress(text: string, remedy: string): EdgeError {
  return new EdgeError("modbus-address", `"${text}" is not a Modbus address`, { remedy });
}
