import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Encoder, type Sample } from "../../../lib/inference/encode";
import { Feeds, feedLayout } from "../../../lib/inference/feeds";
import type { Manifest } from "../../../lib/messages";
import { manifest, sample } from "../../support/model-fixture";

const encode = (
  s: Sample,
  m: Manifest = manifest(),
): { fault?: string; unknown?: Record<string, string>; sensors: number[]; id: bigint } => {
  const feeds = new Feeds(feedLayout(m), 1);
  const { fault, unknown } = new Encoder(m).encode(s, feeds, 0);
  return {
    ...(fault ? { fault: `${fault.code}: ${fault.message}` } : {}),
    ...(unknown ? { unknown } : {}),
    sensors: Array.from(feeds.arrays["sensors"] as Float32Array),
    id: (feeds.arrays["product_id"] as BigInt64Array)[0],
  };
};

describe("encoding a sample", () => {
  it("takes channels in the manifest's order, as the difference to what the context calls normal", () => {
    const { sensors, id, fault, unknown } = encode(sample);
    assert.deepEqual(
      { sensors, id, fault, unknown },
      { sensors: [1, 40], id: 1n, fault: undefined, unknown: undefined },
    );
  });

  it("takes a product that it does not know as UNK and says so", () => {
    const product = "Motor Type Z";
    const { id, unknown } = encode({ ...sample, context: { ...sample.context, product } });
    assert.equal(id, 0n);
    assert.deepEqual(unknown, { product });
    assert.deepEqual(encode({ ...sample, context: { normal: { temperature: 70 } } }).unknown, { product: "" });
  });

  it("takes the message's own asset before the context's", () => {
    const m = manifest({
      ids: [{ input: "product_id", field: "asset_id", vocabulary: { "motor-1": 1, "motor-2": 2 } }],
    });
    const context = { asset_id: "motor-2", normal: { temperature: 70 } };
    assert.equal(encode({ ...sample, context, asset: { id: "motor-1" } }, m).id, 1n);
    assert.equal(encode({ ...sample, context }, m).id, 2n);
  });

  const bad: [string, Sample, RegExp][] = [
    ["no sensor data at all", {}, /^sample-missing/],
    ["null", { ...sample, sensor_data: { temperature: null, current: 40 } }, /^channel-missing: temperature/],
    ["a channel left out", { ...sample, sensor_data: { temperature: 71 } }, /^channel-missing: current/],
    ["NaN", { ...sample, sensor_data: { temperature: NaN, current: 40 } }, /^channel-missing: temperature/],
    [
      "Infinity",
      { ...sample, sensor_data: { temperature: Infinity, current: 40 } },
      /^channel-range: temperature is Infinity/,
    ],
    [
      "a string",
      { ...sample, sensor_data: { temperature: "12,5" as unknown as number, current: 40 } },
      /^channel-missing/,
    ],
    [
      "a reading beyond what is plausible",
      { ...sample, sensor_data: { temperature: 71, current: 101 } },
      /^channel-range: current is 101 A, plausible is 0 to 100/,
    ],
    ["no context", { sensor_data: sample.sensor_data }, /^reference-missing: .*normal\.temperature/],
    ["a reference that is text", { ...sample, context: { normal: { temperature: "70" } } }, /^reference-missing/],
    [
      "a reference that cannot be",
      { ...sample, context: { normal: { temperature: 7000 } } },
      /^reference-range: normal\.temperature is 7000/,
    ],
    [
      "another unit",
      { ...sample, fusion: { channels: { temperature: { unit: "°F", quality: "good", age_ms: 1, source: "" } } } },
      /^channel-unit: temperature is in °F, the model was trained in °C/,
    ],
  ];
  for (const [what, s, saying] of bad) {
    it(`refuses ${what}`, () => assert.match(encode(s).fault ?? "", saying));
  }

  it("takes the manifest's fill where a channel or its reference is missing", () => {
    const [temperature, current] = manifest().channels;
    const m = manifest({
      channels: [
        { ...temperature, fill: 0 },
        { ...current, fill: 12 },
      ],
    });
    assert.deepEqual(encode({ sensor_data: {}, context: { product: "Motor Type A" } }, m).sensors, [0, 12]);
    assert.deepEqual(encode({ sensor_data: { temperature: 71, current: 40 } }, m).sensors, [0, 40]);
  });

  it("refuses a numeric context field that is no number", () => {
    const m = manifest({
      numeric: [{ input: "recipe", fields: ["load", "speed"] }],
      inputs: { ...manifest().inputs, recipe: { dtype: "float32", shape: [null, 2] } },
    });
    assert.match(encode(sample, m).fault ?? "", /^context-number: .* load/);
    assert.match(
      encode({ ...sample, context: { ...sample.context, load: 1, speed: 1e300 } }, m).fault ?? "",
      /^context-number: .* speed/,
    );
    assert.equal(encode({ ...sample, context: { ...sample.context, load: 1, speed: 2 } }, m).fault, undefined);
  });

  it("finds nothing of Object's own in a context", () => {
    const { id, unknown } = encode({ ...sample, context: { ...sample.context, product: "constructor" } });
    assert.deepEqual({ id, unknown }, { id: 0n, unknown: { product: "constructor" } });
  });

  it("never lets a NaN, an infinity or a negative id through", () => {
    const number = fc.oneof(fc.double(), fc.constantFrom(null, "1", NaN, 3e38, -0));
    const anything = fc.oneof(number, fc.string(), fc.anything());
    fc.assert(
      fc.property(number, number, anything, anything, (temperature, current, normal, product) => {
        const s = {
          sensor_data: { temperature, current } as Record<string, number>,
          context: { product, normal: { temperature: normal } },
        };
        const { fault, sensors, id } = encode(s);
        if (fault !== undefined) return;
        assert.ok(sensors.every(Number.isFinite), String(sensors));
        assert.ok(id >= 0n && id <= 2n);
      }),
      { numRuns: 1000 },
    );
  });

  it("never throws, whatever stands in the message", () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), fc.anything(), (sensor_data, context, asset, fusion) => {
        for (const data of [sensor_data, sample.sensor_data])
          encode({ sensor_data: data, context, asset, fusion } as Sample);
        encode({ ...sample, fusion: { channels: fusion } } as Sample);
      }),
    );
  });
});
