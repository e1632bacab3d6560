import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { simulateLdos, spoolIdOf, type RunsOptions } from "../lib/plant/ldos";

/** A segment is full at so many records or so many bytes before compression, whichever comes first. */
const MAX_RECORDS = 1_000;
const MAX_BYTES = 1_000_000;

export interface Written {
  readonly runs: number;
  readonly segments: number;
  readonly bytes: number;
  readonly labels: Record<string, number>;
  readonly prefix: string;
}

/**
 * Writes runs as LDO segments into a folder laid out as the bucket: `ldo/v1/dev=<device>/<spool-id>/<seq>.ndjson.gz`,
 * seq dense from 0. The same options give the same bytes.
 */
export function writeSegments(folder: string, options: RunsOptions): Written {
  const prefix = `ldo/v1/dev=${options.device}/${spoolIdOf(options)}`;
  const labels: Record<string, number> = {};
  let lines: string[] = [];
  let held = 0;
  let segments = 0;
  let bytes = 0;
  let runs = 0;
  const seal = (): void => {
    if (lines.length === 0) return;
    const file = join(folder, prefix, `${String(segments).padStart(10, "0")}.ndjson.gz`);
    if (segments === 0) mkdirSync(dirname(file), { recursive: true });
    const packed = gzipSync(lines.join(""), { level: 5 });
    writeFileSync(file, packed);
    segments++;
    bytes += packed.length;
    lines = [];
    held = 0;
  };
  for (const ldo of simulateLdos(options)) {
    const line = `${JSON.stringify(ldo)}\n`;
    // Degree signs take two bytes: count bytes, not characters.
    const size = Buffer.byteLength(line);
    if (held + size > MAX_BYTES || lines.length === MAX_RECORDS) seal();
    lines.push(line);
    held += size;
    runs++;
    const label = ldo.ground_truth_label ?? "none";
    labels[label] = (labels[label] ?? 0) + 1;
  }
  seal();
  return { runs, segments, bytes, labels, prefix };
}
