import type { ModbusOptions } from "../../lib/fusion/modbus/devices";

/** A connection to a device of the test's own, with what most tests want. */
export function modbusOptions(port: number, more: Partial<ModbusOptions> = {}): ModbusOptions {
  return {
    transport: { kind: "tcp", host: "127.0.0.1", port },
    unit: 1,
    timeoutMs: 300,
    intervalMs: 50,
    gap: 8,
    assets: [],
    ...more,
  };
}
