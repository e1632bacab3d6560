import assert from "node:assert/strict";
import * as fc from "fast-check";
import { parseRegisterAddress, registerAddressOf } from "../../../lib/fusion/modbus/address";
import {
  decodeRegisters,
  WORD_ORDERS,
  wordsOf,
  type RegisterType,
  type WordOrder,
} from "../../../lib/fusion/modbus/registers";

/** Bytes in the order A, B, C, D, … to the registers of a device with this order. */
function registersOf(bytes: Buffer, order: WordOrder): number[] {
  const words: number[] = [];
  for (let i = 0; i < bytes.length; i += 2) {
    const swapped = order === "BADC" || order === "DCBA";
    words.push(swapped ? bytes.readUInt16LE(i) : bytes.readUInt16BE(i));
  }
  return order === "CDAB" || order === "DCBA" ? words.toReversed() : words;
}

const WRITE: Record<Exclude<RegisterType, "coil">, (value: number) => Buffer> = {
  float32: (value) => bufferOf(4, (b) => b.writeFloatBE(value)),
  float64: (value) => bufferOf(8, (b) => b.writeDoubleBE(value)),
  int16: (value) => bufferOf(2, (b) => b.writeInt16BE(value)),
  uint16: (value) => bufferOf(2, (b) => b.writeUInt16BE(value)),
  int32: (value) => bufferOf(4, (b) => b.writeInt32BE(value)),
  uint32: (value) => bufferOf(4, (b) => b.writeUInt32BE(value)),
  int64: (value) => bufferOf(8, (b) => b.writeBigInt64BE(BigInt(value))),
  uint64: (value) => bufferOf(8, (b) => b.writeBigUInt64BE(BigInt(value))),
};

function bufferOf(length: number, write: (buffer: Buffer) => void): Buffer {
  const buffer = Buffer.alloc(length);
  write(buffer);
  return buffer;
}

describe("Modbus registers", () => {
  it("reads 123.456 in all four byte orders", () => {
    const bytes = bufferOf(4, (b) => b.writeFloatBE(123.456));
    assert.equal(bytes.toString("hex"), "42f6e979");
    const written: Record<WordOrder, number[]> = {
      ABCD: [0x42f6, 0xe979],
      CDAB: [0xe979, 0x42f6],
      BADC: [0xf642, 0x79e9],
      DCBA: [0x79e9, 0xf642],
    };
    for (const order of WORD_ORDERS) {
      assert.equal(decodeRegisters(written[order], 0, { type: "float32", order }), Math.fround(123.456), order);
    }
  });

  const integers: [Exclude<RegisterType, "coil" | "float32" | "float64">, number, number][] = [
    ["int16", -0x8000, 0x7fff],
    ["uint16", 0, 0xffff],
    ["int32", -0x8000_0000, 0x7fff_ffff],
    ["uint32", 0, 0xffff_ffff],
    ["int64", Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    ["uint64", 0, Number.MAX_SAFE_INTEGER],
  ];
  for (const [type, min, max] of integers) {
    it(`gives back every ${type} in every order, wherever it stands`, () => {
      fc.assert(
        fc.property(fc.maxSafeInteger(), fc.constantFrom(...WORD_ORDERS), fc.nat(20), (seed, order, at) => {
          const value = min + (Math.abs(seed) % (max - min + 1));
          const registers = [...Array.from({ length: at }, () => 7), ...registersOf(WRITE[type](value), order), 9];
          assert.equal(decodeRegisters(registers, at, { type, order }), value);
        }),
      );
    });
  }

  it("gives back every float64 in every order", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.constantFrom(...WORD_ORDERS), (value, order) => {
        assert.ok(
          Object.is(decodeRegisters(registersOf(WRITE.float64(value), order), 0, { type: "float64", order }), value),
        );
      }),
    );
  });

  it("says how many registers are missing", () => {
    assert.equal(
      decodeRegisters([1, 2, 3], 2, { type: "float32", order: "ABCD" }),
      "float32 at index 2 needs 2 registers, the answer holds 1 there",
    );
  });

  it("never takes what is not a 16-bit word for a number", () => {
    for (const word of [-1, 65_536, 1.5, NaN, "12", null, undefined, true]) {
      assert.equal(typeof decodeRegisters([word], 0, { type: "uint16", order: "ABCD" }), "string", String(word));
    }
  });

  it("never throws and never reads beyond the answer", () => {
    const type = fc.constantFrom<RegisterType>(
      "float32",
      "float64",
      "int16",
      "uint16",
      "int32",
      "uint32",
      "int64",
      "uint64",
      "coil",
    );
    fc.assert(
      fc.property(
        fc.array(fc.anything()),
        fc.integer({ min: -3, max: 12 }),
        type,
        fc.constantFrom(...WORD_ORDERS),
        (registers, at, kind, order) => {
          const value = decodeRegisters(registers, at, { type: kind, order });
          if (at < 0 || at + wordsOf(kind) > registers.length) assert.equal(typeof value, "string");
        },
      ),
    );
  });
});

describe("Modbus addresses", () => {
  it("counts from 0 with a table or up to four digits, from 1 as a PLC reference", () => {
    const expected: [string, string, number, number | undefined, string?][] = [
      ["40", "holding", 40, undefined],
      ["holding:40", "holding", 40, undefined],
      ["holding:40041", "holding", 40_041, undefined],
      ["Input:7", "input", 7, undefined],
      ["coil:0@2", "coil", 0, 2, "2"],
      ["40041", "holding", 40, undefined],
      ["400041", "holding", 40, undefined],
      ["465536", "holding", 65_535, undefined],
      ["30008", "input", 7, undefined],
      ["10004", "discrete", 3, undefined],
      ["00001", "coil", 0, undefined],
      [" 40001@17 ", "holding", 0, 17, "17"],
      ["40041@press-4", "holding", 40, undefined, "press-4"],
      ["input:7@Presse 4", "input", 7, undefined, "Presse 4"],
    ];
    for (const [text, table, address, unit, owner] of expected) {
      const whose = owner === undefined ? {} : { owner };
      assert.deepEqual(parseRegisterAddress(text), { table, address, unit, ...whose }, text);
    }
  });

  it("refuses what could mean two things, and says what to write", () => {
    for (const text of [
      "",
      "x",
      "40000",
      "20001",
      "50001",
      "4000001",
      "holding:65536",
      "40@256",
      "-1",
      "holding:",
      "4x40",
    ]) {
      assert.throws(() => parseRegisterAddress(text), { code: "modbus-address" }, text);
    }
    assert.throws(() => parseRegisterAddress("40000"), /counts from 1/);
    assert.throws(() => parseRegisterAddress("50001"), /holding:…/);
  });

  it("takes a topic for a topic", () => {
    assert.equal(registerAddressOf("press-4/temperature"), undefined);
    assert.equal(registerAddressOf("ns=2;s=40"), undefined);
    assert.equal(registerAddressOf("40@somebody.example"), undefined);
    assert.equal(registerAddressOf("40@2")?.unit, 2);
  });
});
