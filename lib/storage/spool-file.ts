import { EdgeError } from "../errors";
import { randomHex } from "../ids";
import { migrate } from "./migrate";
import { packSegment, type SegmentLimits } from "./pack";
import type { SqliteFile } from "./sqlite-file";

export interface Line {
  readonly id: string;
  readonly line: string;
  readonly urgent: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A sealed segment: its key and bytes are fixed, whatever happens. */
export interface Segment {
  readonly segment: number;
  readonly spoolId: string;
  readonly seq: number;
  readonly key: string;
  readonly rows: number;
  readonly sha256: string;
  readonly body: Uint8Array;
}

export interface Uploaded {
  readonly key: string;
  readonly rows: number;
  readonly ids: readonly string[];
}

export interface SpoolCounts {
  readonly spoolId: string;
  /** Of the last segment that was sealed under this spool id; 0 for none. */
  readonly sealedSeq: number;
  readonly open: {
    readonly rows: number;
    readonly bytes: number;
    readonly since: number | null;
    readonly urgentSince: number | null;
  };
  readonly sealed: {
    readonly segments: number;
    readonly rows: number;
    readonly bytes: number;
    /** When the first of them was sealed. */
    readonly since: number | null;
  };
  readonly dead: { readonly segments: number; readonly rows: number; readonly bytes: number };
  readonly uploaded: { readonly segments: number; readonly rows: number };
}

export interface SpoolFileOptions {
  /** What stands before "/<spool-id>/<seq>.ndjson.gz"; undefined: what the file has. */
  readonly keyPrefix: string | undefined;
  /** The machine: a spool that wakes up on another one goes on under an id of its own. */
  readonly binding: string;
  readonly limits: SegmentLimits;
  /** How many of the newest ids are remembered after their upload; those not uploaded always are. */
  readonly rememberIds: number;
}

// `body` stands last: queries on the rest do not read its pages.
const SCHEMA = [
  `CREATE TABLE spool (spool_id TEXT NOT NULL, bound_to TEXT NOT NULL, key_prefix TEXT NOT NULL, next_seq INTEGER NOT NULL,
     uploaded_segments INTEGER NOT NULL, uploaded_rows INTEGER NOT NULL) STRICT;
   CREATE TABLE ids (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE) STRICT;
   CREATE TABLE lines (n INTEGER PRIMARY KEY, at INTEGER NOT NULL, urgent INTEGER NOT NULL, line TEXT NOT NULL) STRICT;
   CREATE TABLE segments (segment INTEGER PRIMARY KEY, spool_id TEXT NOT NULL, seq INTEGER NOT NULL, key TEXT NOT NULL,
     first_n INTEGER NOT NULL, last_n INTEGER NOT NULL, rows INTEGER NOT NULL, bytes INTEGER NOT NULL, sha256 TEXT NOT NULL,
     sealed_at INTEGER NOT NULL, dead TEXT, body BLOB NOT NULL, UNIQUE (spool_id, seq)) STRICT;`,
];

/**
 * The tables of a spool and what is done to them. Every method is to be called inside a transaction; what it did is true
 * when that is committed. A line is in exactly one place: open in `lines`, or sealed in one segment.
 */
export class SpoolFile {
  constructor(
    private readonly sqlite: SqliteFile,
    private readonly options: SpoolFileOptions,
  ) {}

  /** Creates or updates the tables, and gives the spool its id: a new one on a machine that it is not bound to. */
  prepare(): void {
    migrate(this.sqlite, "spool", SCHEMA);
    const { keyPrefix, binding } = this.options;
    const known = this.get<{ bound_to: string }>("SELECT bound_to FROM spool");
    if (!known) this.create();
    else if (known.bound_to !== binding) {
      this.run("UPDATE spool SET spool_id = ?, next_seq = 1, bound_to = ?", randomHex(128), binding);
    }
    if (keyPrefix !== undefined)
      this.run("UPDATE spool SET key_prefix = ? WHERE key_prefix <> ?", keyPrefix, keyPrefix);
  }

  private create(): void {
    const { keyPrefix, binding } = this.options;
    if (keyPrefix === undefined)
      throw new EdgeError("spool-prefix", `${this.sqlite.file} is new and has no key prefix`);
    this.run("INSERT INTO spool VALUES (?, ?, ?, 1, 0, 0)", randomHex(128), binding, keyPrefix);
  }

  has(id: string): boolean {
    return this.get("SELECT 1 FROM ids WHERE id = ?", id) !== undefined;
  }

  append({ id, line, urgent, at }: Line): "stored" | "duplicate" {
    const { changes, lastInsertRowid } = this.run("INSERT OR IGNORE INTO ids (id) VALUES (?)", id);
    if (changes === 0) return "duplicate";
    this.run("INSERT INTO lines VALUES (?, ?, ?, ?)", lastInsertRowid, at, urgent ? 1 : 0, line);
    return "stored";
  }

  /** Seals the oldest open lines into one segment; false when there are none. */
  seal(at: number): boolean {
    const { limits } = this.options;
    const open = this.all<{ n: number; line: string }>("SELECT n, line FROM lines ORDER BY n LIMIT ?", limits.rows);
    if (open.length === 0) return false;
    const packed = packSegment(
      open.map((row) => row.line),
      limits,
    );
    const first = open[0] as { n: number };
    const last = open[packed.rows - 1] as { n: number };
    // Deleted first: at the quota, the segment takes the pages that its lines leave.
    this.run("DELETE FROM lines WHERE n <= ?", last.n);
    const { spoolId, seq, key } = this.nextName();
    this.run(
      "INSERT INTO segments VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)",
      spoolId,
      seq,
      key,
      first.n,
      last.n,
      packed.rows,
      packed.body.byteLength,
      packed.sha256,
      at,
      packed.body,
    );
    return true;
  }

  /** The sealed segment whose turn it is: one by one in the order of seq, those under an earlier spool id first. */
  next(except: readonly number[]): Segment | null {
    const row = this.get<Omit<Segment, "spoolId"> & { spool_id: string }>(
      `SELECT segment, segments.spool_id, seq, key, rows, sha256, body FROM segments, spool
       WHERE dead IS NULL AND segment NOT IN (SELECT value FROM json_each(?))
       ORDER BY segments.spool_id = spool.spool_id, segments.spool_id, seq LIMIT 1`,
      JSON.stringify(except),
    );
    if (!row) return null;
    const { spool_id: spoolId, ...rest } = row;
    return { ...rest, spoolId };
  }

  /** Forgets a segment that is in the bucket; the newest ids stay, so that a message sent again is known. */
  uploaded(segment: number): Uploaded {
    const row = this.get<{ key: string; rows: number; first_n: number; last_n: number }>(
      "SELECT key, rows, first_n, last_n FROM segments WHERE segment = ?",
      segment,
    );
    if (!row) throw new EdgeError("internal", `segment ${segment} is not in the spool`);
    const ids = this.all<{ id: string }>(
      "SELECT id FROM ids WHERE n BETWEEN ? AND ? ORDER BY n",
      row.first_n,
      row.last_n,
    );
    this.run("DELETE FROM segments WHERE segment = ?", segment);
    this.run("UPDATE spool SET uploaded_segments = uploaded_segments + 1, uploaded_rows = uploaded_rows + ?", row.rows);
    this.forgetIds();
    return { key: row.key, rows: row.rows, ids: ids.map(({ id }) => id) };
  }

  /** Makes a segment a dead letter: kept, not tried again until it is replayed. */
  condemn(segment: number, reason: string): void {
    this.run("UPDATE segments SET dead = ? WHERE segment = ?", reason, segment);
  }

  private forgetIds(): void {
    this.run(
      `DELETE FROM ids WHERE n <= (SELECT max(n) FROM ids) - ?
         AND n < ifnull((SELECT min(first_n) FROM segments), 9e18) AND n < ifnull((SELECT min(n) FROM lines), 9e18)`,
      this.options.rememberIds,
    );
  }

  /** Goes on under a new spool id, with every segment that waits: another writer uses the old one. */
  renew(): void {
    this.run("UPDATE spool SET spool_id = ?, next_seq = 1", randomHex(128));
    this.rename(this.all("SELECT segment FROM segments WHERE dead IS NULL ORDER BY spool_id, seq"));
  }

  /**
   * Puts the dead letters back into the line, behind all others: readers that saw the gap have gone past their old seq.
   * @returns how many
   */
  replay(): number {
    const dead = this.all<{ segment: number }>(
      "SELECT segment FROM segments WHERE dead IS NOT NULL ORDER BY spool_id, seq",
    );
    this.rename(dead);
    return dead.length;
  }

  private rename(segments: readonly { segment: number }[]): void {
    for (const { segment } of segments) {
      const { spoolId, seq, key } = this.nextName();
      this.run(
        "UPDATE segments SET dead = NULL, spool_id = ?, seq = ?, key = ? WHERE segment = ?",
        spoolId,
        seq,
        key,
        segment,
      );
    }
  }

  private nextName(): { spoolId: string; seq: number; key: string } {
    const row = this.get<{ spool_id: string; seq: number; key_prefix: string }>(
      "UPDATE spool SET next_seq = next_seq + 1 RETURNING spool_id, next_seq - 1 AS seq, key_prefix",
    );
    if (!row) throw new EdgeError("database-corrupt", `${this.sqlite.file} has lost its spool id`);
    return { spoolId: row.spool_id, seq: row.seq, key: segmentKey(row.key_prefix, row.spool_id, row.seq) };
  }

  counts(): SpoolCounts {
    const row = this.get<Record<string, number | string>>(
      `SELECT spool_id, next_seq - 1 AS sealed_seq, uploaded_segments, uploaded_rows,
         open.*, waiting.*, gone.* FROM spool,
         (SELECT count(*) AS o_rows, ifnull(sum(octet_length(line) + 1), 0) AS o_bytes, min(at) AS o_since,
            min(iif(urgent, at, NULL)) AS o_urgent FROM lines) AS open,
         (SELECT count(*) AS s_count, ifnull(sum(rows), 0) AS s_rows, ifnull(sum(bytes), 0) AS s_bytes,
            min(sealed_at) AS s_since FROM segments WHERE dead IS NULL) AS waiting,
         (SELECT count(*) AS d_count, ifnull(sum(rows), 0) AS d_rows, ifnull(sum(bytes), 0) AS d_bytes FROM segments WHERE dead IS NOT NULL) AS gone`,
    );
    if (!row) throw new EdgeError("database-corrupt", `${this.sqlite.file} has lost its spool id`);
    const number = (name: string): number => Number(row[name]);
    const time = (name: string): number | null => (row[name] === null ? null : Number(row[name]));
    return {
      spoolId: String(row["spool_id"]),
      sealedSeq: number("sealed_seq"),
      open: { rows: number("o_rows"), bytes: number("o_bytes"), since: time("o_since"), urgentSince: time("o_urgent") },
      sealed: {
        segments: number("s_count"),
        rows: number("s_rows"),
        bytes: number("s_bytes"),
        since: time("s_since"),
      },
      dead: { segments: number("d_count"), rows: number("d_rows"), bytes: number("d_bytes") },
      uploaded: { segments: number("uploaded_segments"), rows: number("uploaded_rows") },
    };
  }

  private run(
    sql: string,
    ...params: (string | number | bigint | Uint8Array)[]
  ): { changes: number | bigint; lastInsertRowid: number | bigint } {
    return this.sqlite.prepare(sql).run(...params);
  }

  private get<T extends object>(sql: string, ...params: (string | number)[]): T | undefined {
    return this.sqlite.prepare(sql).get(...params) as T | undefined;
  }

  private all<T extends object>(sql: string, ...params: (string | number)[]): T[] {
    return this.sqlite.prepare(sql).all(...params) as T[];
  }
}

/** `<prefix>/<spool-id>/<seq, 10 digits>.ndjson.gz` */
export function segmentKey(prefix: string, spoolId: string, seq: number): string {
  return `${prefix}/${spoolId}/${String(seq).padStart(10, "0")}.ndjson.gz`;
}
