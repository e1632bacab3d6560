import { closeSync, fsyncSync, openSync, rmSync, statSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { EdgeError, asError, errorCode } from "../errors";
import type { Outcome } from "./batch-protocol";

/** How long an open waits for a file that another process is just letting go. */
const LOCK_WAIT_MS = 1_000;
/** Above this the write-ahead log is folded back into the main file and cut to nothing. */
const WAL_LIMIT = 8 << 20;
const MAX_CACHED_STATEMENTS = 256;

const WRITABLE = "give Node-RED's user write access, and look whether its disk is mounted read-only";

/**
 * One SQLite file, opened for one process alone. The promise: what `group` reports as done is on the disk (WAL,
 * synchronous FULL); units of one group share a commit, and one that fails fails alone. Everything here is synchronous
 * and may take as long as an fsync does: it belongs in a worker thread.
 */
export class SqliteFile {
  private readonly db: DatabaseSync;
  private readonly statements = new Map<string, StatementSync>();
  private readonly walLimit: number;

  /**
   * @throws EdgeError `database-locked` when another process has it, `database-corrupt`, `database-open`, `disk-read-only`,
   * `disk-no-sync`, `disk-io`, `database`
   */
  constructor(
    readonly file: string,
    private readonly quotaBytes?: number,
  ) {
    this.walLimit = Math.min(WAL_LIMIT, Math.floor((quotaBytes ?? Infinity) / 4));
    assertKeeps(file);
    try {
      this.db = new DatabaseSync(file, { timeout: LOCK_WAIT_MS });
    } catch (error) {
      throw this.explain(error);
    }
    try {
      this.configure();
    } catch (error) {
      this.db.close();
      throw this.explain(error);
    }
  }

  private configure(): void {
    // EXCLUSIVE before the first access: no shared memory file, and the lock is held from here on. The kernel drops it
    // when the process dies, so a crash never leaves a stale one.
    this.db.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    this.db.exec("PRAGMA foreign_keys = ON; BEGIN IMMEDIATE; COMMIT;");
    if (this.quotaBytes === undefined) return;
    const pageSize = Number(this.prepare("PRAGMA page_size").get()?.["page_size"]);
    this.db.exec(`PRAGMA max_page_count = ${Math.max(16, Math.floor(this.mainLimit / pageSize))}`);
  }

  /** Bytes that the main file may grow to: the quota without the write-ahead log. */
  get mainLimit(): number {
    return (this.quotaBytes ?? Infinity) - this.walLimit;
  }

  /** A compiled statement, kept for the next use. */
  prepare(sql: string): StatementSync {
    let statement = this.statements.get(sql);
    if (!statement) {
      if (this.statements.size >= MAX_CACHED_STATEMENTS) this.statements.clear();
      statement = this.db.prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement;
  }

  /** Runs SQL that may hold several statements, without parameters. */
  exec(sql: string): void {
    this.db.exec(sql);
  }

  /** Runs the units in order in one transaction, each behind its own savepoint; the outcomes are in the same order. */
  group<T>(units: readonly (() => T)[]): Outcome<T>[] {
    if (units.length === 0) return [];
    try {
      return this.transaction(() => units.map((unit) => this.attempt(unit)));
    } catch (error) {
      const reason = this.explain(error);
      // A full disk can take the whole transaction with it. Alone, a unit that frees space still gets through.
      if (reason.code !== "disk-full" || units.length === 1) return units.map(() => ({ error: reason }));
      return units.map((unit) => this.group([unit])[0] as Outcome<T>);
    } finally {
      this.trimLog();
    }
  }

  private transaction<T>(work: () => T): T {
    this.db.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.db.exec("COMMIT");
      return result;
    } catch (error) {
      if (this.db.isTransaction) this.db.exec("ROLLBACK");
      throw error;
    }
  }

  private attempt<T>(unit: () => T): Outcome<T> {
    this.prepare("SAVEPOINT unit").run();
    try {
      const value = unit();
      this.prepare("RELEASE unit").run();
      return { value };
    } catch (error) {
      // SQLite rolls back by itself on some errors; then nothing of this group is left to commit.
      if (!this.db.isTransaction) throw error;
      this.prepare("ROLLBACK TO unit").run();
      this.prepare("RELEASE unit").run();
      return { error: this.explain(error) };
    }
  }

  /** Bytes on disk: main file and write-ahead log. */
  bytes(): number {
    return sizeOf(this.file) + this.walBytes();
  }

  /** Bytes of the main file that hold something; what was deleted leaves room that is used again. */
  usedBytes(): number {
    const number = (name: string): number => Number(this.prepare(`PRAGMA ${name}`).get()?.[name]);
    return (number("page_count") - number("freelist_count")) * number("page_size");
  }

  private walBytes(): number {
    return sizeOf(`${this.file}-wal`);
  }

  private trimLog(): void {
    if (this.walBytes() > this.walLimit) this.checkpoint();
  }

  /** Folds the write-ahead log into the main file and truncates it. A full disk makes it try again later. */
  checkpoint(): void {
    try {
      this.db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (error) {
      if (this.explain(error).code !== "disk-full") throw this.explain(error);
    }
  }

  close(): void {
    if (this.db.isOpen) this.db.close();
  }

  /** What SQLite threw, as an error with a stable code and the numbers an operator needs. */
  explain(thrown: unknown): EdgeError {
    if (thrown instanceof EdgeError) return thrown;
    const { message } = asError(thrown);
    const { errcode } = thrown as { errcode?: number };
    const cause = { cause: thrown };
    switch ((errcode ?? 0) & 0xff) {
      case SQLITE_BUSY:
      case SQLITE_LOCKED:
        return new EdgeError(
          "database-locked",
          `${this.file} is in use by another process (waited ${LOCK_WAIT_MS} ms)`,
          {
            ...cause,
            remedy: "stop the other Node-RED, or give this one a data directory of its own",
          },
        );
      case SQLITE_FULL: {
        const quota = this.quotaBytes === undefined ? "no quota: the disk is full" : `quota ${this.quotaBytes} bytes`;
        return new EdgeError("disk-full", `${this.file} cannot grow: ${this.bytes()} bytes, ${quota}`, {
          ...cause,
          remedy: "free disk space or raise the quota",
        });
      }
      case SQLITE_CORRUPT:
      case SQLITE_NOTADB:
        return new EdgeError("database-corrupt", `${this.file} is damaged: ${message} (SQLite ${errcode})`, {
          ...cause,
          remedy: "stop Node-RED and move the file and its -wal away; a new one is created",
        });
      case SQLITE_READONLY:
        return new EdgeError("disk-read-only", `${this.file} cannot be written: ${message}`, {
          ...cause,
          remedy: WRITABLE,
        });
      case SQLITE_CANTOPEN:
        return new EdgeError("database-open", `${this.file} cannot be opened or created: ${message}`, {
          ...cause,
          remedy: WRITABLE,
        });
      case SQLITE_IOERR:
        return new EdgeError("disk-io", `the disk of ${this.file} fails: ${message} (SQLite ${errcode})`, {
          ...cause,
          remedy:
            "look at the kernel's log (dmesg): a worn card, a lost mount, or a file system that is not meant for this",
        });
      default:
        return new EdgeError(
          "database",
          `${this.file}: ${message}${errcode === undefined ? "" : ` (SQLite ${errcode})`}`,
          cause,
        );
    }
  }
}

// https://www.sqlite.org/rescode.html; the low byte is the primary code.
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;

/**
 * Nothing may be promised on a disk that cannot be written, or does not say when bytes are on it. SQLite would find out
 * too, with the number of an error for a reason.
 * @throws EdgeError `disk-read-only`, `disk-no-sync`
 */
function assertKeeps(file: string): void {
  const probe = `${file}-sync`;
  let handle: number;
  try {
    handle = openSync(probe, "w");
  } catch (error) {
    // SQLite says the rest: a folder that is missing, too many open files.
    if (!["EROFS", "EACCES", "EPERM"].includes(errorCode(error))) return;
    throw new EdgeError("disk-read-only", `${file} cannot be written: ${asError(error).message}`, {
      cause: error,
      remedy: WRITABLE,
    });
  }
  try {
    fsyncSync(handle);
  } catch (error) {
    throw new EdgeError(
      "disk-no-sync",
      `the disk of ${file} does not keep what it was given: fsync answers ${errorCode(error)}`,
      {
        cause: error,
        remedy: "put the data folder on a local disk (ext4, xfs, btrfs), not on a share or a special file system",
      },
    );
  } finally {
    closeSync(handle);
    rmSync(probe, { force: true });
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
