/** Reads named files out of a ZIP archive in memory (PKWARE APPNOTE 6.3: stored and deflated, no encryption, no ZIP64). */
import { crc32, inflateRawSync } from "node:zlib";
import { EdgeError } from "../errors";

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const LONGEST_COMMENT = 0xffff;
const STORED = 0;
const DEFLATED = 8;

/**
 * @param wanted names in the archive; anything else in it is not looked at
 * @param most bytes of one file when unpacked
 * @returns those that are there
 * @throws EdgeError `zip` for what is no such archive, is damaged, or unpacks to more
 */
export function readZip(archive: Buffer, wanted: readonly string[], most: number): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  const end = findEnd(archive);
  const count = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  for (let n = 0; n < count; n++) {
    need(archive, at, ENTRY_BYTES);
    if (archive.readUInt32LE(at) !== ENTRY) fail(`entry ${n + 1} of ${count} is not where the directory says`);
    const nameBytes = archive.readUInt16LE(at + 28);
    const next = at + ENTRY_BYTES + nameBytes + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
    need(archive, at, next - at);
    const name = archive.toString("utf8", at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes);
    if (wanted.includes(name)) {
      if (found.has(name)) fail(`${name} is in it twice`);
      found.set(name, unpack(archive, at, name, most));
    }
    at = next;
  }
  return found;
}

function unpack(archive: Buffer, entry: number, name: string, most: number): Buffer {
  const method = archive.readUInt16LE(entry + 10);
  const packed = archive.readUInt32LE(entry + 20);
  const size = archive.readUInt32LE(entry + 24);
  const local = archive.readUInt32LE(entry + 42);
  if ((archive.readUInt16LE(entry + 8) & 1) !== 0) fail(`${name} is encrypted`);
  if (size > most) fail(`${name} has ${size} bytes unpacked, limit ${most}`);
  need(archive, local, LOCAL_BYTES);
  if (archive.readUInt32LE(local) !== LOCAL) fail(`${name} is not where the directory says`);
  const start = local + LOCAL_BYTES + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  need(archive, start, packed);
  const bytes = inflated(archive.subarray(start, start + packed), method, name, most);
  if (bytes.byteLength !== size) fail(`${name} has ${bytes.byteLength} bytes, the directory says ${size}`);
  if (crc32(bytes) !== archive.readUInt32LE(entry + 16)) fail(`${name} is damaged: its checksum differs`);
  return bytes;
}

function inflated(packed: Buffer, method: number, name: string, most: number): Buffer {
  if (method === STORED) return Buffer.from(packed);
  if (method !== DEFLATED) fail(`${name} is packed by method ${method}`);
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(most, 1) });
  } catch (error) {
    throw new EdgeError("zip", `not a usable archive: ${name} cannot be unpacked`, { cause: error });
  }
}

/** The end of the directory: the last signature whose comment reaches to the end of the file. */
function findEnd(archive: Buffer): number {
  const first = Math.max(0, archive.byteLength - END_BYTES - LONGEST_COMMENT);
  for (let at = archive.byteLength - END_BYTES; at >= first; at--) {
    if (archive.readUInt32LE(at) === END && at + END_BYTES + archive.readUInt16LE(at + 20) === archive.byteLength)
      return at;
  }
  return fail("it has no directory");
}

function need(archive: Buffer, at: number, bytes: number): void {
  if (at + bytes > archive.byteLength) fail(`it is cut short: ${archive.byteLength} bytes`);
}

function fail(text: string): never {
  throw new EdgeError("zip", `not a usable archive: ${text}`);
}
