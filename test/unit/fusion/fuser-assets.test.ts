import assert from "node:assert/strict";
import { channelSpec } from "../../../lib/fusion/channel";
import { MOTOR, OTHER, at, reading, scanned, setUp } from "./fuser-rig";

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

  it("that are not declared are not listened to", () => {
    const { fuser } = setUp({}, [MOTOR, OTHER]);
    fuser.take({ topic: "motor-9/vibration_x", payload: 1 });
    assert.equal(fuser.unmatched, 1);
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
  });

  it("are bounded in number", () => {
    const { fuser } = setUp({}, []);
    const feed = (i: number): unknown =>
      fuser.take({ asset: { id: `a${i}`, line: "", station: "" }, topic: "temperature", payload: 1 });
    for (let i = 0; i < 1000; i++) feed(i);
    assert.throws(() => feed(1000), { code: "too-many-assets" });
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
