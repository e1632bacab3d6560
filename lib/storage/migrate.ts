import { EdgeError } from "../errors";
import type { SqliteFile } from "./sqlite-file";

/**
 * Runs the steps of a component that this file has not seen, in order. To be called inside a transaction.
 * @throws EdgeError `database-newer` when the file has seen more steps than there are
 */
export function migrate(sqlite: SqliteFile, component: string, steps: readonly string[]): void {
  sqlite.exec("CREATE TABLE IF NOT EXISTS migrations (component TEXT PRIMARY KEY, done INTEGER NOT NULL) STRICT");
  const row = sqlite.prepare("SELECT done FROM migrations WHERE component = ?").get(component);
  const done = Number(row?.["done"] ?? 0);
  if (done > steps.length) {
    throw new EdgeError(
      "database-newer",
      `${sqlite.file} holds ${component} at version ${done}, this program knows ${steps.length}`,
      { remedy: "install the newer version of the package again" },
    );
  }
  // Nothing new, nothing written: a full disk does not keep a program from starting.
  if (done === steps.length) return;
  for (const step of steps.slice(done)) sqlite.exec(step);
  sqlite
    .prepare("INSERT INTO migrations VALUES (?, ?) ON CONFLICT DO UPDATE SET done = excluded.done")
    .run(component, steps.length);
}
