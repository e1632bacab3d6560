/**
 * What a reader sent, to a code and its identifiers. Frame characters and the symbology identifier are taken off; GS1 is
 * read only where the symbol says so (symbology identifier, FNC1, brackets, Digital Link): a plain number that looks like a
 * GTIN stays a plain number.
 */
import { isUtf8 } from "node:buffer";
import { EdgeError } from "../errors";
import { kindOf } from "../words";
import { parseDigitalLink } from "./digital-link";
import { GS, isBracketed, parseBracketed, parseElementString, parseSeparated, type Gs1 } from "./gs1";

export interface ScanText {
  /** What keys are made of. */
  readonly code: string;
  /** As sent; shortened to 256 characters where it was refused. */
  readonly raw: string;
  /** AIM symbology identifier: "]d2". */
  readonly symbology: string | undefined;
  readonly gs1: Gs1 | undefined;
}

/** What is known of a scan that could not be read at all. */
export const NO_SCAN: ScanText = { code: "", raw: "", symbology: undefined, gs1: undefined };

/** More than the largest symbol holds (QR code version 40: 7,089 digits). */
export const MAX_SCAN = 7_200;
/** What is kept of a scan that was refused: it goes into a Labeled Data Object. */
const KEPT = 256;

/** Symbologies whose data is a GS1 element string: GS1-128, DataBar and composite, DataMatrix, QR, DotCode. */
const GS1_SYMBOLOGIES = new Set(["]C1", "]e0", "]e1", "]e2", "]d2", "]Q3", "]J1"]);
/** EAN-13 (with UPC-A, -E) and EAN-8: the data is the item number itself, of this many digits. */
const ITEM_NUMBERS = new Map([
  ["]E0", 13],
  ["]E4", 8],
]);

/** What a character below the space is: text, a frame that is taken off, or no part of a code. */
const PLAIN = 0;
const FRAME = 1;
const FORBIDDEN = 2;
const KIND = new Uint8Array(32).fill(FORBIDDEN);
for (const frame of "\0\x02\x03\r\n") KIND[frame.charCodeAt(0)] = FRAME;
for (const part of `\t\x04\x1e${GS}`) KIND[part.charCodeAt(0)] = PLAIN;

const BYTE_ORDER_MARK = 0xfeff;

/** A scan that was refused, with what is known of it. */
export class ScanError extends EdgeError {
  constructor(
    code: string,
    message: string,
    readonly known: ScanText,
  ) {
    super(code, message);
  }
}

/** The texts a reader sends when it saw no code: compared whole, without case. */
export class NoRead {
  private readonly texts: ReadonlySet<string>;
  private readonly longest: number;

  constructor(texts: readonly string[]) {
    this.texts = new Set(texts.map((text) => text.trim().toUpperCase()).filter((text) => text !== ""));
    this.longest = Math.max(0, ...[...this.texts].map((text) => text.length));
  }

  matches(code: string): boolean {
    return code.length <= this.longest && this.texts.has(code.toUpperCase());
  }
}

/**
 * The text of a payload: string, number, or bytes in UTF-8.
 * @throws ScanError `scan-empty`, `scan-too-long`, `scan-binary`
 */
export function textOf(payload: unknown): string {
  if (typeof payload === "string") return payload;
  if (payload instanceof Uint8Array) {
    if (payload.length > MAX_SCAN)
      throw tooLong(payload.length, Buffer.from(payload.buffer, payload.byteOffset, KEPT).toString("latin1"));
    if (!isUtf8(payload)) {
      const text = Buffer.from(payload.buffer, payload.byteOffset, Math.min(payload.length, KEPT)).toString("latin1");
      throw refused("scan-binary", `the scan has ${payload.length} bytes that are not text (UTF-8)`, text);
    }
    return Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString("utf8");
  }
  if (typeof payload === "number" && Number.isSafeInteger(payload)) return String(payload);
  throw refused(
    "scan-empty",
    `the message holds no scan: its payload is ${kindOf(payload)}, must be text, bytes, a whole number or a picture`,
    "",
  );
}

/**
 * @param raw what the reader sent
 * @param symbology where a picture's decoder already told it
 * @throws ScanError `scan-empty`, `scan-too-long`, `scan-binary`, `scan-no-read`, `scan-check-digit`, `scan-gs1`
 */
export function readScan(raw: string, noRead: NoRead, symbology?: string): ScanText {
  if (raw.length > MAX_SCAN) throw tooLong(raw.length, raw);
  let from = 0;
  let to = raw.length;
  while (from < to && isFrame(raw.charCodeAt(from))) from++;
  while (to > from && isFrame(raw.charCodeAt(to - 1))) to--;
  let id = symbology;
  if (id === undefined && hasSymbology(raw, from, to)) {
    id = raw.slice(from, from + 3);
    from += 3;
  }
  const code = from === 0 && to === raw.length ? raw : raw.slice(from, to);
  if (code.trim() === "") throw refused("scan-empty", "the scan is empty", raw, "", id);
  if (noRead.matches(code)) throw refused("scan-no-read", `the reader saw no code: it sent "${code}"`, raw, code, id);
  for (let i = 0; i < code.length; i++) {
    const char = code.charCodeAt(i);
    if (char < 32 && KIND[char] !== PLAIN) {
      throw refused("scan-binary", `the scan has the control character ${char} at ${i + 1}`, raw, code, id);
    }
  }
  try {
    return { code, raw, symbology: id, gs1: identifiers(code, id) };
  } catch (error) {
    if (error instanceof EdgeError) throw refused(error.code, error.message, raw, code, id);
    throw error;
  }
}

function identifiers(code: string, symbology: string | undefined): Gs1 | undefined {
  if (symbology !== undefined) {
    if (GS1_SYMBOLOGIES.has(symbology)) return isBracketed(code) ? parseBracketed(code) : parseElementString(code);
    if (ITEM_NUMBERS.get(symbology) === code.length) return parseElementString(`01${code.padStart(14, "0")}`);
  }
  switch (code.charAt(0)) {
    case "(":
      return isBracketed(code) ? parseBracketed(code) : undefined;
    case "h":
    case "H":
      return parseDigitalLink(code);
    default:
      // A symbology identifier that came this far says that the symbol is not GS1.
      return symbology === undefined || code.startsWith(GS) ? parseSeparated(code) : undefined;
  }
}

/** "]" + a letter + a modifier, with something behind it. ISO/IEC 15424. */
function hasSymbology(raw: string, from: number, to: number): boolean {
  if (to - from < 3 || raw[from] !== "]") return false;
  return (
    isLetter(raw.charCodeAt(from + 1)) && (isLetter(raw.charCodeAt(from + 2)) || isDigit(raw.charCodeAt(from + 2)))
  );
}

function isFrame(char: number): boolean {
  return char < 32 ? KIND[char] === FRAME : char === BYTE_ORDER_MARK;
}

function isLetter(char: number): boolean {
  return (char | 0x20) >= 0x61 && (char | 0x20) <= 0x7a;
}

function isDigit(char: number): boolean {
  return char >= 0x30 && char <= 0x39;
}

function tooLong(length: number, raw: string): ScanError {
  return refused("scan-too-long", `the scan has ${length} characters, limit ${MAX_SCAN}`, raw);
}

function refused(code: string, reason: string, raw: string, text = "", symbology?: string): ScanError {
  return new ScanError(code, reason, { code: text.slice(0, KEPT), raw: raw.slice(0, KEPT), symbology, gs1: undefined });
}
