import assert from "node:assert/strict";
import { AssetTable, type Asset } from "../../../lib/assets";
import { ManualClock } from "../../../lib/clock";
import { channelSpec, type FusionConfig } from "../../../lib/fusion/channel";
import { Fuser, type Sample } from "../../../lib/fusion/fuser";
import type { EdgeMessage, Scan } from "../../../lib/messages";

export const MOTOR: Asset = { id: "motor-1", line: "line-1", station: "test-1", readers: [] };
export const OTHER: Asset = { id: "motor-2", line: "line-1", station: "test-2", readers: [] };

export const CHANNELS = [
  channelSpec({ name: "vibration_x", unit: "mm/s", range: [0, 50] }),
  channelSpec({ name: "temperature", unit: "°C", range: [-20, 200] }),
];

export const scan = (code: string): Scan => ({
  id: "018f0000-0000-7000-8000-000000000001",
  code,
  raw: code,
  at: "2026-01-01T00:00:00.000Z",
});
export const scanned = (code: string, more: EdgeMessage = {}): EdgeMessage => ({
  scan: scan(code),
  context: { product: code },
  payload: {},
  ...more,
});
export const reading = (i: number): EdgeMessage => ({ topic: `a${i}/temperature`, payload: 1 });
export const at = (asset: unknown): EdgeMessage => ({ asset }) as EdgeMessage;
export const UNKNOWN = { code: "unknown-code", reason: "no context for X" };

/** A fuser on a clock that the test moves, with everything it says. */
export function setUp(config: Partial<FusionConfig> = {}, assets: Asset[] = [MOTOR]) {
  const clock = new ManualClock();
  const notices: EdgeMessage[] = [];
  const emitted: Sample[] = [];
  const fuser = new Fuser({
    config: {
      channels: CHANNELS,
      trigger: "scan",
      triggerChannel: "",
      periodMs: 1000,
      asset: "",
      run: { runtimeField: "expected_runtime", factor: 1.5 },
      ...config,
    },
    assets,
    assetTable: new AssetTable(assets),
    clock,
    notice: (message) => notices.push(message),
    emit: (sample) => emitted.push(sample),
    changed: () => undefined,
  });
  const only = (message: EdgeMessage): Sample => {
    const samples = fuser.take(message);
    assert.equal(samples.length, 1);
    return samples[0];
  };
  const feed = (): void => {
    assert.deepEqual(fuser.take({ topic: "motor-1/vibration_x", payload: 1.8 }), []);
    assert.deepEqual(fuser.take({ payload: { temperature: 82 } }), []);
  };
  return { clock, notices, emitted, fuser, only, feed };
}
