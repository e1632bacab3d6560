import { setTimeout as sleep } from "node:timers/promises";
import { DatabaseSync } from "node:sqlite";
import { EdgeError, asError } from "../errors";

const RETRY_MS = 5;
const GIVE_UP_MS = 10_000;

/**
 * One at a time, among all processes on this machine that use the folder. Node has no file locks; SQLite has the kernel's,
 * which end with their process, so a crash leaves nothing to clean up. Nothing is ever written to the file.
 */
export class FolderLock {
  private db: DatabaseSync | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly file: string) {}

  /** @throws EdgeError `objects-busy` when others hold it for 10 s */
  hold<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(() => this.exclusively(work));
    this.last = turn.then(nothing, nothing);
    return turn;
  }

  async close(): Promise<void> {
    await this.last;
    this.db?.close();
    this.db = undefined;
  }

  private async exclusively<T>(work: () => Promise<T>): Promise<T> {
    this.db ??= new DatabaseSync(this.file, { timeout: 0 });
    const deadline = performance.now() + GIVE_UP_MS;
    while (!tryBegin(this.db)) {
      if (performance.now() > deadline)
        throw new EdgeError("objects-busy", `${this.file} has been locked by another process for ${GIVE_UP_MS} ms`);
      await sleep(RETRY_MS);
    }
    try {
      return await work();
    } finally {
      this.db.exec("ROLLBACK");
    }
  }
}

function tryBegin(db: DatabaseSync): boolean {
  try {
    db.exec("BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if ((error as { errcode?: number }).errcode === 5) return false;
    throw asError(error);
  }
}

function nothing(): void {
  // Whoever waits for the lock does not care how the one before it fared.
}
