import type { Pointer } from "../messages-release";
import type { Database } from "../storage/database";
import { refuseOlder, type ChannelName, type SeenPointer, type SignedPointer } from "./pointer";

/** A release as a pointer names it. */
export type ReleaseRef = Pick<Pointer, "version" | "release_sha256">;

export interface Remembered {
  readonly seen: SeenPointer;
  /** Digests that any pointer of this model has revoked that was seen here: a lost pointer does not give them back. */
  readonly revoked: ReadonlySet<string>;
  /** What last served, and before it. */
  readonly good: ReleaseRef | undefined;
  readonly before: ReleaseRef | undefined;
}

interface Row {
  pointer_seq: number;
  content_sha256: string;
  good: string | null;
  before: string | null;
}

const STEPS = [
  `CREATE TABLE release_channels (
     model TEXT NOT NULL, ring TEXT NOT NULL, pointer_seq INTEGER NOT NULL, content_sha256 TEXT NOT NULL, pointer TEXT NOT NULL,
     good TEXT, before TEXT, PRIMARY KEY (model, ring)
   ) STRICT`,
  "CREATE TABLE release_revoked (model TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (model, digest)) STRICT",
  `INSERT OR IGNORE INTO release_revoked
     SELECT model, value FROM release_channels, json_each(release_channels.pointer, '$.revoked')`,
];

/** What a device knows of its channels, in its database: what was written is on the disk before anything rests on it. */
export class ChannelMemory {
  constructor(
    private readonly database: Database,
    private readonly channel: ChannelName,
  ) {}

  /** @throws EdgeError of the database */
  async recall(): Promise<Remembered | undefined> {
    await this.database.migrate("release", STEPS);
    const { model, ring } = this.channel;
    const [row] = await this.database.read<Row>(
      "SELECT pointer_seq, content_sha256, good, before FROM release_channels WHERE model = ? AND ring = ?",
      model,
      ring,
    );
    if (!row) return undefined;
    const revoked = await this.database.read<{ digest: string }>(
      "SELECT digest FROM release_revoked WHERE model = ?",
      model,
    );
    return {
      seen: { seq: row.pointer_seq, contentSha256: row.content_sha256 },
      revoked: new Set(revoked.map(({ digest }) => digest)),
      good: parsed(row.good),
      before: parsed(row.before),
    };
  }

  /**
   * Takes a pointer as the latest.
   * @throws EdgeError `pointer-older`, `pointer-conflict`, or of the database
   */
  async take(signed: SignedPointer): Promise<void> {
    refuseOlder(signed, (await this.recall())?.seen);
    const { pointer, contentSha256 } = signed;
    await this.database.write([
      {
        // Two nodes may follow one channel: neither sets the other back.
        sql: `INSERT INTO release_channels (model, ring, pointer_seq, content_sha256, pointer) VALUES (?, ?, ?, ?, ?)
              ON CONFLICT DO UPDATE SET pointer_seq = excluded.pointer_seq, content_sha256 = excluded.content_sha256,
                pointer = excluded.pointer WHERE excluded.pointer_seq > pointer_seq`,
        params: [pointer.model, pointer.ring, pointer.pointer_seq, contentSha256, JSON.stringify(pointer)],
      },
      {
        sql: "INSERT OR IGNORE INTO release_revoked SELECT ?, value FROM json_each(?)",
        params: [pointer.model, JSON.stringify(pointer.revoked ?? [])],
      },
    ]);
    refuseOlder(signed, (await this.recall())?.seen);
  }

  /** A release serves now: it is what is served where the store cannot be reached. */
  async activated(release: ReleaseRef): Promise<void> {
    const { version, release_sha256 } = release;
    const good = JSON.stringify({ version, release_sha256 });
    const { model, ring } = this.channel;
    await this.database.write([
      {
        sql: `UPDATE release_channels SET before = good, good = ?
              WHERE model = ? AND ring = ? AND good IS NOT ?`,
        params: [good, model, ring, good],
      },
    ]);
  }

  /** Bundles that must stay on the device: of all rings of this model. */
  async kept(): Promise<Set<string>> {
    const rows = await this.database.read<Row>(
      "SELECT good, before FROM release_channels WHERE model = ?",
      this.channel.model,
    );
    const refs = rows.flatMap(({ good, before }) => [parsed(good), parsed(before)]);
    return new Set(refs.flatMap((ref) => (ref ? [ref.release_sha256] : [])));
  }
}

function parsed(text: string | null): ReleaseRef | undefined {
  return text === null ? undefined : (JSON.parse(text) as ReleaseRef);
}
