/**
 * Reading what spools have written. Segments of one spool are numbered without a gap, so a reader needs to remember one
 * number per spool, `{spool-id: seq}`, to read everything once, however late it comes.
 */
import { gunzipSync } from "node:zlib";
import { EdgeError, asError } from "../errors";
import type { ObjectStore } from "./object-store";
import { SEGMENT_LIMITS } from "./pack";

/** Spool id to the seq of the last segment that was read. */
export type Cursor = Readonly<Record<string, number>>;

export interface SegmentRef {
  readonly key: string;
  readonly spoolId: string;
  readonly seq: number;
  readonly modifiedAt: number;
}

/** Segments that are not there while later ones are: lost, or a dead letter that comes back under a later seq. */
export interface Gap {
  readonly spoolId: string;
  readonly from: number;
  readonly to: number;
}

export interface SegmentRecords {
  readonly segment: SegmentRef;
  /** Parsed lines, in order. */
  readonly records: unknown[];
  /** Lines that are not JSON, by their number from 1. */
  readonly damaged: readonly number[];
}

export interface ReadOptions {
  /** "ldo/v1/": everything below it is listed. */
  readonly prefix: string;
  readonly cursor?: Cursor;
  /** Called for each gap, before the segment that follows it. */
  readonly onGap?: (gap: Gap) => void;
  /**
   * A gap is taken for one only when the segment after it is older than this, in milliseconds; before, the spool's reading
   * ends there, because the missing one may be on its way.
   */
  readonly graceMs?: number;
  readonly now?: number;
}

const NAME = /\/([0-9a-f]{32})\/(\d{10})\.ndjson\.gz$/;

/** What a key says about its segment; undefined for a key that is not a segment's. */
export function parseSegmentKey(key: string): { spoolId: string; seq: number } | undefined {
  const match = NAME.exec(key);
  return match ? { spoolId: match[1] as string, seq: Number(match[2]) } : undefined;
}

/** Segments after the cursor, spool by spool in the order of seq. */
export async function* listSegments(store: ObjectStore, options: ReadOptions): AsyncIterable<SegmentRef> {
  const { cursor = {}, onGap, graceMs = 0, now = Infinity } = options;
  const reached = new Map(Object.entries(cursor));
  const waiting = new Set<string>();
  for await (const { key, modifiedAt } of store.list(options.prefix)) {
    const name = parseSegmentKey(key);
    if (!name || waiting.has(name.spoolId)) continue;
    const { spoolId, seq } = name;
    const last = reached.get(spoolId) ?? 0;
    if (seq <= last) continue;
    if (seq > last + 1) {
      if (now - modifiedAt < graceMs) {
        waiting.add(spoolId);
        continue;
      }
      onGap?.({ spoolId, from: last + 1, to: seq - 1 });
    }
    reached.set(spoolId, seq);
    yield { key, spoolId, seq, modifiedAt };
  }
}

/**
 * Reads the segments after the cursor.
 * @throws EdgeError `segment-damaged` for one that is not gzip, or larger than any that was sealed
 */
export async function* readSegments(store: ObjectStore, options: ReadOptions): AsyncIterable<SegmentRecords> {
  for await (const segment of listSegments(store, options)) {
    const object = await store.get(segment.key);
    if (object) yield { segment, ...unpackSegment(segment.key, object.body) };
  }
}

/**
 * @param key for the message
 * @throws EdgeError `segment-damaged`
 */
export function unpackSegment(key: string, body: Uint8Array): { records: unknown[]; damaged: number[] } {
  let text: string;
  try {
    // Twice the limit: other versions may seal more, a bomb would be thousands of times larger.
    text = gunzipSync(body, { maxOutputLength: 2 * SEGMENT_LIMITS.rawBytes }).toString("utf8");
  } catch (error) {
    throw new EdgeError("segment-damaged", `${key} cannot be unpacked: ${asError(error).message}`, { cause: error });
  }
  const records: unknown[] = [];
  const damaged: number[] = [];
  const lines = text.split("\n");
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as string;
    if (line === "") continue;
    try {
      records.push(JSON.parse(line));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      damaged.push(i + 1);
    }
  }
  return { records, damaged };
}

/** The cursor after a segment. */
export function advance(cursor: Cursor, { spoolId, seq }: SegmentRef): Cursor {
  return { ...cursor, [spoolId]: seq };
}

/** Keeps the first record of each id: what was sent twice, or copied with a card, counts once. */
export class Deduplicator {
  private readonly seen = new Set<string>();
  /** Records that were not the first of their id. */
  duplicates = 0;

  /** @returns true for the first record of this id */
  isFirst(id: string): boolean {
    if (this.seen.has(id)) {
      this.duplicates++;
      return false;
    }
    this.seen.add(id);
    return true;
  }
}
