import type { ModbusDevices, ModbusOptions } from "../../lib/fusion/modbus/devices";
import type { RegisterFormat } from "../../lib/fusion/modbus/registers";
import type { Transport } from "../../lib/fusion/modbus/transport";

/** A connection to a device of the test's own, with what most tests want. */
export function modbusOptions(where: number | Transport, more: Partial<ModbusOptions> = {}): ModbusOptions {
  return {
    transport: typeof where === "number" ? { kind: "tcp", host: "127.0.0.1", port: where } : where,
    unit: 1,
    timeoutMs: 300,
    intervalMs: 50,
    gap: 8,
    assets: [],
    ...more,
  };
}

const FLOAT: RegisterFormat = { type: "float32", order: "ABCD" };
const UINT32: RegisterFormat = { type: "uint32", order: "ABCD" };
const INT32: RegisterFormat = { type: "int32", order: "ABCD" };

/** Registers of the pymodbus peer that never change. All have the same length: a late answer to one would fit another. */
export const CONSTANTS: readonly { readonly match: string; readonly format: RegisterFormat; readonly value: number }[] =
  [
    { match: "0", format: FLOAT, value: Math.fround(123.456) },
    { match: "20", format: UINT32, value: 3_000_000_000 },
    { match: "24", format: INT32, value: -2 },
  ];

/** What was heard of the constants: values that came, what came and should not have, why nothing came. */
export class ConstantsWatch {
  readonly wrong: string[] = [];
  readonly reasons = new Set<string>();
  /** When each delivered its value last; -1: not yet. */
  readonly last: number[] = CONSTANTS.map(() => -1);

  constructor(devices: ModbusDevices) {
    for (const [i, { match, format, value }] of CONSTANTS.entries()) {
      devices.follow(match, format, (reading) => {
        if (reading.quality !== "good") this.reasons.add(reading.reason);
        else if (reading.value === value) this.last[i] = performance.now();
        else this.wrong.push(`${match}: ${reading.value}`);
      });
    }
  }

  /** True when each delivered its value after this moment. */
  allSince(moment: number): boolean {
    return this.last.every((at) => at > moment);
  }
}
