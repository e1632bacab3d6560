import { AssetTable } from "../../../lib/assets";
import type { EdgeMessage, Fusion } from "../../../lib/messages";

export const SOURCE = {
  device: "edge-1",
  installId: "019ab1c2-7f00-7abc-8def-000000000001",
  site: "site",
  line: "line-1",
  assets: new AssetTable([]),
  mode: "live",
  truthField: "ground_truth_label",
} as const;

let made = 0;

export function fusion(): Fusion {
  return {
    id: `019ab1c2-7f00-7abc-8def-${(++made).toString(16).padStart(12, "0")}`,
    at: "2026-01-01T00:00:00.020Z",
    complete: true,
    channels: { temperature: { unit: "°C", quality: "good", age_ms: 12, source: "wire" } },
  };
}

/** A message as decision leaves it on output 3. */
export function judged(more: Partial<EdgeMessage> = {}): EdgeMessage {
  return {
    topic: "line-1",
    asset: { id: "motor-1", line: "line-7", station: "test-1" },
    run: { id: "019ab1c2-7f00-7abc-8def-00000000aaaa", phase: "single" },
    scan: { id: "019ab1c2-7f00-7abc-8def-00000000bbbb", code: "A-1", raw: "A-1\r", at: "2026-01-01T00:00:00.010Z" },
    context: { product: "Motor Assembly Type A", thresholds: { temp_critical: 95 } },
    lookup: { key: "context:A-1", source: "redis", stale: false, age_ms: 0, latency_ms: 0.25 },
    sensor_data: { temperature: 82 },
    fusion: fusion(),
    prediction: {
      label: "bearing_wear",
      confidence: 0.93,
      probabilities: { normal: 0.07, bearing_wear: 0.93 },
      model: { name: "motor-faults", version: "1.0.0", sha256: "a".repeat(64) },
      backend: { kind: "onnx", provider: "cpu", device: "CPU", precision: "fp32", fallback: null },
      latency_ms: 0.04,
      why: [{ channel: "temperature", effect: 0.7 }],
    },
    decision: {
      outcome: "alert",
      reasons: ["bearing_wear at 0.93, threshold 0.8"],
      episode_id: "EP-1",
      mer_id: "MER-1",
      evaluation: { stratum: "alert_model", probability: 0.2 },
    },
    ...more,
  };
}
