import { once } from "../once";
import type { Database, Statement } from "../storage/database";
import { hasEnded, type TrainingRun } from "./run";

/** Where runs are written down. A save that resolves is on the disk. */
export interface Ledger {
  /** Runs that have not ended, the oldest first. */
  open(model: string): Promise<TrainingRun[]>;
  /** The latest runs, whatever became of them. */
  latest(model: string, limit: number): Promise<TrainingRun[]>;
  find(model: string, cause: string): Promise<TrainingRun | undefined>;
  save(run: TrainingRun): Promise<void>;
  /** When the calendar was last looked at, milliseconds since 1970; undefined at the first look. */
  lookedAt(model: string): Promise<number | undefined>;
  look(model: string, at: number): Promise<void>;
}

/** Keyed by model and cause, never by node ids: those change when a flow is imported again. */
const STEPS = [
  `CREATE TABLE training_runs (
     id TEXT PRIMARY KEY, model TEXT NOT NULL, cause TEXT NOT NULL, ended INTEGER NOT NULL, record TEXT NOT NULL) STRICT`,
  `CREATE UNIQUE INDEX training_one_run ON training_runs (model, cause)`,
  `CREATE TABLE training_calendar (model TEXT PRIMARY KEY, looked_at INTEGER NOT NULL) STRICT`,
];

/** Ended runs beyond these, the oldest, are let go: their triggers stay in the store. */
const KEEP = 200;

interface Row {
  record: string;
}

/** Runs in the device's database. */
export class SqlLedger implements Ledger {
  private readonly database = once(() => this.prepare());

  constructor(private readonly openDatabase: () => Promise<Database>) {}

  async open(model: string): Promise<TrainingRun[]> {
    return this.runs("SELECT record FROM training_runs WHERE model = ? AND ended = 0 ORDER BY id", model);
  }

  async latest(model: string, limit: number): Promise<TrainingRun[]> {
    return this.runs("SELECT record FROM training_runs WHERE model = ? ORDER BY id DESC LIMIT ?", model, limit);
  }

  async find(model: string, cause: string): Promise<TrainingRun | undefined> {
    const [run] = await this.runs("SELECT record FROM training_runs WHERE model = ? AND cause = ?", model, cause);
    return run;
  }

  async save(run: TrainingRun): Promise<void> {
    const database = await this.database();
    await database.write([upsert(run), { sql: TRIM, params: [run.model, run.model] }]);
  }

  async lookedAt(model: string): Promise<number | undefined> {
    const database = await this.database();
    const [row] = await database.read<{ looked_at: number }>(
      "SELECT looked_at FROM training_calendar WHERE model = ?",
      model,
    );
    return row?.looked_at;
  }

  async look(model: string, at: number): Promise<void> {
    const database = await this.database();
    await database.write([
      {
        sql: "INSERT INTO training_calendar VALUES (?, ?) ON CONFLICT DO UPDATE SET looked_at = excluded.looked_at",
        params: [model, at],
      },
    ]);
  }

  private async runs(sql: string, ...params: (string | number)[]): Promise<TrainingRun[]> {
    const database = await this.database();
    const rows = await database.read<Row>(sql, ...params);
    return rows.map(({ record }) => JSON.parse(record) as TrainingRun);
  }

  private async prepare(): Promise<Database> {
    const database = await this.openDatabase();
    await database.migrate("training", STEPS);
    return database;
  }
}

const TRIM = `DELETE FROM training_runs WHERE model = ? AND ended = 1 AND id NOT IN
  (SELECT id FROM training_runs WHERE model = ? AND ended = 1 ORDER BY id DESC LIMIT ${KEEP})`;

function upsert(run: TrainingRun): Statement {
  return {
    sql: `INSERT INTO training_runs (id, model, cause, ended, record) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET ended = excluded.ended, record = excluded.record`,
    params: [run.id, run.model, run.cause, hasEnded(run) ? 1 : 0, JSON.stringify(run)],
  };
}
