import { exampleDevice, shown } from "../common";
import { functionFrom, source } from "../files";
import { globalConfig } from "../modules";
import { Sheet, type FlowNode } from "../sheet";

/** ±16 g in 16 bits. */
const SCALE = String((16 / 32_768) * 9.80665);
const LOW = "10-1000";
const HIGH = "2000-5000";

function feature(name: string, unit: string, align: string, more: Record<string, string> = {}): Record<string, string> {
  return { name, source: "wire", match: "{asset}/acceleration", unit, scale: SCALE, align, window_ms: "1000", ...more };
}

/** Several channels out of one waveform, with nothing but Node-RED. */
export function waveform(): FlowNode[] {
  const sheet = new Sheet("waveform", "Waveform to features", source("waveform", "info.md"));
  sheet.comment(
    "start",
    { col: 0, row: 0 },
    "Deploy and look at the debug sidebar; then damage the bearing",
    source("waveform", "info.md"),
  );
  const device = exampleDevice(sheet, "this device");
  const second = sheet.node(
    "inject",
    "second",
    { col: 0, row: 1 },
    button("every second", { repeat: "1", once: true }),
  );
  const damage = sheet.node("inject", "damage", { col: 0, row: 2 }, button("damage the bearing", { payload: "true" }));
  const repair = sheet.node("inject", "repair", { col: 0, row: 3 }, button("repair it", { payload: "false" }));
  const sensor = sheet.node(
    "function",
    "sensor",
    { col: 1.1, row: 2 },
    { name: "accelerometer", ...functionFrom(["waveform", "accelerometer.js"]) },
  );
  const fuse = sheet.node(
    "sensor-fuse",
    "fuse",
    { col: 2, row: 2 },
    {
      name: "features of the waveform",
      device,
      trigger: "channel",
      trigger_channel: "acc_rms",
      channels: [
        { name: "temperature", source: "wire", match: "", unit: "°C", min: "-20", max: "200" },
        feature("acc_high", "m/s²", "band_rms", { band: HIGH }),
        feature("acc_power", "m/s²", "band_power", { band: HIGH }),
        feature("acc_crest", "m/s²", "crest"),
        feature("acc_kurtosis", "m/s²", "kurtosis"),
        feature("acc_rms", "m/s²", "band_rms", { band: LOW, min: "0", max: "50" }),
      ],
    },
  );
  const samples = sheet.node("debug", "samples", { col: 3.2, row: 1.6 }, shown("samples", "sensor_data"));
  const unusable = sheet.node("debug", "unusable", { col: 3.2, row: 2.4 }, shown("not usable", "sensor_data"));
  sheet.wire(second, 0, sensor);
  sheet.wire(damage, 0, sensor);
  sheet.wire(repair, 0, sensor);
  sheet.wire(sensor, 0, fuse);
  sheet.wire(fuse, 0, samples);
  sheet.wire(fuse, 1, unusable);
  return [...sheet.json(), globalConfig({}, {})];
}

function button(name: string, more: Record<string, unknown>): Record<string, unknown> {
  const { payload = "", ...rest } = more;
  const props = [{ p: "payload" }, { p: "topic", vt: "str" }];
  const when = { repeat: "", crontab: "", once: false, onceDelay: 0.1 };
  const topic = payload === "" ? "" : "damage";
  return { name, props, ...when, topic, payload, payloadType: payload === "" ? "date" : "bool", ...rest };
}
