import assert from "node:assert/strict";
import * as fc from "fast-check";
import { AssetTable, type Asset } from "../../../lib/assets";
import { channelSpec, type ChannelSpec } from "../../../lib/fusion/channel";
import { Intake } from "../../../lib/fusion/intake";
import { registerAddressOf } from "../../../lib/fusion/modbus/address";
import { RegisterChannel } from "../../../lib/fusion/modbus/wire";
import { Router } from "../../../lib/fusion/route";
import type { EdgeMessage } from "../../../lib/messages";

const MOTOR: Asset = { id: "motor-1", line: "l", station: "s", readers: [] };

/** What the channels get out of a message: name to value, or to the reason why there is none. */
function intake(channels: ChannelSpec[], assets: Asset[] = [MOTOR]) {
  const table = new AssetTable(assets);
  const router = new Router(channels, table, undefined);
  const registers = channels.flatMap((channel, i) =>
    channel.register ? [new RegisterChannel(i, channel.register, registerAddressOf(channel.match))] : [],
  );
  const reader = new Intake(channels, router, table, registers, () => undefined);
  return (message: EdgeMessage): Record<string, number | string> => {
    const found: Record<string, number | string> = {};
    reader.take(message, (_asset, channel, reading) => {
      found[channels[channel].name] = reading.quality === "bad" ? reading.reason : reading.value;
    });
    return found;
  };
}

const NODE = "ns=2;s=temperature";
const opcua = intake([
  channelSpec({ name: "temperature", match: NODE }),
  channelSpec({ name: "current", match: "ns=2;s=current" }),
]);
const float = (name: string, match: string, order: "ABCD" | "CDAB" = "ABCD") =>
  channelSpec({ name, match, register: { type: "float32", order } });

describe("messages of node-red-contrib-opcua", () => {
  it("carry a value with its status, under the node id", () => {
    const message = {
      topic: NODE,
      payload: 82.5,
      statusCode: { value: 0, name: "Good" },
      sourceTimestamp: new Date(),
      serverTimestamp: Date.now(),
    };
    assert.deepEqual(opcua(message), { temperature: 82.5 });
    assert.deepEqual(opcua({ ...message, statusCode: { value: 0x80700000, name: "BadSensorFailure" } }), {
      temperature: "BadSensorFailure",
    });
    assert.deepEqual(opcua({ ...message, topic: `${NODE};datatype=Double` }), { temperature: 82.5 });
  });

  it("begin with the subscription's id, which is nobody's reading", () => {
    assert.deepEqual(opcua({ topic: "subscriptionId", payload: 17 }), {});
  });

  it("carry 64-bit integers as two halves", () => {
    const statusCode = { value: 0, name: "Good" };
    assert.deepEqual(opcua({ topic: NODE, payload: [0, 1234], statusCode }), { temperature: 1234 });
    assert.deepEqual(opcua({ topic: NODE, payload: [1, 5], statusCode }), { temperature: 2 ** 32 + 5 });
    assert.deepEqual(opcua({ topic: NODE, payload: [0xffffffff, 0xfffffffe], statusCode }), { temperature: -2 });
  });

  it("carry the answer to a write, which is no value", () => {
    const written = { _value: 0, _name: "Good", value: 0, name: "Good", isGoodish: () => true };
    assert.deepEqual(opcua({ topic: NODE, payload: written }), { temperature: "a status code is not a value" });
  });

  it("carry structures under one status", () => {
    const speed = intake([channelSpec({ name: "speed", match: `${NODE}/speed` })]);
    assert.deepEqual(speed({ topic: NODE, payload: { speed: 5 }, statusCode: { value: 0 } }), { speed: 5 });
    assert.deepEqual(speed({ topic: NODE, payload: { speed: 5 }, statusCode: { value: 0x80000000, name: "Bad" } }), {
      speed: "Bad",
    });
  });

  it("carry texts, structures and nothing as values", () => {
    const text = { locale: "en", text: "82" };
    assert.deepEqual(opcua({ topic: NODE, payload: text, statusCode: { value: 0 } }), {
      temperature: 'an object with locale, text is not a number: its value would stand in "value"',
    });
    assert.deepEqual(opcua({ topic: NODE, payload: { value: { dataType: 0 }, statusCode: { value: 0 } } }), {
      temperature: "there is no value",
    });
    assert.deepEqual(opcua({ error: "BadTimeout", endpoint: "opc.tcp://x", status: "error" }), {});
  });

  it("carry DataValues", () => {
    const value = {
      value: { dataType: 11, arrayType: 0, value: 82 },
      statusCode: { value: 0 },
      sourceTimestamp: new Date(),
    };
    assert.deepEqual(opcua({ topic: NODE, payload: value }), { temperature: 82 });
  });

  it("carry several DataValues, with the items that were read", () => {
    const values = [82, 12.5].map((value) => ({ value: { dataType: 11, value }, statusCode: { value: 0 } }));
    const items = [{ nodeId: NODE }, { nodeId: { toString: () => "ns=2;s=current" } }];
    assert.deepEqual(opcua({ topic: "readmultiple", payload: values, items }), { temperature: 82, current: 12.5 });
    assert.deepEqual(opcua({ topic: items, payload: values }), { temperature: 82, current: 12.5 });
  });
});

describe("messages of @opcua/for-node-red", () => {
  it("carry bare values, DataValues, or named values", () => {
    assert.deepEqual(opcua({ topic: NODE, payload: 82 }), { temperature: 82 });
    assert.deepEqual(opcua({ topic: [NODE, "ns=2;s=current"], payload: [82, 12] }), { temperature: 82, current: 12 });
    assert.deepEqual(
      intake([channelSpec({ name: "t", match: "machine.temperature" })])({ payload: { machine: { temperature: 82 } } }),
      { t: 82 },
    );
  });
});

describe("messages of node-red-contrib-modbus", () => {
  const registers = [0x3fe6, 0x6666, 0x42a4, 0x0000];
  const request = { unitid: "1", fc: "3", address: "40", quantity: "4" };
  const modbus = intake([float("vibration_x", "holding:40"), float("temperature", "40043"), float("elsewhere", "90")]);

  it("carry registers and the request as text; channels stand at their own address", () => {
    const expected = { vibration_x: Math.fround(1.8), temperature: 82 };
    assert.deepEqual(modbus({ topic: "polling", payload: registers, input: { payload: request } }), expected);
    assert.deepEqual(modbus({ payload: registers, modbusRequest: request }), expected);
    assert.deepEqual(
      modbus({ payload: { data: registers, buffer: [] }, values: registers, input: { payload: request } }),
      expected,
    );
  });

  it("are for the unit, table and range that was asked", () => {
    assert.deepEqual(modbus({ payload: registers, modbusRequest: { ...request, fc: "4" } }), {});
    assert.deepEqual(modbus({ payload: registers, modbusRequest: { ...request, address: "0" } }), {});
    const unit2 = intake([float("t", "40@2")]);
    assert.deepEqual(unit2({ payload: registers, modbusRequest: request }), {});
    assert.deepEqual(unit2({ payload: registers, modbusRequest: { ...request, unitid: 2 } }), { t: Math.fround(1.8) });
  });

  it("with too few registers are bad, not a number", () => {
    assert.deepEqual(modbus({ payload: registers.slice(0, 3), modbusRequest: request }), {
      vibration_x: Math.fround(1.8),
      temperature: "holding 42: float32 at index 2 needs 2 registers, the answer holds 1 there",
    });
  });

  it("that failed make bad what the same read delivered before", () => {
    const read = intake([float("a", "40"), float("b", "90")]);
    read({ topic: "polling", payload: registers, input: { payload: request } });
    assert.deepEqual(read({ topic: "polling", payload: "", error: new Error("Timed out") }), {
      a: "the read failed: Timed out",
    });
  });

  it("that failed under a topic and name that several reads have, leave values standing until they are stale", () => {
    const read = intake([float("a", "40"), float("b", "90")]);
    const other = { ...request, address: "90" };
    read({ topic: "polling", payload: registers, input: { topic: "polling", from: "", payload: request } });
    read({ topic: "polling", payload: registers, input: { topic: "polling", from: "", payload: other } });
    const failure = { topic: "polling", from: "", payload: "", error: new Error("Timed out") };
    const perhaps = "perhaps the read failed: Timed out";
    assert.deepEqual(read(failure), { a: perhaps, b: perhaps });
    assert.deepEqual(read({ ...failure, topic: { odd: 1n } }), {});
    const named = intake([float("a", "40"), float("b", "90")]);
    named({ topic: "polling", payload: registers, input: { topic: "polling", from: "left", payload: request } });
    named({ topic: "polling", payload: registers, input: { topic: "polling", from: "right", payload: other } });
    assert.deepEqual(named({ ...failure, from: "right" }), { b: "the read failed: Timed out" });
  });

  it("carry values by name where an IO file is used, beside the registers", () => {
    const payload = [
      { name: "rSpeed", register: "MB-INPUTS", registerAddress: 0, bits: 32, dataType: "Real", value: 7 },
    ];
    const message = { topic: "polling", payload, values: registers, input: { payload: request } };
    assert.deepEqual(modbus(message), { vibration_x: Math.fround(1.8), temperature: 82 });
    assert.deepEqual(intake([channelSpec({ name: "speed", match: "rSpeed" })])(message), { speed: 7 });
  });

  it("are not a list of samples for a channel of numbers", () => {
    const number = intake([channelSpec({ name: "t", match: "press" })]);
    assert.deepEqual(number({ topic: "press", payload: registers, input: { payload: request } }), {
      t: "4 registers came for a channel of numbers: choose the register type",
    });
    const one = { ...request, quantity: "1" };
    assert.deepEqual(number({ topic: "press", payload: [825], input: { payload: one } }), { t: 825 });
  });

  it("carry coils, padded to eight", () => {
    const coils = intake([
      channelSpec({ name: "running", match: "coil:1", register: { type: "coil", order: "ABCD" } }),
    ]);
    const payload = [false, true, false, false, false, false, false, false];
    assert.deepEqual(coils({ payload, modbusRequest: { unitid: 1, fc: 1, address: 0, quantity: 2 } }), { running: 1 });
  });

  it("may be told apart by topic alone", () => {
    assert.deepEqual(intake([float("t", "press", "CDAB")])({ topic: "press", payload: [0x0000, 0x42a4] }), { t: 82 });
  });
});

describe("plain messages", () => {
  const plant = intake(["vibration_x", "temperature"].map((name) => channelSpec({ name })));

  it("of the simulated plant fit the default channels, in either form", () => {
    assert.deepEqual(plant({ topic: "motor-1/temperature", payload: 82 }), { temperature: 82 });
    assert.deepEqual(plant({ topic: "motor-1", payload: { vibration_x: 1.8, temperature: 82, other: "x" } }), {
      vibration_x: 1.8,
      temperature: 82,
    });
  });

  it("of MQTT carry text, JSON, bytes or an object", () => {
    for (const payload of [
      "82",
      Buffer.from("82"),
      { value: 82 },
      { value: "82", unit: "", quality: "good" },
      '{"value": 82}',
    ]) {
      assert.deepEqual(plant({ topic: "temperature", payload }), { temperature: 82 });
    }
    assert.deepEqual(plant({ topic: "any", payload: '{"temperature": 82}' }), { temperature: 82 });
    assert.deepEqual(plant({ topic: "any", payload: Buffer.from('{"temperature": 82}') }), { temperature: 82 });
    assert.deepEqual(plant({ topic: "temperature", payload: "12,5" }), { temperature: '"12,5" is not a number' });
  });

  it("may be lists of small messages", () => {
    const payload = [
      { topic: "temperature", payload: 82 },
      { name: "vibration_x", value: 1.8 },
    ];
    assert.deepEqual(plant({ payload }), { temperature: 82, vibration_x: 1.8 });
  });

  it("are told apart by a topic with a property behind it", () => {
    const two = intake([
      channelSpec({ name: "in", match: "zigbee/a/temperature" }),
      channelSpec({ name: "out", match: "zigbee/b/temperature" }),
    ]);
    assert.deepEqual(two({ topic: "zigbee/b", payload: { temperature: 21 } }), { out: 21 });
  });

  it("find no property that an object only inherits", () => {
    assert.deepEqual(
      intake([channelSpec({ name: "constructor" }), channelSpec({ name: "toString" })])({ payload: {} }),
      {},
    );
  });

  it("of any content never throw", () => {
    const all = intake([
      channelSpec({ name: "temperature" }),
      float("m", "40"),
      channelSpec({ name: "x", match: NODE }),
    ]);
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withTypedArray: true, withNullPrototype: true }),
        fc.anything(),
        fc.anything(),
        (payload, topic, extra) => {
          all({ payload, topic });
          all({ payload, topic: "temperature", statusCode: extra, items: extra });
          all({ payload, modbusRequest: { unitid: extra, fc: 3, address: 40, quantity: 2 }, input: extra });
        },
      ),
    );
  });

  it("with ever new topics fill no memory", () => {
    const channels = [channelSpec({ name: "temperature" })];
    const router = new Router(channels, new AssetTable([MOTOR]), undefined);
    for (let i = 0; i < 20_000; i++) router.route(`flood/${i}`);
    router.route("x".repeat(100_000));
    const kept = [...(router as unknown as { routes: Map<string, unknown> }).routes.keys()];
    assert.ok(kept.length <= 4096);
    assert.ok(kept.every((topic) => topic.length <= 512));
    assert.deepEqual(router.route("motor-1/temperature").direct, [0]);
  });
});
