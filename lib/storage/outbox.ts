/**
 * Lines on their way from a database to a spool. The promise: a line that is written in one transaction with what it tells
 * of is in the bucket if, and only if, that transaction was committed. It waits here until a spool has it; a spool knows a
 * line that comes twice by its id. The bound: of lines that no spool takes, the latest 10,000 outlive a start; the others are
 * let go, and counted.
 */
import { once } from "../once";
import type { Database, Statement } from "./database";

export interface OutboxLine {
  readonly id: string;
  /** JSON without a line feed. */
  readonly line: string;
  /** Somebody waits for it: its segment is sealed within seconds. */
  readonly urgent: boolean;
}

/** A line with its place in the queue. */
export interface WaitingLine extends OutboxLine {
  readonly n: number;
}

const STEPS = [
  `CREATE TABLE outbox (n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, urgent INTEGER NOT NULL,
     line TEXT NOT NULL) STRICT`,
];

/** Where nothing is uploaded, lines beyond these, the oldest, are let go at a start: a gateway's disk is small. */
const KEEP = 10_000;

const outboxes = new WeakMap<Database, Outbox>();

export class Outbox {
  private readonly listeners = new Set<() => void>();
  /** Lines that had to go at this start. */
  lost = 0;

  private constructor(private readonly database: Database) {}

  /** The one of this database: who writes and who empties it find each other here. */
  static of(database: Database): Outbox {
    const known = outboxes.get(database) ?? new Outbox(database);
    outboxes.set(database, known);
    return known;
  }

  /** To be called, once or more, before anything else. @throws EdgeError as Database.write */
  readonly prepare = once(() => this.migrate());

  /** The statement to write together with what the line tells of; a line that is there is left as it is. */
  static put({ id, line, urgent }: OutboxLine): Statement {
    return {
      sql: "INSERT OR IGNORE INTO outbox (id, urgent, line) VALUES (?, ?, ?)",
      params: [id, urgent ? 1 : 0, line],
    };
  }

  /** Says that lines were written. */
  told(): void {
    for (const listener of this.listeners) listener();
  }

  onTold(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The oldest lines. */
  async next(limit: number): Promise<WaitingLine[]> {
    const sql = "SELECT n, id, urgent, line FROM outbox ORDER BY n LIMIT ?";
    const rows = await this.database.read<Omit<WaitingLine, "urgent"> & { urgent: number }>(sql, limit);
    return rows.map((row) => ({ ...row, urgent: row.urgent === 1 }));
  }

  /** A spool has all lines up to this one. */
  taken(n: number): Promise<void> {
    return this.database.write([{ sql: "DELETE FROM outbox WHERE n <= ?", params: [n] }]);
  }

  private async migrate(): Promise<void> {
    await this.database.migrate("outbox", STEPS);
    const over = "FROM outbox WHERE n <= (SELECT max(n) FROM outbox) - ?";
    const [counted] = await this.database.read<{ lost: number }>(`SELECT count(*) AS lost ${over}`, KEEP);
    if (!counted || counted.lost === 0) return;
    await this.database.write([{ sql: `DELETE ${over}`, params: [KEEP] }]);
    this.lost = counted.lost;
  }
}
