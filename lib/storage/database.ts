import { systemClock, type Clock } from "../clock";
import { BatchedWorker } from "./batched-worker";

/** A parameter of a statement, as node:sqlite takes it. */
export type SqlValue = string | number | bigint | null | Uint8Array;

export interface Statement {
  readonly sql: string;
  readonly params?: readonly SqlValue[];
}

/**
 * One SQLite file behind a worker thread. The promise of a write is kept when it resolves: it is on the disk (WAL,
 * synchronous FULL). Writes that wait at the same moment share one transaction; one that fails fails alone. When the
 * worker dies, calls under way reject with `database` (done or not), and a later call starts another.
 */
export interface Database {
  readonly file: string;
  /** Runs statements as one atomic unit. @throws EdgeError `disk-full`, `database-locked`, `database-corrupt`, `database` */
  write(statements: readonly Statement[]): Promise<void>;
  /** Rows of a query, after all writes that were asked for before it. */
  read<T extends object>(sql: string, ...params: SqlValue[]): Promise<T[]>;
  /**
   * Brings one component's tables up to date: runs the steps it has not run yet, in order, each once. Several components
   * share a file; `component` names whose steps these are.
   * @throws EdgeError `database-newer` when the file has been used by a newer version
   */
  migrate(component: string, steps: readonly string[]): Promise<void>;
  /** Finishes what was asked before and lets the file go. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly file: string;
  /** Bytes of main file and WAL together beyond which writes are refused with `disk-full`; deleting still works. */
  readonly quotaBytes?: number;
}

/** What the worker is asked. */
export type DatabaseRequest =
  | { readonly kind: "write"; readonly statements: readonly Statement[] }
  | { readonly kind: "read"; readonly sql: string; readonly params: readonly SqlValue[] }
  | { readonly kind: "migrate"; readonly component: string; readonly steps: readonly string[] };

/**
 * Opens a database file, creating it when missing. A second process (or a second open in this one) is refused.
 * @throws EdgeError `database-locked`, `database-corrupt`, `database`
 */
export async function openDatabase(options: DatabaseOptions, clock: Clock = systemClock): Promise<Database> {
  const script = require.resolve("./database-worker");
  const worker = await BatchedWorker.start<DatabaseRequest>(script, options, options.file, clock);
  return {
    file: options.file,
    write: (statements) => worker.call({ kind: "write", statements }, statements.reduce(addBytes, 0)),
    read: (sql, ...params) => worker.call({ kind: "read", sql, params }),
    migrate: (component, steps) => worker.call({ kind: "migrate", component, steps }),
    close: () => worker.close(),
  };
}

function addBytes(sum: number, { params }: Statement): number {
  for (const value of params ?? []) {
    if (typeof value === "string") sum += value.length;
    else if (value instanceof Uint8Array) sum += value.byteLength;
  }
  return sum;
}
