import assert from "node:assert/strict";
import { Encoder } from "../../../lib/inference/encode";
import { Feeds, feedLayout } from "../../../lib/inference/feeds";
import { baselines, effects, occlude } from "../../../lib/inference/why";
import type { Golden, Manifest } from "../../../lib/messages";
import { golden, manifest, sample } from "../../support/model-fixture";

const [temperature, current] = manifest().channels;
const baseline = (m: Manifest, g: Golden = golden()): number[] => Array.from(baselines(new Encoder(m), g));
const likely = (label: string): Record<string, number> => ({
  Normal: 0,
  "Bearing Wear": 0,
  "Motor Overload": 0,
  [label]: 1,
});

describe("why the model decided so", () => {
  it("compares with what is normal: the reference, else the fill", () => {
    assert.deepEqual(baseline(manifest({ channels: [temperature, { ...current, fill: 12 }] })), [0, 12]);
  });

  it("else the mean of the normal golden samples, else the middle of the range", () => {
    const rows = golden().rows.map((row, i) => ({ ...row, probabilities: likely(i < 2 ? "Normal" : "Bearing Wear") }));
    assert.deepEqual(baseline(manifest(), { ...golden(), rows }), [0, (40 + 80) / 2]);
    const faulty = rows.map((row) => ({ ...row, probabilities: likely("Bearing Wear") }));
    assert.deepEqual(baseline(manifest(), { ...golden(), rows: faulty }), [0, 50]);
  });

  it("puts one row per channel behind the sample, each with that channel replaced", () => {
    const m = manifest();
    const feeds = new Feeds(feedLayout(m), 4);
    new Encoder(m).encode(sample, feeds, 1);
    occlude(m, feeds, 1, Float32Array.of(0, 55));
    assert.deepEqual(Array.from(feeds.arrays["sensors"] as Float32Array), [0, 0, 1, 40, 0, 40, 1, 55]);
    assert.deepEqual(Array.from(feeds.arrays["product_id"] as BigInt64Array), [0n, 1n, 1n, 1n]);
  });

  it("names the channel first without which the label would be least probable", () => {
    assert.deepEqual(effects(manifest(), 0.9, [0.8, 0.2]), [
      { channel: "current", effect: 0.7 },
      { channel: "temperature", effect: 0.9 - 0.8 },
    ]);
  });
});
