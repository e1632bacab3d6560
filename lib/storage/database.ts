/** A parameter of a statement, as node:sqlite takes it. */
export type SqlValue = string | number | bigint | null | Uint8Array;

export interface Statement {
  readonly sql: string;
  readonly params?: readonly SqlValue[];
}

/**
 * One SQLite file behind a worker thread. The promise of a write is kept when it resolves: it is on the disk (WAL,
 * synchronous FULL). Writes that wait at the same moment share one transaction; one that fails fails alone.
 */
export interface Database {
  readonly file: string;
  /** Runs statements as one atomic unit. @throws EdgeError `disk-full`, `database-locked`, `database` */
  write(statements: readonly Statement[]): Promise<void>;
  /** Rows of a query, after all writes that were asked for before it. */
  read<T extends object>(sql: string, ...params: SqlValue[]): Promise<T[]>;
  /**
   * Brings one component's tables up to date: runs the steps it has not run yet, in order, each once. Several components
   * share a file; `component` names whose steps these are.
   */
  migrate(component: string, steps: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly file: string;
  /** Bytes of main file and WAL together beyond which writes are refused with `disk-full`; deleting still works. */
  readonly quotaBytes?: number;
}
