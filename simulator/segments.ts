import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { simulateLdos, spoolIdOf, type RunsOptions } from "../lib/plant/ldos";
import { packSegment, SEGMENT_LIMITS } from "../lib/storage/pack";

export interface Written {
  readonly runs: number;
  readonly segments: number;
  readonly bytes: number;
  readonly labels: Readonly<Record<string, number>>;
  readonly prefix: string;
}

/**
 * Writes runs as LDO segments into a folder laid out as the bucket, `ldo/v1/dev=<device>/<spool-id>/<seq>.ndjson.gz`, seq
 * dense from 1, packed as a device's spool packs them. The same options give the same bytes.
 */
export function writeSegments(folder: string, options: RunsOptions): Written {
  const prefix = `ldo/v1/dev=${options.device}/${spoolIdOf(options)}`;
  mkdirSync(join(folder, prefix), { recursive: true });
  const labels: Record<string, number> = {};
  const waiting: string[] = [];
  let segments = 0;
  let bytes = 0;
  const seal = (): void => {
    const { rows, body } = packSegment(waiting, SEGMENT_LIMITS);
    segments++;
    bytes += body.byteLength;
    writeFileSync(join(folder, prefix, `${String(segments).padStart(10, "0")}.ndjson.gz`), body);
    waiting.splice(0, rows);
  };
  for (const ldo of simulateLdos(options)) {
    waiting.push(JSON.stringify(ldo));
    const label = ldo.ground_truth_label ?? "none";
    labels[label] = (labels[label] ?? 0) + 1;
    if (waiting.length === SEGMENT_LIMITS.rows) seal();
  }
  while (waiting.length > 0) seal();
  return { runs: options.runs, segments, bytes, labels, prefix };
}
