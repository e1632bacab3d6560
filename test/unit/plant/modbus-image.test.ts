import assert from "node:assert/strict";
import * as fc from "fast-check";
import { ModbusImage, REGISTERS_PER_ASSET } from "../../../simulator/modbus-image";

const READINGS = { vibration_x: 1.234, vibration_y: 0.987, temperature: 71.26, current: 11.87 };

/** A request for `count` things from `address` on. */
function request(code: number, address: number, count: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes[0] = code;
  bytes.writeUInt16BE(address, 1);
  bytes.writeUInt16BE(count, 3);
  return bytes;
}

describe("the plant's Modbus registers", () => {
  const image = new ModbusImage(2);
  image.show(1, READINGS);

  it("show an asset's readings at its own hundred", () => {
    const answer = image.answer(request(4, REGISTERS_PER_ASSET, 14));
    assert.deepEqual([answer[0], answer[1], answer.length], [4, 28, 30]);
    const data = answer.subarray(2);
    assert.ok(Math.abs(data.readFloatBE(8) - 71.26) < 1e-5);
    assert.deepEqual([10, 11, 12, 13].map((at) => data.readUInt16BE(at * 2)), [1234, 987, 713, 1187]); // prettier-ignore
    assert.equal(image.answer(request(3, 0, 1)).readUInt16BE(2), 0);
  });

  it("tell by coil which asset has a unit", () => {
    assert.deepEqual([...image.answer(request(1, 0, 2))], [1, 1, 0b10]);
    assert.deepEqual([...image.answer(request(2, 1, 1))], [2, 1, 0b1]);
  });

  it("count readings, so that a reader can tell a dead plant from a steady one", () => {
    const counting = new ModbusImage(1);
    for (let i = 0; i < 70_000; i++) counting.show(0, READINGS);
    assert.equal(counting.answer(request(4, 50, 2)).readUInt32BE(2), 70_000);
  });

  it("keep a scaled integer within 16 bits", () => {
    const hot = new ModbusImage(1);
    hot.show(0, { ...READINGS, vibration_x: 90 });
    assert.equal(hot.answer(request(4, 10, 1)).readUInt16BE(2), 0xffff);
  });

  it("answer every request, with what was asked for or with an exception", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const answer = image.answer(Buffer.from(bytes));
        const code = bytes[0] ?? 0;
        if ((answer[0] ?? 0) & 0x80) {
          assert.equal(answer[0], code | 0x80);
          assert.ok([1, 2, 3].includes(answer[1] ?? 0));
          assert.equal(answer.length, 2);
        } else assert.equal(answer.length, 2 + (answer[1] ?? 0));
      }),
    );
    fc.assert(
      fc.property(fc.constantFrom(3, 4), fc.nat(300), fc.nat(200), (code, address, count) => {
        const answer = image.answer(request(code, address, count));
        const fits = count >= 1 && count <= 125 && address + count <= 2 * REGISTERS_PER_ASSET;
        assert.equal(answer.length, fits ? 2 + 2 * count : 2);
      }),
    );
  });
});
