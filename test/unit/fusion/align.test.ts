import assert from "node:assert/strict";
import { channelSpec, type ChannelSpec } from "../../../lib/fusion/channel";
import type { EdgeMessage } from "../../../lib/messages";
import { scanned, setUp } from "./fuser-rig";

const rows = (...list: (Partial<ChannelSpec> & { name: string })[]) => ({ channels: list.map(channelSpec) });

const at = (align: ChannelSpec["align"], more: Partial<ChannelSpec> = {}) => {
  const rig = setUp(rows({ name: "t", match: "t", align, lagMs: 500, toleranceMs: 400, maxAgeMs: 5000, ...more }));
  const read = (payload: number): void => void rig.fuser.take({ topic: "t", payload });
  const now = (): EdgeMessage => rig.only(scanned("A")).message;
  return { ...rig, read, now };
};

const sine = (n: number, hz: number, rate: number): number[] =>
  Array.from({ length: n }, (_, i) => Math.sin((2 * Math.PI * hz * i) / rate));

describe("fusion: a channel's value at a moment", () => {
  it("is the nearest reading's, or on the line between two", () => {
    for (const [align, expected] of [
      ["nearest", 20],
      ["linear", 17.5],
    ] as const) {
      const { read, clock, now, fuser } = at(align);
      read(10);
      clock.advance(400);
      read(20);
      clock.advance(400);
      assert.equal(now().sensor_data?.["t"], expected, align);
      fuser.close();
    }
  });

  it("is not extrapolated: the last reading stands for what is not known yet", () => {
    const { read, clock, now, fuser } = at("linear");
    read(10);
    clock.advance(700);
    assert.equal(now().sensor_data?.["t"], 10);
    clock.advance(300);
    assert.deepEqual(now().unusable, {
      code: "channel-unaligned",
      channel: "t",
      reason: "t is without a value: no reading within 400 ms of the sample's moment, the nearest is 500 ms away",
    });
    fuser.close();
  });
});

describe("fusion: features of a channel", () => {
  it("feeds several rows from one waveform, each with its own feature and unit", () => {
    const match = "motor-1/wave";
    const { fuser, only } = setUp(
      rows(
        { name: "peak", match, unit: "m/s²", align: "p2p" },
        { name: "tone", match, unit: "m/s²", align: "band_rms 90-110", features: ["kurtosis"] },
        { name: "rest", match, unit: "m/s²", align: "band_power 200-500" },
        { name: "shape", match, unit: "m/s²", align: "crest" },
      ),
    );
    fuser.take({ topic: match, payload: Float64Array.from(sine(1024, 100, 1024)), rate_hz: 1024, unit: "g" });
    const { sensor_data, fusion } = only(scanned("A")).message;
    const near = (name: string, expected: number): void =>
      assert.ok(
        Math.abs((sensor_data?.[name] ?? NaN) - expected) < 1e-3 * Math.max(1, expected),
        `${name}: ${sensor_data?.[name]}`,
      );
    near("peak", 2 * 9.80665);
    near("tone", 9.80665 / Math.SQRT2);
    near("tone.kurtosis", 1.5);
    near("rest", 0);
    near("shape", Math.SQRT2);
    assert.deepEqual(
      Object.values(fusion?.channels ?? {}).map((state) => state.unit),
      ["m/s²", "m/s²", "(m/s²)²", ""],
    );
    fuser.close();
  });

  it("says why a feature has no value, and bounds the feature with min and max", () => {
    const match = "w";
    const { fuser, only } = setUp(rows({ name: "band", match, align: "band_rms 10-1000", range: [0, 0.1] }));
    const after = (message: EdgeMessage): EdgeMessage["unusable"] => {
      fuser.take({ topic: match, ...message });
      return only(scanned("A")).message.unusable;
    };
    assert.deepEqual(after({ payload: 7 }), {
      code: "channel-window",
      channel: "band",
      reason: "band is without a value: a band needs a waveform: samples in one message, with rate_hz",
    });
    assert.equal(
      after({ payload: sine(64, 1, 64), rate_hz: 64 })?.reason,
      "band is without a value: the band ends at 1000 Hz, above half the sample rate, 32 Hz",
    );
    assert.match(
      after({ payload: sine(4096, 100, 4096), rate_hz: 4096 })?.reason ?? "",
      /^band is out of range: 0\.70\d+, must be from 0 to 0\.1$/,
    );
    fuser.close();
  });

  it("never is an infinity, however large the samples are", () => {
    const { fuser, only } = setUp(rows({ name: "r", match: "w", align: "rms", features: ["p2p"] }));
    fuser.take({ topic: "w", payload: [1e308, -1e308], rate_hz: 10 });
    const { sensor_data, unusable } = only(scanned("A")).message;
    assert.deepEqual(sensor_data, { r: null, "r.p2p": null });
    assert.equal(unusable?.reason, "r is without a value: Infinity is not a finite number");
    fuser.close();
  });

  it("is uncertain where the window cannot hold its length, and says so", () => {
    const { fuser, only } = setUp(rows({ name: "m", match: "w", align: "mean", windowMs: 10_000 }));
    fuser.take({ topic: "w", payload: new Float32Array(80_000), rate_hz: 10_000 });
    assert.deepEqual(only(scanned("A")).message.unusable, {
      code: "channel-uncertain",
      channel: "m",
      reason: "m is uncertain: its window of 10,000 ms holds only the newest values; choose a shorter one",
    });
    fuser.close();
  });

  it("takes unit and stamp from beside the payload, and EUInformation for a unit", () => {
    const { fuser, only, clock } = setUp(
      rows({ name: "t", match: "t", unit: "°C", trustStamps: true }, { name: "p", match: "p", unit: "bar" }),
    );
    const sourceTimestamp = new Date(clock.now() - 250);
    fuser.take({ topic: "t", payload: 212, unit: "degF", sourceTimestamp });
    const engineeringUnits = {
      namespaceUri: "http://www.opcfoundation.org/UA/units/un/cefact",
      unitId: 4_935_745,
      displayName: { text: "kPa", locale: "en" },
    };
    fuser.take({ topic: "p", payload: { value: 700, engineeringUnits } });
    const { sensor_data, fusion } = only(scanned("A")).message;
    assert.ok(Math.abs((sensor_data?.["t"] ?? 0) - 100) < 1e-9);
    assert.equal(sensor_data?.["p"], 7);
    assert.deepEqual([fusion?.channels["t"]?.age_ms, fusion?.channels["t"]?.skew_ms], [250, -250]);
    fuser.take({ topic: "p", payload: 700, unit: "furlong" });
    assert.equal(
      only(scanned("B")).message.unusable?.reason,
      'p is bad: its unit is "furlong", the channel\'s is "bar"',
    );
    fuser.close();
  });
});
