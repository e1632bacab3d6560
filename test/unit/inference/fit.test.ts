import assert from "node:assert/strict";
import { channelSpec, offersOf } from "../../../lib/fusion/channel";
import { misfit } from "../../../lib/inference/fit";
import { manifest } from "../../support/model-fixture";

const offering = (...rows: Parameters<typeof channelSpec>[0][]) => ({
  by: "press sensors",
  offers: offersOf(rows.map(channelSpec)),
});
const wants = (name: string, unit: string) => manifest({ channels: [{ name, unit, range: [0, 1] }] });
const CURRENT = { name: "current", unit: "A" };

describe("a model and the channels that are wired to it", () => {
  it("fit where each channel of the model is there in its unit, however that is spelled", () => {
    for (const unit of ["°C", "degC", "C", "CEL", ""])
      assert.equal(misfit(manifest(), offering({ name: "temperature", unit }, CURRENT)), undefined, unit);
    const more = offering({ name: "temperature", unit: "°C" }, CURRENT, { name: "pressure", unit: "bar" });
    assert.equal(misfit(manifest(), more), undefined, "a channel more is no harm");
  });

  it("do not fit in another unit, not even one that could be converted", () => {
    assert.deepEqual(misfit(manifest(), offering({ name: "temperature", unit: "°F" }, CURRENT)), {
      code: "channel-unit",
      message:
        "temperature is in °F in press sensors, small 1.0.0 was trained in °C — set the channel's unit to °C there: " +
        "readings that name another unit are converted to it",
    });
  });

  it("do not fit where a channel is missing, unless the model says what to take for it", () => {
    const { channels } = manifest();
    assert.deepEqual(misfit(manifest(), offering({ name: "temperature", unit: "°C" })), {
      code: "channel-missing",
      message: "current is a channel of small 1.0.0, and press sensors has none of this name — add it there, in A",
    });
    const filled = manifest({ channels: channels.map((channel) => ({ ...channel, fill: 0 })) });
    assert.equal(misfit(filled, offering({ name: "temperature", unit: "°C" })), undefined);
  });

  it("are compared by the unit of a feature, and with the features beside a value", () => {
    const rows = offering({
      name: "v",
      unit: "mm/s",
      align: "band_power 10-1000",
      features: ["kurtosis", "band_rms 1-2"],
    });
    assert.equal(misfit(wants("v", "(mm/s)²"), rows), undefined);
    assert.equal(misfit(wants("v", "mm/s"), rows)?.code, "channel-unit");
    assert.equal(misfit(wants("v.kurtosis", "mm/s"), rows), undefined, "no unit stands against none");
    assert.equal(misfit(wants("v.band_rms_1_2", "mm/s"), rows), undefined);
    assert.equal(misfit(wants("v.rms", "mm/s"), rows)?.code, "channel-missing");
  });
});
