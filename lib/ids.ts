import { randomFillSync } from "node:crypto";

const POOL = 4096;
const pool = Buffer.allocUnsafe(POOL);
let used = POOL;

const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0"));

function draw(count: number): number {
  if (used + count > POOL) {
    randomFillSync(pool);
    used = 0;
  }
  const at = used;
  used += count;
  return at;
}

function h(byte: number): string {
  return HEX[byte & 0xff] as string;
}

/**
 * UUID version 7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then 74 random bits. Sorts by time across
 * milliseconds; random bytes come from a pool because a call to the kernel per id costs more than the id.
 */
export function uuidv7(epochMs: number): string {
  const at = draw(10);
  const hi = Math.floor(epochMs / 0x1_0000_0000) & 0xffff;
  const lo = (epochMs % 0x1_0000_0000) >>> 0;
  const b = (i: number): number => pool[at + i] as number;
  return (
    h(hi >> 8) +
    h(hi) +
    h(lo >>> 24) +
    h(lo >>> 16) +
    "-" +
    h(lo >>> 8) +
    h(lo) +
    "-" +
    h(0x70 | (b(0) & 0x0f)) +
    h(b(1)) +
    "-" +
    h(0x80 | (b(2) & 0x3f)) +
    h(b(3)) +
    "-" +
    h(b(4)) +
    h(b(5)) +
    h(b(6)) +
    h(b(7)) +
    h(b(8)) +
    h(b(9))
  );
}

/** `bits` random bits in hexadecimal (a multiple of 8). */
export function randomHex(bits: number): string {
  const at = draw(bits / 8);
  return pool.toString("hex", at, at + bits / 8);
}

/** Names that become part of object keys: device, model, ring, version. */
const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** True when `name` may stand in an object key: `^[a-z0-9][a-z0-9._-]{0,62}$`, without "..". */
export function isSafeName(name: string): boolean {
  return NAME.test(name) && !name.includes("..");
}
