import assert from "node:assert/strict";
import { runInNewContext } from "node:vm";
import { waveform } from "../../../flows/src/waveform/flow";
import type { EdgeMessage } from "../../../lib/messages";
import { ConfigReader } from "../../../nodes/common/config";
import { readSettings } from "../../../nodes/sensor-fuse/settings";
import { setUp } from "../fusion/fuser-rig";

describe("the example of a waveform", () => {
  const nodes = waveform();
  const of = (type: string) => nodes.find((node) => node.type === type) as Record<string, unknown>;
  const memory = new Map<string, unknown>();

  /** What the function node sends for a message. */
  function sensor(msg: EdgeMessage): EdgeMessage[] {
    const context = {
      get: (key: string) => memory.get(key),
      set: (key: string, value: unknown) => memory.set(key, value),
    };
    const body = `(function () {${of("function")["func"] as string}\n})()`;
    const sent = runInNewContext(body, { msg, context, Buffer }) as EdgeMessage[][] | null;
    return sent?.[0] ?? [];
  }

  it("tells a damaged bearing from a good one by its high band and its kurtosis, in one sample a second", () => {
    const settings = readSettings(new ConfigReader(of("sensor-fuse"), "sensor-fuse"));
    const { fuser } = setUp(settings);
    const second = (): Record<string, number> => {
      const samples = sensor({ payload: 0, topic: "" }).flatMap((message) => fuser.take(message));
      assert.equal(samples.length, 1);
      assert.equal(samples[0].usable, true, samples[0].message.unusable?.reason);
      return samples[0].message.sensor_data as Record<string, number>;
    };
    const good = second();
    assert.deepEqual(sensor({ topic: "damage", payload: true }), []);
    const damaged = second();
    assert.ok(Math.abs(good["temperature"] - 60) < 1, "140 °F");
    assert.ok(Math.abs(good["acc_rms"] - (9.80665 * Math.hypot(0.2, 0.05)) / Math.SQRT2) < 0.02, `${good["acc_rms"]}`);
    assert.ok(Math.abs(damaged["acc_rms"] / good["acc_rms"] - 1) < 0.2, "the low band stays");
    assert.ok(damaged["acc_high"] > 10 * good["acc_high"], "the high band rises");
    assert.ok(Math.abs(damaged["acc_power"] - damaged["acc_high"] ** 2) < 1e-9);
    assert.ok(good["acc_kurtosis"] < 2 && damaged["acc_kurtosis"] > 5);
    fuser.close();
  });
});
