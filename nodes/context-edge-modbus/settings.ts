import type { ModbusOptions } from "../../lib/fusion/modbus/devices";
import type { AssetPlace } from "../../lib/fusion/modbus/places";
import { PARITIES, type Transport } from "../../lib/fusion/modbus/transport";
import { ConfigReader, type RawConfig } from "../common/config";

/** @throws EdgeError `config-…` */
export function readOptions(raw: RawConfig): ModbusOptions {
  const config = new ConfigReader(raw, "Modbus");
  return {
    transport: readTransport(config),
    unit: config.number("unit", 1, { min: 0, max: 255, integer: true }),
    timeoutMs: config.number("timeout_ms", 1000, { min: 50, max: 60_000 }),
    intervalMs: config.number("interval_ms", 500, { min: 10, max: 3_600_000 }),
    gap: config.number("gap", 8, { min: 0, max: 120, integer: true }),
    assets: config.rows("assets").map(readAsset),
  };
}

function readTransport(config: ConfigReader): Transport {
  const kind = config.choice("transport", ["tcp", "rtu_tcp", "serial"], "tcp");
  if (kind !== "serial") {
    const port = config.number("port", 502, { min: 1, max: 65535, integer: true });
    return { kind, host: config.text("host", "127.0.0.1").trim(), port };
  }
  return {
    kind,
    path: config.text("serial_port").trim(),
    baud: config.number("baud", 19_200, { min: 50, max: 4_000_000, integer: true }),
    parity: config.choice("parity", PARITIES, "even"),
    stopBits: config.choice("stop_bits", ["1", "2"], "1") === "2" ? 2 : 1,
    dataBits: config.choice("data_bits", ["7", "8"], "8") === "7" ? 7 : 8,
  };
}

function readAsset(row: ConfigReader): AssetPlace {
  return {
    asset: row.text("asset").trim(),
    host: row.text("host", "").trim(),
    unit: row.has("unit") ? row.number("unit", 1, { min: 0, max: 255, integer: true }) : undefined,
    offset: row.number("offset", 0, { min: -65_535, max: 65_535, integer: true }),
  };
}
