import type { NodeAPI } from "node-red";
import { RIGS } from "../../lib/plant/catalogue";
import { CODE_FORMS, type CodeForm } from "../../lib/plant/codes";
import { defaultStations, type PlantOptions } from "../../lib/plant/plant";
import { MAX_FAULT_SHARE } from "../../lib/plant/schedule";
import { ConfigReader, service, type RawConfig } from "../common/config";
import type { DeviceService } from "../common/services";

export interface PlantSettings {
  readonly plant: PlantOptions;
  /** One message per channel instead of one object per asset. */
  readonly perChannel: boolean;
  /** Path as it was typed; empty for no record. */
  readonly record: string;
}

/** @throws EdgeError `config-number`, `config-choice`, `config-env`, `config-node` */
export function readSettings(RED: NodeAPI, raw: RawConfig): PlantSettings {
  const config = new ConfigReader(raw, "plant");
  const device = config.has("device")
    ? service<DeviceService>(RED, raw["device"], "context-edge-device", "plant")
    : undefined;
  const count = config.number("assets", 1, { min: 1, max: RIGS.length, integer: true });
  const stations = defaultStations(count).map((station, i) => {
    const asset = device?.assets[i];
    return asset ? { asset: asset.id, reader: asset.readers[0] ?? station.reader } : station;
  });
  const faults = config.flag("faults", true);
  return {
    plant: {
      seed: config.number("seed", 1, { min: 0, max: 2 ** 32 - 1, integer: true }),
      stations,
      rateHz: config.number("rate_hz", 10, { min: 0.1, max: 500 }),
      cycleS: config.number("cycle_s", 2, { min: 0.01, max: 86_400 }),
      faultShare: faults ? config.number("fault_share", 0.1, { min: 0, max: MAX_FAULT_SHARE }) : 0,
      firstFaultS: faults ? config.number("first_fault_s", 8, { min: 0, max: 86_400 }) : 0,
      codes: config.choice<CodeForm | "mixed">("codes", [...CODE_FORMS, "mixed"], "plain"),
    },
    perChannel: config.choice("readings", ["object", "channels"], "object") === "channels",
    record: config.text("record", ""),
  };
}
