import { decodeRegisters, REGISTER_TYPES, WORD_ORDERS, wordsOf, type RegisterType, type WordOrder } from "./registers";

/** One way to understand registers. `value` is null where they hold no finite number. */
export interface Understanding {
  readonly type: RegisterType;
  readonly order: WordOrder;
  readonly value: number | null;
}

/**
 * The number that registers hold, in every type and byte order that they are enough for: somebody who knows what the
 * machine shows picks the right one at a glance. Orders that cannot differ are left out.
 */
export function understand(registers: readonly number[]): Understanding[] {
  const ways: Understanding[] = [];
  for (const type of REGISTER_TYPES) {
    const words = wordsOf(type);
    if (type === "coil" || words > registers.length) continue;
    for (const order of words === 1 ? (["ABCD", "BADC"] as const) : WORD_ORDERS) {
      const value = decodeRegisters(registers, 0, { type, order });
      ways.push({ type, order, value: typeof value === "number" && Number.isFinite(value) ? value : null });
    }
  }
  return ways;
}
