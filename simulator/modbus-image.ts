/**
 * The registers of the plant's Modbus device and its answer to one request: bytes in, bytes out. Asset n (from 1) owns the
 * 100 registers from (n − 1) · 100; input registers (function 4) and holding registers (function 3) show the same.
 *
 *     offset  0, 2, 4, 6     vibration_x, vibration_y, temperature, current as float32, high word first (ABCD)
 *     offset 10, 11, 12, 13  the same as scaled integers: mm/s × 1000, mm/s × 1000, °C × 10, A × 100
 *     offset 20, 22, 24, 26  float32, low word first (CDAB)
 *     offset 30, 32, 34, 36  float32, bytes swapped within each word (BADC)
 *     offset 40, 42, 44, 46  float32, low byte first (DCBA)
 *     offset 50, 51          number of readings since the start, uint32, high word first
 *
 * Coil n − 1 (function 1) and discrete input n − 1 (function 2): asset n has a unit on its rig.
 */
import { CHANNELS, type Readings } from "../lib/plant/catalogue";

export const REGISTERS_PER_ASSET = 100;
/** Multipliers of the scaled integers, in the order of the channels. */
export const SCALES = [1000, 1000, 10, 100] as const;
const SCALED_AT = 10;
const COUNTER_AT = 50;
/** Start of each float block, and where its bytes come from. */
const FLOATS = [
  { at: 0, order: [0, 1, 2, 3] },
  { at: 20, order: [2, 3, 0, 1] },
  { at: 30, order: [1, 0, 3, 2] },
  { at: 40, order: [3, 2, 1, 0] },
] as const;

const ILLEGAL_FUNCTION = 1;
const ILLEGAL_ADDRESS = 2;
const ILLEGAL_VALUE = 3;
const MAX_REGISTERS = 125;
const MAX_BITS = 2000;

export class ModbusImage {
  private readonly registers: Buffer;
  private readonly running: boolean[];

  constructor(assets: number) {
    this.registers = Buffer.alloc(assets * REGISTERS_PER_ASSET * 2);
    this.running = Array.from({ length: assets }, () => false);
  }

  /** @param place of the asset, from 0 */
  show(place: number, readings: Readings): void {
    const base = place * REGISTERS_PER_ASSET * 2;
    const float = Buffer.alloc(4);
    CHANNELS.forEach((channel, i) => {
      float.writeFloatBE(readings[channel]);
      for (const { at, order } of FLOATS) {
        order.forEach((from, to) => (this.registers[base + (at + 2 * i) * 2 + to] = float[from]));
      }
      const scaled = Math.round(readings[channel] * SCALES[i]);
      this.registers.writeUInt16BE(Math.min(scaled, 0xffff), base + (SCALED_AT + i) * 2);
    });
    const counter = base + COUNTER_AT * 2;
    this.registers.writeUInt32BE((this.registers.readUInt32BE(counter) + 1) % 0x1_0000_0000, counter);
    this.running[place] = true;
  }

  /** The answer to a request (Modbus application protocol 1.1b3, section 6): functions 1 to 4; all else is an exception. */
  answer(request: Buffer): Buffer {
    const code = request[0] ?? 0;
    if (code < 1 || code > 4) return exception(code, ILLEGAL_FUNCTION);
    if (request.length !== 5) return exception(code, ILLEGAL_VALUE);
    const address = request.readUInt16BE(1);
    const count = request.readUInt16BE(3);
    return code <= 2 ? this.bits(code, address, count) : this.words(code, address, count);
  }

  private words(code: number, address: number, count: number): Buffer {
    if (count < 1 || count > MAX_REGISTERS) return exception(code, ILLEGAL_VALUE);
    if ((address + count) * 2 > this.registers.length) return exception(code, ILLEGAL_ADDRESS);
    const data = this.registers.subarray(address * 2, (address + count) * 2);
    return Buffer.concat([Buffer.from([code, data.length]), data]);
  }

  private bits(code: number, address: number, count: number): Buffer {
    if (count < 1 || count > MAX_BITS) return exception(code, ILLEGAL_VALUE);
    if (address + count > this.running.length) return exception(code, ILLEGAL_ADDRESS);
    const data = Buffer.alloc(Math.ceil(count / 8));
    for (let i = 0; i < count; i++) {
      if (this.running[address + i]) data[i >> 3] = data[i >> 3] | (1 << (i & 7));
    }
    return Buffer.concat([Buffer.from([code, data.length]), data]);
  }
}

function exception(code: number, reason: number): Buffer {
  return Buffer.from([code | 0x80, reason]);
}
