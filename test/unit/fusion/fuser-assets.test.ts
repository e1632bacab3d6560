import assert from "node:assert/strict";
import { channelSpec } from "../../../lib/fusion/channel";
import type { EdgeMessage } from "../../../lib/messages";
import { MOTOR, OTHER, at, reading, scan, scanned, setUp } from "./fuser-rig";

describe("fusion: assets", () => {
  it("keep their readings apart; what names no asset serves all", () => {
    const { fuser, only } = setUp({}, [MOTOR, OTHER]);
    fuser.take({ topic: "motor-1/vibration_x", payload: 1 });
    fuser.take({ topic: "motor-2/vibration_x", payload: 2 });
    fuser.take({ topic: "temperature", payload: 20 });
    for (const [asset, expected] of [
      [MOTOR, 1],
      [OTHER, 2],
    ] as const) {
      const { message } = only(scanned("A", { asset: { id: asset.id, line: asset.line, station: asset.station } }));
      assert.deepEqual(message.sensor_data, { vibration_x: expected, temperature: 20 });
    }
    fuser.close();
  });

  it("may be named by a text or half an object on the message; what is neither is nobody", () => {
    const { fuser, only } = setUp({}, [MOTOR, OTHER]);
    fuser.take({ ...at("motor-1"), payload: { vibration_x: 1, temperature: 80 } });
    fuser.take({ ...at({ id: "motor-2" }), payload: { vibration_x: 2, temperature: 80 } });
    const first = only(scanned("A", at("motor-1"))).message;
    assert.deepEqual(first.asset, { id: "motor-1", line: "line-1", station: "test-1" });
    assert.equal(first.sensor_data?.["vibration_x"], 1);
    assert.equal(only(scanned("A", at({ id: "motor-2" }))).message.sensor_data?.["vibration_x"], 2);
    for (const nobody of [7, "", null, {}, { id: 7 }, ["motor-1"]])
      assert.equal(only(scanned("A", at(nobody))).message.sensor_data?.["vibration_x"], null);
    fuser.close();
  });

  it("that are not declared are used for nobody: counted, and named once on output 2", () => {
    const { fuser, only, clock, notices } = setUp({}, [MOTOR, OTHER]);
    fuser.take({ topic: "motor-9/vibration_x", payload: 1 });
    fuser.take({ topic: "motor-9", payload: { vibration_x: 1, temperature: 2 } });
    fuser.take({ ...at("motor-9"), topic: "vibration_x", payload: 1 });
    fuser.take({ topic: "motor-1", payload: [{ topic: "motor-9/temperature", payload: 1 }] });
    assert.deepEqual([fuser.strangers.readings, fuser.matched, fuser.unmatched], [5, 0, 0]);
    const { message } = only(scanned("A", { topic: "motor-1" }));
    assert.deepEqual(message.sensor_data, { vibration_x: null, temperature: null });
    assert.deepEqual(
      notices.map(({ unusable, event, fusion }) => [unusable, event?.kind, fusion]),
      [
        [
          { code: "asset-unknown", reason: 'readings of "motor-9" came, which is not one of the device\'s 2 assets' },
          "asset-unknown",
          undefined,
        ],
      ],
    );
    for (let i = 0; i < 10_000; i++) fuser.take({ topic: `random-${i}`, payload: { temperature: 1 } });
    assert.equal(notices.length, 1, "names that change with every message are not a notice each");
    clock.advance(1000);
    fuser.take({ topic: "motor-7", payload: { temperature: 1 } });
    assert.equal(notices.length, 2);
    assert.equal(fuser.strangers.latest, "motor-7");
    fuser.close();
  });

  it("are not taken from a topic that only has other values", () => {
    const { fuser } = setUp({}, [MOTOR, OTHER]);
    fuser.take({ topic: "weather", payload: { wind: 3 } });
    assert.deepEqual([fuser.strangers.readings, fuser.unmatched], [0, 1]);
    fuser.close();
  });

  it("share what stands in a match without {asset}, whatever else is read under that topic", () => {
    const channels = [channelSpec({ name: "t", match: "{asset}/t" }), channelSpec({ name: "hall", match: "hall/air" })];
    const any = setUp({ channels, trigger: "any" }, [MOTOR, OTHER]).fuser;
    any.take({ topic: "motor-1/t", payload: 1 });
    assert.deepEqual(any.take({ topic: "hall", payload: { air: 20 } }), [], "it waits for the next sample of each");
    assert.deepEqual(any.take({ topic: "motor-1/t", payload: 2 })[0].message.sensor_data, { t: 2, hall: 20 });
    any.close();
    const { fuser } = setUp({ channels, trigger: "channel", triggerChannel: "hall" }, [MOTOR, OTHER]);
    const data = (message: EdgeMessage): unknown[] =>
      fuser.take(message).map(({ message: { asset, sensor_data } }) => [asset?.id, sensor_data]);
    assert.deepEqual(data({ topic: "motor-1/t", payload: 1 }), []);
    fuser.take({ topic: "motor-2/t", payload: 2 });
    assert.deepEqual(
      data({ topic: "hall", payload: { air: 20 } }),
      [
        ["motor-1", { t: 1, hall: 20 }],
        ["motor-2", { t: 2, hall: 20 }],
      ],
      "as the trigger it makes a sample of each",
    );
    fuser.close();
  });

  it("are told by reader, context and topic of a scan as well", () => {
    const readers = [{ ...MOTOR, readers: ["gate"] }, OTHER];
    const { fuser, only } = setUp({}, readers);
    const of = (more: EdgeMessage): string | undefined => only(scanned("A", more)).message.asset?.id;
    assert.equal(of({ scan: { ...scan("A"), reader: "gate" }, topic: "motor-2" }), "motor-1");
    assert.equal(of({ context: { asset_id: "motor-2" }, topic: "motor-1" }), "motor-2");
    assert.equal(of({ topic: "motor-2/temperature" }), "motor-2");
    assert.equal(of({ context: { asset_id: "motor-3" } }), "motor-3", "a context's word counts, declared or not");
    fuser.close();
  });

  it("must be told where there are several: a scan without goes to output 2, an end to Catch", () => {
    const { fuser, only } = setUp({}, [MOTOR, OTHER]);
    const { usable, message } = only(scanned("A"));
    assert.equal(usable, false);
    assert.equal(message.unusable?.reason, "the scan names no asset: it must be one of the device's 2 assets");
    assert.ok(message.fusion, "it leaves a record");
    assert.throws(() => fuser.take({ command: { name: "end" } }), { code: "asset-unknown" });
    fuser.close();
  });

  it("are the topic's before the node's own", () => {
    const { fuser, only } = setUp({ asset: "motor-1" }, [MOTOR, OTHER]);
    fuser.take({ topic: "motor-2", payload: { vibration_x: 2, temperature: 2 } });
    fuser.take({ topic: "anything", payload: { vibration_x: 1, temperature: 1 } });
    assert.equal(only(scanned("A")).message.sensor_data?.["temperature"], 1);
    assert.equal(only(scanned("A", { topic: "motor-2" })).message.sensor_data?.["temperature"], 2);
    fuser.close();
    assert.throws(() => setUp({ asset: "motor-9" }, [MOTOR, OTHER]), { code: "assets" });
  });

  it("may stand in a match more than once", () => {
    const channels = [channelSpec({ name: "t", match: "{asset}/s={asset}.t" })];
    const { fuser, only } = setUp({ channels }, [MOTOR, { ...OTHER, id: "$&" }]);
    fuser.take({ topic: "motor-1/s=motor-1.t", payload: 1 });
    fuser.take({ topic: "$&/s=$&.t", payload: 2 });
    fuser.take({ topic: "motor-1/s=$&.t", payload: 3 });
    assert.equal(only(scanned("A", { topic: "motor-1" })).message.sensor_data?.["t"], 1);
    assert.equal(only(scanned("A", { topic: "$&" })).message.sensor_data?.["t"], 2);
    fuser.close();
  });

  it("are expanded for own sources", () => {
    const channels = [
      channelSpec({ name: "t", source: "opcua", match: "ns=2;s={asset}.t" }),
      channelSpec({ name: "m", source: "modbus", match: "40" }),
    ];
    const { fuser } = setUp({ channels }, [MOTOR, OTHER]);
    assert.deepEqual(
      fuser.wanted("opcua").map(({ asset, match }) => [asset?.id, match]),
      [
        ["motor-1", "ns=2;s=motor-1.t"],
        ["motor-2", "ns=2;s=motor-2.t"],
      ],
    );
    assert.deepEqual(fuser.wanted("modbus"), [{ channel: 1, asset: undefined, match: "40" }]);
    fuser.close();
    assert.throws(() => setUp({ channels }, []), /t is read per \{asset\}, and the device declares no asset/);
  });

  it("that are not declared are bounded in number, and make room when they were silent for long", () => {
    const { fuser, clock } = setUp({}, []);
    const feed = (i: number): unknown =>
      fuser.take({ asset: { id: `a${i}`, line: "", station: "" }, topic: "temperature", payload: 1 });
    for (let i = 0; i < 1000; i++) feed(i);
    assert.throws(() => feed(1000), { code: "too-many-assets" });
    clock.advance(600_001);
    feed(0);
    feed(1000);
    feed(0);
    fuser.close();
  });

  it("that made room leave the memory of their windows to those that come", () => {
    const channels = [channelSpec({ name: "vibration_x", align: "max", windowMs: 60_000, maxAgeMs: 60_000 })];
    const { fuser, clock, only } = setUp({ channels }, []);
    const samples = Array.from({ length: 2048 }, (_, i) => i);
    const feed = (i: number): unknown => fuser.take({ ...at(`a${i}`), topic: "vibration_x", payload: samples });
    for (let i = 0; i < 1000; i++) feed(i);
    clock.advance(600_001);
    for (let i = 1000; i < 1030; i++) feed(i);
    // Of 32 MiB for the node's windows, 2,048 values each leave room for 24 more than the first thousand.
    assert.deepEqual(only(scanned("A", at("a1029"))).message.sensor_data, { vibration_x: 2047 });
    fuser.close();
  });

  it("that are declared have a place however many others there are", () => {
    const { fuser, only } = setUp({}, [MOTOR, OTHER]);
    for (let i = 0; i < 1000; i++) fuser.take(scanned("A", at(`a${i}`)));
    assert.throws(() => fuser.take(scanned("A", at("a1000"))), { code: "too-many-assets" });
    assert.equal(only(scanned("A", at("motor-2"))).message.asset?.line, "line-1");
    fuser.close();
  });

  it("that are one too many leave no sample behind for the next message", () => {
    const { fuser } = setUp({ trigger: "any" }, []);
    for (let i = 0; i < 1000; i++) fuser.take(reading(i));
    assert.throws(() => fuser.take({ payload: [reading(0), reading(1000)] }), { code: "too-many-assets" });
    assert.deepEqual(
      fuser.take(reading(5)).map(({ message }) => message.asset?.id),
      ["a5"],
    );
    fuser.close();
  });
});
