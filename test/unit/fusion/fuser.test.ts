import assert from "node:assert/strict";
import { channelSpec } from "../../../lib/fusion/channel";
import { goodReading } from "../../../lib/fusion/reading";
import type { EdgeMessage } from "../../../lib/messages";
import type { Sample } from "../../../lib/fusion/fuser";
import { CHANNELS, UNKNOWN, scan, scanned, setUp } from "./fuser-rig";

describe("fusion: a sample per scan", () => {
  it("is not troubled by what qr-context answers to put and import", () => {
    const { fuser } = setUp();
    const event = { kind: "contexts-changed", cause: "import", at: "2026-01-01T00:00:00.000Z", count: 12 };
    assert.deepEqual(fuser.take({ command: { name: "import" }, event, payload: event }), []);
    assert.deepEqual(fuser.take({ command: { name: "put" }, payload: { product: "A" } }), []);
    assert.deepEqual([fuser.matched, fuser.unmatched], [0, 0]);
    fuser.take({ topic: "elsewhere", payload: 1 });
    assert.deepEqual([fuser.matched, fuser.unmatched], [0, 1]);
    fuser.take({ event, payload: { temperature: 82 } });
    assert.deepEqual([fuser.matched, fuser.unmatched], [1, 1], "readings are taken whatever comes with them");
    fuser.close();
  });

  it("holds the last readings, and keeps what the scan brought", () => {
    const { fuser, only, feed, clock } = setUp();
    feed();
    clock.advance(120);
    const { usable, message } = only(scanned("A", { topic: "reader-1", order: 17 }));
    assert.equal(usable, true);
    assert.deepEqual(message.sensor_data, { vibration_x: 1.8, temperature: 82 });
    assert.deepEqual(message.payload, message.sensor_data);
    assert.deepEqual(message.fusion?.channels["temperature"], {
      unit: "°C",
      quality: "good",
      age_ms: 120,
      source: "wire",
    });
    assert.equal(message.fusion?.complete, true);
    assert.match(message.fusion.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    assert.equal(message.fusion.at, "2026-01-01T00:00:00.120Z");
    assert.deepEqual(message.asset, { id: "motor-1", line: "line-1", station: "test-1" });
    assert.equal(message.run?.phase, "single");
    assert.equal(message["order"], 17);
    assert.deepEqual(message.context, { product: "A" });
    fuser.close();
  });

  it("names the channel that is missing, stale, bad, out of range or uncertain", () => {
    const { fuser, only, clock } = setUp();
    fuser.take({ payload: { vibration_x: 1.8 } });
    assert.deepEqual(only(scanned("A")).message.unusable, {
      code: "channel-missing",
      channel: "temperature",
      reason: "temperature is missing: no reading has come yet",
    });
    fuser.take({ payload: { vibration_x: 1.8, temperature: 82 } });
    clock.advance(4200);
    fuser.take({ payload: { vibration_x: 1.8 } });
    const stale = only(scanned("B"));
    assert.equal(stale.usable, false);
    assert.equal(stale.message.unusable?.reason, "temperature is stale: 4,200 ms old, limit 2,000 ms");
    assert.deepEqual(stale.message.sensor_data, { vibration_x: 1.8, temperature: null });
    assert.equal(stale.message.fusion?.complete, false);
    const { channels } = stale.message.fusion;
    assert.equal(channels["temperature"]?.reason, stale.message.unusable?.reason, "each channel says why");
    assert.equal("reason" in (channels["vibration_x"] as object), false);
    const after = (value: unknown): EdgeMessage["unusable"] => {
      fuser.take({ topic: "temperature", payload: value });
      return only(scanned("C")).message.unusable;
    };
    assert.deepEqual(after("12,5"), {
      code: "channel-bad",
      channel: "temperature",
      reason: 'temperature is bad: "12,5" is not a number',
    });
    assert.equal(after(250)?.reason, "temperature is out of range: 250 °C, must be from -20 to 200");
    assert.equal(after({ value: 82, quality: "uncertain" })?.code, "channel-uncertain");
    assert.equal(after(null)?.code, "channel-bad");
    assert.equal(
      after({ value: 3, unit: "bar" })?.reason,
      'temperature is bad: its unit is "bar", the channel\'s is "°C"',
    );
    assert.equal(after({ value: 212, unit: "°F" }), undefined);
    for (const on of [true, { value: true }, [true], "true"]) assert.equal(after(on)?.code, "channel-bad");
    assert.equal(after(true)?.reason, "temperature is bad: true is not a number; for a switch choose the type boolean");
    assert.equal(
      after({})?.reason,
      'temperature is bad: an object without properties is not a number: its value would stand in "value"',
    );
    fuser.close();
  });

  it("takes true and false for 1 and 0 on a channel of that type", () => {
    const { fuser, only } = setUp({ channels: [channelSpec({ name: "running", boolean: true })] });
    for (const [said, value] of [
      [true, 1],
      [false, 0],
      [{ value: true }, 1],
      [1, 1],
    ] as const) {
      fuser.take({ topic: "running", payload: said });
      assert.deepEqual(only(scanned("A")).message.sensor_data, { running: value });
    }
    fuser.close();
  });

  it("judges by the monotonic clock: a jump of the wall clock makes nothing stale or young", () => {
    for (const jump of [3_600_000, -3_600_000, -Date.UTC(2026, 0, 1)]) {
      const { fuser, only, feed, clock } = setUp();
      feed();
      clock.advance(1999);
      clock.jump(jump);
      const { usable, message } = only(scanned("A"));
      assert.equal(usable, true);
      assert.equal(Date.parse(message.fusion?.at ?? ""), clock.now(), "the stamp is the clock's, right or wrong");
      clock.advance(2);
      clock.jump(-jump);
      assert.equal(only(scanned("B")).usable, false);
      fuser.close();
    }
  });

  it("leaves null where a channel is not required", () => {
    const { fuser, only } = setUp({
      channels: [CHANNELS[0], channelSpec({ name: "current", required: false })],
    });
    fuser.take({ payload: { vibration_x: 1.8 } });
    const { usable, message } = only(scanned("A"));
    assert.equal(usable, true);
    assert.deepEqual(message.sensor_data, { vibration_x: 1.8, current: null });
    assert.equal(message.fusion?.channels["current"]?.age_ms, null);
    fuser.close();
  });

  it("keeps the reason why there is no context, and fuses all the same", () => {
    const { fuser, only, feed } = setUp();
    feed();
    const { usable, message } = only({ scan: scan("X"), unusable: UNKNOWN });
    assert.equal(usable, false);
    assert.deepEqual(message.unusable, UNKNOWN);
    assert.equal(message.sensor_data?.["temperature"], 82);
    assert.ok(message.fusion);
    fuser.close();
  });

  it("takes no number that scaling made infinite", () => {
    const { fuser, only } = setUp({ channels: [channelSpec({ name: "t", scale: 1000 })] });
    fuser.take({ topic: "t", payload: 1e308 });
    const { usable, message } = only(scanned("A"));
    assert.equal(usable, false);
    assert.equal(message.unusable?.reason, "t is bad: 1e+308, scaled and converted, is not a finite number");
    fuser.close();
  });

  it("scales, and computes features of the window beside the value", () => {
    const channels = [channelSpec({ name: "v", scale: 0.1, offset: 5, features: ["mean", "p2p"], windowMs: 1000 })];
    const { fuser, only } = setUp({ channels });
    fuser.take({ topic: "v", payload: [10, 20, 30] });
    assert.deepEqual(only(scanned("A")).message.sensor_data, { v: 8, "v.mean": 7, "v.p2p": 2 });
    fuser.close();
  });
});

describe("fusion: runs", () => {
  it("put the run's context on samples without a scan", () => {
    const { fuser, only } = setUp({ trigger: "any" });
    assert.equal(only({ payload: { vibration_x: 1, temperature: 80 } }).message.run, undefined);
    assert.deepEqual(fuser.take(scanned("A")), []);
    const first = only({ topic: "temperature", payload: 81, qos: 1 }).message;
    const second = only({ topic: "temperature", payload: 82 }).message;
    assert.deepEqual(first.context, { product: "A" });
    assert.deepEqual([first.run?.phase, second.run?.phase], ["start", "sample"]);
    assert.equal(first.run?.id, second.run?.id);
    assert.equal(first["qos"], 1);
    fuser.close();
  });

  it("never lend the previous part's context to a part without one", () => {
    for (const trigger of ["any", "channel", "run_end", "scan"] as const) {
      const { fuser, feed } = setUp({ trigger, triggerChannel: "temperature" });
      fuser.take({ payload: { vibration_x: 1, temperature: 80 } });
      fuser.take(scanned("A"));
      const refused = fuser.take({ scan: scan("X"), unusable: UNKNOWN });
      const last = refused.at(-1) as Sample;
      assert.equal(last.usable, false, trigger);
      assert.deepEqual(last.message.unusable, UNKNOWN);
      assert.equal(last.message.context, undefined);
      if (trigger === "any") {
        const next = fuser.take({ topic: "temperature", payload: 83 })[0];
        assert.equal(next.message.context, undefined);
        assert.equal(next.message.scan?.code, "X");
      } else if (trigger !== "channel") feed();
      fuser.close();
    }
  });

  it("make one sample at their end: the next scan, or an end signal, with their own context", () => {
    const { fuser } = setUp({ trigger: "run_end" });
    fuser.take({ payload: { vibration_x: 1, temperature: 80 } });
    assert.deepEqual(fuser.take(scanned("A")), []);
    const [atNext] = fuser.take(scanned("B"));
    assert.deepEqual(atNext?.message.context, { product: "A" });
    assert.equal(atNext?.message.run?.phase, "end");
    const [atEnd] = fuser.take({ command: { name: "end" }, batch: 4 });
    assert.deepEqual(atEnd?.message.context, { product: "B" });
    assert.equal(atEnd?.message["batch"], 4);
    assert.deepEqual(fuser.take({ command: { name: "end" } }), [], "a run ends once");
    fuser.close();
  });

  it("are sampled on a beat", () => {
    const { fuser, clock, emitted } = setUp({ trigger: "periodic", periodMs: 500 });
    clock.advance(500);
    assert.equal(emitted[0]?.message.unusable?.code, "channel-missing", "the beat does not wait for readings");
    assert.equal(emitted[0]?.message.asset?.id, "motor-1");
    fuser.take({ payload: { vibration_x: 1, temperature: 80 } });
    fuser.take(scanned("A"));
    clock.advance(1100);
    assert.equal(emitted.length, 3);
    assert.deepEqual(emitted[1]?.message.context, { product: "A" });
    fuser.close();
    clock.advance(5000);
    assert.equal(emitted.length, 3, "nothing after close");
  });

  it("get one sample from readings of own sources that come together", async () => {
    const { fuser, emitted } = setUp({ trigger: "any" });
    fuser.takeOwn(0, undefined, goodReading(1));
    fuser.takeOwn(1, undefined, goodReading(80));
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(emitted.length, 1);
    assert.deepEqual(emitted[0]?.message.sensor_data, { vibration_x: 1, temperature: 80 });
    fuser.close();
  });
});

describe("fusion: staleness", () => {
  it("is told once by its own timer, and once when the channel is back", () => {
    const { fuser, feed, clock, notices } = setUp();
    feed();
    clock.advance(1500);
    fuser.take({ payload: { temperature: 83 } });
    clock.advance(10_000);
    assert.deepEqual(
      notices.map(({ event }) => [event?.kind, event?.["channel"]]),
      [
        ["channel-stale", "vibration_x"],
        ["channel-stale", "temperature"],
      ],
    );
    assert.equal(notices[0]?.unusable?.reason, "vibration_x is stale: 2,001 ms old, limit 2,000 ms");
    assert.equal(notices[0]?.fusion, undefined, "a notice leaves no record");
    assert.deepEqual(notices[0]?.asset?.id, "motor-1");
    fuser.take({ payload: { temperature: "?" } });
    assert.equal(notices.length, 2, "a bad reading is not a recovery");
    fuser.take({ payload: { temperature: 84 } });
    assert.deepEqual([notices[2]?.event?.kind, notices[2]?.unusable], ["channel-good", undefined]);
    fuser.close();
  });

  it("of a fast channel is told in time though a slow one armed the timer first", () => {
    const channels = [channelSpec({ name: "slow", maxAgeMs: 60_000 }), channelSpec({ name: "fast", maxAgeMs: 100 })];
    const { fuser, clock, notices } = setUp({ channels });
    fuser.take({ payload: { slow: 1 } });
    clock.advance(10);
    fuser.take({ payload: { fast: 1 } });
    clock.advance(200);
    assert.equal(notices[0]?.event?.["channel"], "fast");
    fuser.close();
  });
});

describe("fusion: a channel table that cannot work", () => {
  it("is refused with the reason", () => {
    assert.throws(() => setUp({ channels: [] }), { code: "channels" });
    assert.throws(
      () => setUp({ channels: [channelSpec({ name: "a" }), channelSpec({ name: "a" })] }),
      /two channels are called "a"/,
    );
    assert.throws(() => setUp({ channels: [channelSpec({ name: "a", range: [5, 1] })] }), /the range ends at 1/);
    assert.throws(() => setUp({ trigger: "channel", triggerChannel: "b" }), /"b" is not in the table/);
  });
});
