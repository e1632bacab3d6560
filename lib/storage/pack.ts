import { gzipSync } from "node:zlib";
import { sha256 } from "./hash";

export interface SegmentLimits {
  readonly rows: number;
  /** Of the lines with their line ends. */
  readonly rawBytes: number;
  readonly gzipBytes: number;
  readonly lineBytes: number;
}

export const SEGMENT_LIMITS: SegmentLimits = {
  rows: 1_000,
  rawBytes: 4 << 20,
  gzipBytes: 1 << 20,
  lineBytes: 256 << 10,
};

/** Half the time of the default level for a twentieth more bytes. */
const GZIP_LEVEL = 4;

export interface Packed {
  /** How many of the lines are in it: the first ones. */
  readonly rows: number;
  readonly rawBytes: number;
  /** Gzip over the lines, each ended by a line feed. */
  readonly body: Uint8Array;
  readonly sha256: string;
}

/** Packs as many lines as the limits allow, from the first on, at least one. */
export function packSegment(lines: readonly string[], limits: SegmentLimits): Packed {
  let rows = 0;
  let rawBytes = 0;
  while (rows < lines.length && rows < limits.rows) {
    const bytes = Buffer.byteLength(lines[rows] as string) + 1;
    if (rows > 0 && rawBytes + bytes > limits.rawBytes) break;
    rawBytes += bytes;
    rows++;
  }
  for (;;) {
    const raw = Buffer.from(`${lines.slice(0, rows).join("\n")}\n`);
    const body = gzipSync(raw, { level: GZIP_LEVEL });
    if (body.byteLength <= limits.gzipBytes || rows === 1) {
      return { rows, rawBytes: raw.byteLength, body, sha256: sha256(body) };
    }
    rows = Math.ceil(rows / 2);
  }
}
