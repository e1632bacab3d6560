import { workerData } from "node:worker_threads";
import { serveBatches, type BatchServer, type Outcome } from "./batch-protocol";
import type { DatabaseOptions, DatabaseRequest, SqlValue, Statement } from "./database";
import { migrate } from "./migrate";
import { SqliteFile } from "./sqlite-file";

type Write = Exclude<DatabaseRequest, { kind: "read" }>;

/** The worker thread behind openDatabase. */
class DatabaseServer implements BatchServer<DatabaseRequest> {
  private readonly sqlite: SqliteFile;

  constructor({ file, quotaBytes }: DatabaseOptions) {
    this.sqlite = new SqliteFile(file, quotaBytes);
  }

  /** Neighbouring writes share a commit; a read comes after the commit of what was asked before it. */
  answer(batch: readonly DatabaseRequest[]): Outcome<unknown>[] {
    const outcomes: Outcome<unknown>[] = [];
    let writes: Write[] = [];
    const commit = (): void => {
      outcomes.push(...this.sqlite.group(writes.map((write) => () => this.run(write))));
      writes = [];
    };
    for (const request of batch) {
      if (request.kind !== "read") {
        writes.push(request);
        continue;
      }
      commit();
      outcomes.push(this.read(request.sql, request.params));
    }
    commit();
    return outcomes;
  }

  private run(write: Write): void {
    if (write.kind === "migrate") migrate(this.sqlite, write.component, write.steps);
    else for (const statement of write.statements) this.execute(statement);
  }

  private execute({ sql, params }: Statement): void {
    this.sqlite.prepare(sql).run(...((params ?? []) as SqlValue[]));
  }

  private read(sql: string, params: readonly SqlValue[]): Outcome<unknown> {
    try {
      return { value: this.sqlite.prepare(sql).all(...params) };
    } catch (error) {
      return { error: this.sqlite.explain(error) };
    }
  }

  close(): void {
    this.sqlite.close();
  }
}

serveBatches(() => new DatabaseServer(workerData as DatabaseOptions));
