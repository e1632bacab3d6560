import assert from "node:assert/strict";
import * as fc from "fast-check";
import {
  answerIn,
  crc16,
  dataBytes,
  ModbusException,
  rtuAnswer,
  rtuRequest,
  tcpFrame,
  tcpRequest,
  type ReadRequest,
} from "../../../lib/fusion/modbus/frame";
import { answerTo, exceptionTo } from "../../support/modbus-device";

const REQUEST: ReadRequest = { unit: 17, table: "holding", address: 107, words: 3 };

const requests = fc.record({
  unit: fc.nat(255),
  table: fc.constantFrom("coil" as const, "discrete" as const, "holding" as const, "input" as const),
  address: fc.nat(60_000),
  words: fc.integer({ min: 1, max: 125 }),
});
const CODES = { coil: 1, discrete: 2, holding: 3, input: 4 } as const;

function tcpAnswer(request: ReadRequest, transaction: number): Buffer {
  return answerTo({ ...request, code: CODES[request.table], count: request.words, transaction, at: 0 });
}

/** The same answer in the envelope of a serial line. */
function rtuOf(frame: Buffer): Buffer {
  const body = frame.subarray(6);
  const crc = Buffer.alloc(2);
  crc.writeUInt16LE(crc16(body));
  return Buffer.concat([body, crc]);
}

describe("Modbus frames", () => {
  it("ask as the specification's example does", () => {
    // Modbus Application Protocol V1.1b3, 6.3; unit 17.
    assert.equal(tcpRequest(REQUEST, 0x1501).toString("hex"), "1501000000061103006b0003");
    assert.equal(rtuRequest(REQUEST).toString("hex"), "1103006b00037687");
  });

  it("give back what a device answers, whole or in pieces, over TCP", () => {
    fc.assert(
      fc.property(requests, fc.nat(0xffff), fc.nat(300), (request, transaction, cut) => {
        const bytes = tcpAnswer(request, transaction);
        if (cut < bytes.length) assert.equal(tcpFrame(bytes.subarray(0, cut)), undefined);
        const frame = tcpFrame(Buffer.concat([bytes, Buffer.from([1, 2, 3])]));
        assert.ok(typeof frame === "object");
        assert.deepEqual([frame.transaction, frame.unit, frame.length], [transaction, request.unit, bytes.length]);
        const words = answerIn(frame.pdu, request);
        assert.ok(Array.isArray(words) && words.length === request.words);
        const isBit = request.table === "coil" || request.table === "discrete";
        const { address, unit } = request;
        assert.equal(words[0], isBit ? address % 3 === 0 : (1000 * unit + address) & 0xffff);
      }),
    );
  });

  it("give it back over a serial line, with noise around it, and not when a single bit is wrong", () => {
    fc.assert(
      fc.property(requests, fc.uint8Array({ maxLength: 8 }), fc.nat(), (request, noise, where) => {
        const bytes = rtuOf(tcpAnswer(request, 1));
        const pdu = rtuAnswer(Buffer.concat([noise, bytes, noise]), request);
        assert.ok(pdu && Array.isArray(answerIn(pdu, request)));
        const wrong = Buffer.from(bytes);
        wrong[where % bytes.length] ^= 1 << (where % 8);
        const found = rtuAnswer(wrong, request);
        assert.equal(found, undefined);
      }),
    );
  });

  it("tell an answer to another question by unit, function and length", () => {
    const answer = rtuOf(tcpAnswer(REQUEST, 1));
    assert.equal(rtuAnswer(answer, { ...REQUEST, unit: 18 }), undefined);
    assert.equal(rtuAnswer(answer, { ...REQUEST, table: "input" }), undefined);
    assert.equal(rtuAnswer(answer, { ...REQUEST, words: 2 }), undefined);
    const pdu = tcpAnswer(REQUEST, 1).subarray(7);
    assert.equal(answerIn(pdu, { ...REQUEST, words: 2 }), "4 bytes were asked for, 6 were answered");
    assert.equal(answerIn(pdu, { ...REQUEST, table: "input" }), "function 4 was asked for, function 3 was answered");
  });

  it("carry exceptions", () => {
    const bytes = exceptionTo({ ...REQUEST, code: 3, count: 3, transaction: 9, at: 0 }, 2);
    const frame = tcpFrame(bytes);
    assert.ok(typeof frame === "object");
    for (const pdu of [frame.pdu, rtuAnswer(rtuOf(bytes), REQUEST) as Buffer]) {
      const answer = answerIn(pdu, REQUEST);
      assert.ok(answer instanceof ModbusException);
      assert.equal(answer.exception, 2);
      assert.equal(answer.message, "the device answers exception 2 (illegal data address)");
    }
  });

  it("are never more than they say, and decoders never throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), requests, (bytes, request) => {
        const frame = tcpFrame(Buffer.from(bytes));
        if (typeof frame === "object") {
          assert.ok(frame.length <= bytes.length);
          const answer = answerIn(frame.pdu, request);
          if (Array.isArray(answer)) assert.equal(answer.length, request.words);
        }
        const pdu = rtuAnswer(Buffer.from(bytes), request);
        if (pdu) assert.ok(pdu.length === 2 || pdu.length === 2 + dataBytes(request.table, request.words));
      }),
      { numRuns: 1000 },
    );
  });
});
