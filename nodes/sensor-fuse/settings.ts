import { asError, EdgeError, errorCode } from "../../lib/errors";
import type { Align, ChannelSpec, FusionConfig, Source, Trigger } from "../../lib/fusion/channel";
import { parseRegisterAddress, registerAddressOf } from "../../lib/fusion/modbus/address";
import { REGISTER_TYPES, WORD_ORDERS } from "../../lib/fusion/modbus/registers";
import { parseFeature, type Feature } from "../../lib/fusion/features";
import type { ConfigReader } from "../common/config";

const SOURCES: readonly Source[] = ["wire", "opcua", "modbus"];
const TRIGGERS: readonly Trigger[] = ["scan", "any", "channel", "periodic", "run_end"];

/** @throws EdgeError `config-…`, `modbus-address`, `features` */
export function readSettings(config: ConfigReader): FusionConfig {
  return {
    channels: config.rows("channels").map(readChannel),
    trigger: config.choice("trigger", TRIGGERS, "scan"),
    triggerChannel: config.text("trigger_channel", ""),
    periodMs: config.number("period_ms", 1000, { min: 10 }),
    asset: config.text("asset", ""),
    run: {
      runtimeField: config.text("run_runtime_field", "expected_runtime"),
      factor: config.number("run_factor", 1.5, { min: 0, max: 1000 }),
    },
  };
}

function readChannel(row: ConfigReader): ChannelSpec {
  const name = row.text("name");
  const source = row.choice("source", SOURCES, "wire");
  const match = row.text("match", "").trim();
  const type = row.choice(
    "type",
    ["number", "boolean", ...REGISTER_TYPES] as const,
    source === "modbus" ? "float32" : "number",
  );
  const plain = type === "number" || type === "boolean";
  if (source === "modbus" && plain) {
    throw new EdgeError(
      "config-choice",
      `${name} is read from Modbus: choose what its registers hold, for example float32`,
    );
  }
  if (source === "modbus") parseRegisterAddress(match);
  else if (!plain) registerAddressOf(match);
  const spec: ChannelSpec = {
    name,
    source,
    match,
    boolean: type === "boolean" || type === "coil",
    scale: row.number("scale", 1),
    offset: row.number("offset", 0),
    unit: row.text("unit", ""),
    sourceUnit: row.text("source_unit", ""),
    range: [row.has("min") ? row.number("min", 0) : -Infinity, row.has("max") ? row.number("max", 0) : Infinity],
    maxAgeMs: row.number("max_age_ms", 2000, { min: 1 }),
    required: row.flag("required", true),
    acceptUncertain: row.choice("uncertain", ["use", "reject"], "reject") === "use",
    trustStamps: row.choice("age", ["arrival", "stamp"], "arrival") === "stamp",
    align: readAlign(row, name),
    lagMs: row.number("lag_ms", 0, { min: 0, max: 600_000 }),
    toleranceMs: row.number("tolerance_ms", 1000, { min: 1, max: 600_000 }),
    features: readFeatures(row, name),
    windowMs: row.number("window_ms", 1000, { min: 1 }),
  };
  return plain ? spec : { ...spec, register: { type, order: row.choice("order", WORD_ORDERS, "ABCD") } };
}

/** What the row's value is: "hold", "nearest", "linear", or a feature; a band stands in its own field. */
function readAlign(row: ConfigReader, name: string): Align {
  const align = row.text("align", "hold").trim();
  if (align === "hold" || align === "nearest" || align === "linear") return align;
  return named(name, () => parseFeature(align.startsWith("band_") ? `${align} ${row.text("band", "")}` : align));
}

function readFeatures(row: ConfigReader, name: string): Feature[] {
  const words = row.text("features", "").split(",");
  return words
    .map((word) => word.trim())
    .filter((word) => word !== "" && word !== "hold")
    .map((word) => named(name, () => parseFeature(word)));
}

/** An error of a row says which. */
function named<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new EdgeError(errorCode(error), `${name}: ${asError(error).message}`);
  }
}
