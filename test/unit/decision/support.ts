import { AssetTable } from "../../../lib/assets";
import type { AlarmSettings } from "../../../lib/decision/alarm";
import type { DeciderSettings } from "../../../lib/decision/decider";
import { DESIGNED_DRAW } from "../../../lib/decision/evaluation";
import { PRESET_LIMITS } from "../../../lib/decision/limits";
import type { AlarmStore, ListQuery, StoredAlarm } from "../../../lib/decision/store";
import { EdgeError } from "../../../lib/errors";
import type {
  AssetRef,
  EdgeMessage,
  Fusion,
  LabelSpec,
  Mer,
  Prediction,
  Quality,
  SensorData,
} from "../../../lib/messages";

export const MOTOR: AssetRef = { id: "motor-1", line: "line-1", station: "test-1" };

export const LABELS: readonly LabelSpec[] = [
  { name: "normal", kind: "normal", severity: "low", action: "" },
  { name: "bearing_wear", kind: "fault", severity: "high", action: "Replace the bearing." },
  { name: "motor_overload", kind: "fault", severity: "critical", action: "Reduce the load." },
  { name: "other", kind: "other", severity: "medium", action: "Look at it." },
];

/** A context as a plant's product carries it. */
export const CONTEXT = {
  product: "Motor Assembly Type A",
  normal: { vibration_x: 1.8, vibration_y: 1.2, temperature: 75, current: 12.5 },
  thresholds: { temp_warning: 85, temp_critical: 95, vibration_max: 3 },
};

const CALM: SensorData = { vibration_x: 1.8, vibration_y: 1.2, temperature: 75, current: 12.5 };

let made = 0;

/** A UUIDv7-shaped id, another one each time. */
export function sampleId(): string {
  return `019ab1c2-7f00-7abc-8def-${(++made).toString(16).padStart(12, "0")}`;
}

export function fusion(quality: Partial<Record<string, Quality>> = {}, id = sampleId()): Fusion {
  const units: Record<string, string> = { vibration_x: "mm/s", vibration_y: "mm/s", temperature: "°C", current: "A" };
  const channels = Object.entries(units).map(([name, unit]) => [
    name,
    { unit, quality: quality[name] ?? "good", age_ms: 12, source: "wire" },
  ]);
  return { id, at: "2026-01-01T00:00:00.000Z", complete: true, channels: Object.fromEntries(channels) };
}

export function prediction(label: string | null, confidence: number | null = label === null ? null : 0.95): Prediction {
  return {
    label,
    confidence,
    probabilities: label === null || confidence === null ? null : { [label]: confidence },
    model: null,
    backend: null,
    latency_ms: 0.1,
  };
}

/** A message as tensorrt-infer leaves it. */
export function sample(label: string | null, confidence?: number, more: Partial<EdgeMessage> = {}): EdgeMessage {
  return {
    asset: MOTOR,
    context: CONTEXT,
    fusion: fusion(),
    prediction: prediction(label, confidence),
    ...more,
    sensor_data: { ...CALM, ...more.sensor_data },
  };
}

export function alarmSettings(more: Partial<AlarmSettings> = {}): AlarmSettings {
  let minted = 0;
  return {
    device: "edge-1",
    site: "site",
    model: { n: 2, m: 3 },
    limit: { n: 1, m: 1 },
    offDelayMs: 30_000,
    updateEveryMs: 60_000,
    floodLimit: 10,
    floodWindowMs: 600_000,
    maxShelveMs: 86_400_000,
    mint: () => `MER-${++minted}`,
    ...more,
  };
}

export function deciderSettings(more: Partial<DeciderSettings> = {}): DeciderSettings {
  return {
    policy: { threshold: 0.8, releaseBelow: 0.7 },
    draw: { salt: "salt", probability: { ...DESIGNED_DRAW }, hiddenShare: 0.15 },
    limits: PRESET_LIMITS,
    normalLabel: "normal",
    mode: "live",
    line: "line-1",
    assets: new AssetTable([]),
    ...more,
  };
}

/** Keeps records in memory as the database does; can be told to be full. */
export class MemoryStore implements AlarmStore {
  readonly records = new Map<string, StoredAlarm>();
  /** What happened to them, in order. */
  readonly transitions: Mer[] = [];
  full = false;
  unreadable = false;
  readonly lost = 0;
  writes = 0;

  load(): Promise<StoredAlarm[]> {
    if (this.unreadable) return Promise.reject(new EdgeError("database-locked", "in use by another process"));
    return Promise.resolve([...this.records.values()].filter(({ mer }) => !mer.closed));
  }

  save(alarms: readonly StoredAlarm[], transitions: readonly Mer[]): Promise<void> {
    if (this.full) return Promise.reject(new EdgeError("disk-full", "4,096 of 4,096 bytes are used"));
    this.writes++;
    for (const alarm of alarms) this.records.set(alarm.mer.mer_id, structuredClone(alarm));
    this.transitions.push(...structuredClone(transitions));
    return Promise.resolve();
  }

  list({ closed, limit }: ListQuery): Promise<Mer[]> {
    const mers = [...this.records.values()].map(({ mer }) => mer).filter((mer) => (mer.closed !== null) === closed);
    return Promise.resolve(mers.slice(0, limit));
  }
}
