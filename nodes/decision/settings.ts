import type { AlarmSettings } from "../../lib/decision/alarm";
import type { DeciderSettings } from "../../lib/decision/decider";
import { DESIGNED_DRAW } from "../../lib/decision/evaluation";
import { OPERATORS, PRESET_LIMITS, type LimitRow } from "../../lib/decision/limits";
import { EdgeError } from "../../lib/errors";
import { uuidv7 } from "../../lib/ids";
import type { ConfigReader } from "../common/config";
import type { DeviceService } from "../common/services";

const share = { min: 0, max: 1 };
const window = { min: 1, max: 30, integer: true };

/** What the dialog says of judging. @throws EdgeError `config-…` */
export function deciderSettings(config: ConfigReader, device: DeviceService): DeciderSettings {
  const threshold = config.number("threshold", 0.8, share);
  const releaseBelow = config.number("release_below", Math.min(0.7, threshold), share);
  if (releaseBelow > threshold) {
    throw new EdgeError(
      "config-number",
      `decision: release_below is ${releaseBelow}, must not be above threshold ${threshold}`,
    );
  }
  return {
    policy: { threshold, releaseBelow },
    limits: config.has("limits") ? config.rows("limits").map(limitRow) : PRESET_LIMITS,
    normalLabel: config.text("normal_label", "normal"),
    mode: device.mode,
    line: device.line,
    assets: device.assetTable,
    draw: {
      salt: config.text("salt", device.installId),
      hiddenShare: config.number("hidden_share", 0.15, share),
      probability: {
        alert_model: config.number("draw_alert_model", DESIGNED_DRAW.alert_model, share),
        alert_limit: config.number("draw_alert_limit", DESIGNED_DRAW.alert_limit, share),
        review: config.number("draw_review", DESIGNED_DRAW.review, share),
        normal: config.number("draw_normal", DESIGNED_DRAW.normal, share),
        unjudged: config.number("draw_unjudged", DESIGNED_DRAW.unjudged, share),
      },
    },
  };
}

/** What the dialog says of alarms. @throws EdgeError `config-…` */
export function alarmSettings(config: ConfigReader, device: DeviceService): AlarmSettings {
  const onDelay = (n: string, m: string, defaultN: number, defaultM: number) => {
    const of = config.number(m, defaultM, window);
    return { n: config.number(n, Math.min(defaultN, of), { ...window, max: of }), m: of };
  };
  return {
    device: device.device,
    site: device.site,
    model: onDelay("on_n", "on_m", 2, 3),
    limit: onDelay("limit_n", "limit_m", 1, 1),
    offDelayMs: config.number("off_delay_s", 30, { min: 0 }) * 1000,
    updateEveryMs: config.number("update_s", 60, { min: 0 }) * 1000,
    floodLimit: config.number("flood_limit", 10, { min: 1, integer: true }),
    floodWindowMs: config.number("flood_window_min", 10, { min: 0.01 }) * 60_000,
    maxShelveMs: config.number("shelve_max_h", 24, { min: 0.01 }) * 3_600_000,
    mint: (wallMs) => `MER-${uuidv7(wallMs)}`,
  };
}

/** A limit is a number, or else a path in the context. */
function limitRow(row: ConfigReader): LimitRow {
  const value = row.text("value").trim();
  return {
    channel: row.text("channel").trim(),
    operator: row.choice("operator", OPERATORS, ">"),
    value: Number.isFinite(Number(value)) ? Number(value) : value,
    severity: row.choice("severity", ["low", "medium", "high", "critical"], "high"),
    action: row.text("action", "Inspect the asset."),
    deadband: row.number("deadband", 0, { min: 0 }),
  };
}
