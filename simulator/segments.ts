import { simulateLdos, spoolIdOf, type RunsOptions } from "../lib/plant/ldos";
import type { ObjectStore } from "../lib/storage/object-store";
import { packSegment, SEGMENT_LIMITS, type Packed } from "../lib/storage/pack";

export interface Written {
  readonly runs: number;
  readonly segments: number;
  readonly bytes: number;
  readonly labels: Readonly<Record<string, number>>;
  readonly prefix: string;
}

/** Segments on their way at a time. */
const AT_ONCE = 8;

/**
 * Writes runs as LDO segments, `ldo/v1/dev=<device>/<spool-id>/<seq>.ndjson.gz`, seq dense from 1, packed as a device's spool
 * packs them. The same options give the same bytes.
 *
 * @param rows LDOs in a segment; a device that alerts often seals after a few
 * @throws EdgeError of the store: what cannot be written is not counted as written
 */
export async function writeSegments(
  store: ObjectStore,
  options: RunsOptions,
  rows: number = SEGMENT_LIMITS.rows,
): Promise<Written> {
  const prefix = `ldo/v1/dev=${options.device}/${spoolIdOf(options)}`;
  const labels: Record<string, number> = {};
  const onTheWay = new Set<Promise<void>>();
  let segments = 0;
  let bytes = 0;
  for (const packed of pack(options, rows, labels)) {
    segments++;
    bytes += packed.body.byteLength;
    const sending: Promise<void> = send(
      store,
      `${prefix}/${String(segments).padStart(10, "0")}.ndjson.gz`,
      packed,
    ).finally(() => onTheWay.delete(sending));
    onTheWay.add(sending);
    if (onTheWay.size === AT_ONCE) await Promise.race(onTheWay);
  }
  await Promise.all(onTheWay);
  return { runs: options.runs, segments, bytes, labels, prefix };
}

function* pack(options: RunsOptions, rows: number, labels: Record<string, number>): Generator<Packed> {
  const limits = { ...SEGMENT_LIMITS, rows };
  const waiting: string[] = [];
  const seal = (): Packed => {
    const packed = packSegment(waiting, limits);
    waiting.splice(0, packed.rows);
    return packed;
  };
  for (const ldo of simulateLdos(options)) {
    waiting.push(JSON.stringify(ldo));
    const label = ldo.ground_truth_label ?? "none";
    labels[label] = (labels[label] ?? 0) + 1;
    if (waiting.length === rows) yield seal();
  }
  while (waiting.length > 0) yield seal();
}

async function send(store: ObjectStore, key: string, { body, sha256 }: Packed): Promise<void> {
  const outcome = await store.put(key, body, { contentType: "application/x-ndjson", contentEncoding: "gzip", sha256 });
  if ("error" in outcome) throw outcome.error;
}
