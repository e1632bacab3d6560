/**
 * Modbus requests and answers as bytes: the protocol data unit (Modbus Application Protocol V1.1b3) in its two envelopes,
 * that of TCP (Modbus Messaging on TCP/IP V1.0b, 3.1.3) and that of a serial line (Modbus over Serial Line V1.02, 2.5.1).
 * Reads only. Decoders never throw on what a device sends: they say what is wrong with it.
 */
import { EdgeError } from "../../errors";
import { READ_FUNCTION, type Table } from "./address";

/** One read, as it is asked for. */
export interface ReadRequest {
  readonly unit: number;
  readonly table: Table;
  readonly address: number;
  /** Registers, or coils. */
  readonly words: number;
}

/** Registers as numbers, coils as booleans. */
export type Words = readonly (number | boolean)[];

/** Modbus Application Protocol V1.1b3, 7: exception codes. */
const EXCEPTIONS: Readonly<Record<number, string>> = {
  1: "illegal function",
  2: "illegal data address",
  3: "illegal data value",
  4: "device failure",
  5: "acknowledge",
  6: "device busy",
  8: "memory parity error",
  10: "gateway path unavailable",
  11: "gateway target does not answer",
};

/** The device understood the request and refused it. The connection is fine. */
export class ModbusException extends EdgeError {
  constructor(readonly exception: number) {
    super("modbus-exception", `the device answers exception ${exception} (${EXCEPTIONS[exception] ?? "unknown"})`);
  }
}

const MBAP_BYTES = 6;
/** Unit and the longest protocol data unit (253 bytes). */
const LONGEST_TCP_BODY = 254;
const CRC_BYTES = 2;
const EXCEPTION_BIT = 0x80;
/** Unit, function, exception code, CRC. */
const RTU_EXCEPTION_BYTES = 5;
/** Unit, function and byte count before the data; CRC behind it. */
const RTU_AROUND_DATA = 5;

/** Bytes of data in the answer to a read. */
export function dataBytes(table: Table, words: number): number {
  return table === "coil" || table === "discrete" ? Math.ceil(words / 8) : words * 2;
}

function requestPdu({ table, address, words }: ReadRequest): Buffer {
  const pdu = Buffer.alloc(5);
  pdu.writeUInt8(READ_FUNCTION[table], 0);
  pdu.writeUInt16BE(address, 1);
  pdu.writeUInt16BE(words, 3);
  return pdu;
}

export function tcpRequest(request: ReadRequest, transaction: number): Buffer {
  const pdu = requestPdu(request);
  const head = Buffer.alloc(MBAP_BYTES + 1);
  head.writeUInt16BE(transaction, 0);
  head.writeUInt16BE(pdu.length + 1, 4);
  head.writeUInt8(request.unit, MBAP_BYTES);
  return Buffer.concat([head, pdu]);
}

export function rtuRequest(request: ReadRequest): Buffer {
  const body = Buffer.concat([Buffer.from([request.unit]), requestPdu(request)]);
  const crc = Buffer.alloc(CRC_BYTES);
  crc.writeUInt16LE(crc16(body));
  return Buffer.concat([body, crc]);
}

/** CRC-16/MODBUS of Modbus over Serial Line V1.02, appendix B: polynomial 0xA001, from 0xFFFF. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}

export interface TcpFrame {
  readonly transaction: number;
  readonly unit: number;
  readonly pdu: Buffer;
  /** Bytes that it took of the buffer. */
  readonly length: number;
}

/** The first frame in `buffer`; undefined while bytes are missing; a text when these bytes are no Modbus TCP. */
export function tcpFrame(buffer: Buffer): TcpFrame | string | undefined {
  if (buffer.length >= 4 && buffer.readUInt16BE(2) !== 0) return "what answers is no Modbus TCP";
  if (buffer.length < MBAP_BYTES) return undefined;
  const body = buffer.readUInt16BE(4);
  // Unit, function and one byte: no answer is shorter.
  if (body < 3 || body > LONGEST_TCP_BODY) return `a frame says that it has ${body} bytes, which no Modbus frame has`;
  const length = MBAP_BYTES + body;
  if (buffer.length < length) return undefined;
  return {
    transaction: buffer.readUInt16BE(0),
    unit: buffer.readUInt8(MBAP_BYTES),
    pdu: buffer.subarray(MBAP_BYTES + 1, length),
    length,
  };
}

/**
 * The protocol data unit that answers `request`, wherever it begins in `buffer`: noise before it is common on a serial
 * line. Its unit, function, byte count and CRC must all be right; undefined while there is none.
 */
export function rtuAnswer(buffer: Buffer, request: ReadRequest): Buffer | undefined {
  const code = READ_FUNCTION[request.table];
  const bytes = dataBytes(request.table, request.words);
  for (let at = 0; at + RTU_EXCEPTION_BYTES <= buffer.length; at++) {
    if (buffer[at] !== request.unit) continue;
    const refused = buffer[at + 1] === (code | EXCEPTION_BIT);
    if (!refused && (buffer[at + 1] !== code || buffer[at + 2] !== bytes)) continue;
    const end = at + (refused ? RTU_EXCEPTION_BYTES : RTU_AROUND_DATA + bytes);
    if (end > buffer.length) continue;
    if (crc16(buffer.subarray(at, end - CRC_BYTES)) !== buffer.readUInt16LE(end - CRC_BYTES)) continue;
    return buffer.subarray(at + 1, end - CRC_BYTES);
  }
  return undefined;
}

/**
 * What a protocol data unit says to `request`.
 * @returns the words, an exception, or a text when it does not answer this request
 */
export function answerIn(pdu: Buffer, request: ReadRequest): Words | ModbusException | string {
  const code = READ_FUNCTION[request.table];
  if (pdu[0] === (code | EXCEPTION_BIT) && pdu.length >= 2) return new ModbusException(pdu[1] as number);
  if (pdu[0] !== code) return `function ${code} was asked for, function ${pdu[0]} was answered`;
  const bytes = dataBytes(request.table, request.words);
  if (pdu[1] !== bytes || pdu.length !== bytes + 2)
    return `${bytes} bytes were asked for, ${Math.max(0, pdu.length - 2)} were answered`;
  if (request.table === "coil" || request.table === "discrete")
    return Array.from({ length: request.words }, (_, i) => (((pdu[2 + (i >> 3)] as number) >> (i & 7)) & 1) === 1);
  return Array.from({ length: request.words }, (_, i) => pdu.readUInt16BE(2 + i * 2));
}
