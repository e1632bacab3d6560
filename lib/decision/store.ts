import { once } from "../once";
import type { Mer } from "../messages";
import type { Database, SqlValue, Statement } from "../storage/database";
import { Outbox } from "../storage/outbox";
import { transitionLine } from "./transition";

/** A record with what the state machine needs to go on from it. */
export interface StoredAlarm {
  readonly mer: Mer;
  readonly held: boolean;
  readonly episode: string | undefined;
}

export interface ListQuery {
  readonly closed: boolean;
  /** At most this many, the latest first. */
  readonly limit: number;
}

/** Where records are kept. A save that resolves is on the disk, with what happened to them, in the order given. */
export interface AlarmStore {
  load(): Promise<StoredAlarm[]>;
  save(alarms: readonly StoredAlarm[], transitions: readonly Mer[]): Promise<void>;
  list(query: ListQuery): Promise<Mer[]>;
  /** Saved transitions that had to go before they were uploaded. */
  readonly lost: number;
}

/** Keyed by asset and label, never by node ids: those change when a flow is imported again. */
const STEPS = [
  `CREATE TABLE alarms (
     mer_id TEXT PRIMARY KEY, asset_id TEXT NOT NULL, label TEXT NOT NULL, closed INTEGER NOT NULL,
     held INTEGER NOT NULL, episode TEXT, updated_at TEXT NOT NULL, record TEXT NOT NULL) STRICT`,
  `CREATE UNIQUE INDEX alarms_one_open ON alarms (asset_id, label) WHERE closed = 0`,
  `CREATE INDEX alarms_latest ON alarms (closed, updated_at)`,
];

const UPSERT = `INSERT INTO alarms (mer_id, asset_id, label, closed, held, episode, updated_at, record)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (mer_id) DO UPDATE SET closed = excluded.closed, held = excluded.held, episode = excluded.episode,
    updated_at = excluded.updated_at, record = excluded.record`;

/** Closed records beyond these, the oldest, are let go at a start: a gateway's disk is small. */
const KEEP_CLOSED = 10_000;
const TRIM = `DELETE FROM alarms WHERE closed = 1 AND mer_id NOT IN
  (SELECT mer_id FROM alarms WHERE closed = 1 ORDER BY updated_at DESC LIMIT ${KEEP_CLOSED})`;

interface Row {
  held: number;
  episode: string | null;
  record: string;
}

/** Records in the device's database. */
export class SqlAlarmStore implements AlarmStore {
  private readonly database = once(() => this.prepare());
  private outbox: Outbox | undefined;

  constructor(private readonly open: () => Promise<Database>) {}

  get lost(): number {
    return this.outbox?.lost ?? 0;
  }

  async load(): Promise<StoredAlarm[]> {
    const database = await this.database();
    const rows = await database.read<Row>("SELECT held, episode, record FROM alarms WHERE closed = 0 ORDER BY mer_id");
    return rows.map(({ held, episode, record }) => ({
      mer: JSON.parse(record) as Mer,
      held: held === 1,
      episode: episode ?? undefined,
    }));
  }

  /** A record and its way to the bucket are one transaction: a power cut leaves both or neither. */
  async save(alarms: readonly StoredAlarm[], transitions: readonly Mer[]): Promise<void> {
    const database = await this.database();
    const lines = transitions.map((mer) => Outbox.put(transitionLine(mer)));
    await database.write([...alarms.map(upsert), ...lines]);
    if (lines.length > 0) Outbox.of(database).told();
  }

  async list({ closed, limit }: ListQuery): Promise<Mer[]> {
    const database = await this.database();
    const sql = "SELECT record FROM alarms WHERE closed = ? ORDER BY updated_at DESC LIMIT ?";
    const rows = await database.read<Row>(sql, closed ? 1 : 0, limit);
    return rows.map(({ record }) => JSON.parse(record) as Mer);
  }

  private async prepare(): Promise<Database> {
    const database = await this.open();
    await database.migrate("alarms", STEPS);
    this.outbox = Outbox.of(database);
    await this.outbox.prepare();
    await database.write([{ sql: TRIM }]);
    return database;
  }
}

/** A device that is not live records nothing: what was tried must not be open when it goes live. */
export const FORGETFUL_STORE: AlarmStore = {
  load: () => Promise.resolve([]),
  save: () => Promise.resolve(),
  list: () => Promise.resolve([]),
  lost: 0,
};

function upsert({ mer, held, episode }: StoredAlarm): Statement {
  const params: SqlValue[] = [
    mer.mer_id,
    mer.asset_id,
    mer.label,
    mer.closed ? 1 : 0,
    held ? 1 : 0,
    episode ?? null,
    mer.updated_at,
    JSON.stringify(mer),
  ];
  return { sql: UPSERT, params };
}
