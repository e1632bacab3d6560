/** Numbers out of Modbus registers: 16-bit words, most significant byte first on the line. */

import { kindOf } from "../../words";

export const REGISTER_TYPES = [
  "float32",
  "float64",
  "int16",
  "uint16",
  "int32",
  "uint32",
  "int64",
  "uint64",
  "coil",
] as const;
export type RegisterType = (typeof REGISTER_TYPES)[number];

/**
 * Where the bytes A (most significant) to D of a 32-bit value stand in its two registers. Vendors disagree: "CDAB" (low
 * word first) is common in PLCs, "BADC" and "DCBA" swap the bytes of each word as well. A 64-bit value follows the same
 * rule over four registers, a 16-bit one only that for bytes.
 */
export const WORD_ORDERS = ["ABCD", "CDAB", "BADC", "DCBA"] as const;
export type WordOrder = (typeof WORD_ORDERS)[number];

export interface RegisterFormat {
  readonly type: RegisterType;
  readonly order: WordOrder;
}

const WORDS: Readonly<Record<RegisterType, number>> = {
  coil: 1,
  int16: 1,
  uint16: 1,
  float32: 2,
  int32: 2,
  uint32: 2,
  float64: 4,
  int64: 4,
  uint64: 4,
};

/** Registers (or coils) that a value takes. */
export function wordsOf(type: RegisterType): number {
  return WORDS[type];
}

const scratch = new DataView(new ArrayBuffer(8));

/** The number in `scratch`, whose bytes stand in the order A, B, C, D, … */
const NUMBER_IN: Readonly<Record<Exclude<RegisterType, "coil">, () => number>> = {
  float32: () => scratch.getFloat32(0),
  float64: () => scratch.getFloat64(0),
  int16: () => scratch.getInt16(0),
  uint16: () => scratch.getUint16(0),
  int32: () => scratch.getInt32(0),
  uint32: () => scratch.getUint32(0),
  int64: () => Number(scratch.getBigInt64(0)),
  uint64: () => Number(scratch.getBigUint64(0)),
};

/**
 * The number at index `at` of a register array, or the reason why there is none. 64-bit integers beyond 2^53 are rounded
 * to the nearest double; NaN patterns are given back as NaN.
 */
export function decodeRegisters(registers: ArrayLike<unknown>, at: number, format: RegisterFormat): number | string {
  const words = WORDS[format.type];
  if (at < 0 || at + words > registers.length) {
    const wanted = `${format.type} at index ${at} needs ${words} register${words === 1 ? "" : "s"}`;
    return `${wanted}, the answer holds ${Math.max(0, registers.length - Math.max(0, at))} there`;
  }
  if (format.type === "coil") return coil(registers[at]);
  const swapWords = format.order === "CDAB" || format.order === "DCBA";
  const swapBytes = format.order === "BADC" || format.order === "DCBA";
  for (let i = 0; i < words; i++) {
    const word = registers[swapWords ? at + words - 1 - i : at + i];
    if (typeof word !== "number" || !Number.isInteger(word) || word < 0 || word > 0xffff) {
      return `a register holds ${shown(word)}, which is not a 16-bit word`;
    }
    scratch.setUint16(i * 2, word, swapBytes);
  }
  return NUMBER_IN[format.type]();
}

function coil(state: unknown): number | string {
  if (state === true || state === 1) return 1;
  if (state === false || state === 0) return 0;
  return `a coil holds ${shown(state)}, which is neither on nor off`;
}

/** Anything, in a few characters: what came from outside may not even convert to text. */
function shown(value: unknown): string {
  return typeof value === "number" || typeof value === "string" ? String(value).slice(0, 20) : kindOf(value);
}
