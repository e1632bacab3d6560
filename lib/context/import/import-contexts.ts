/**
 * An import: the good rows go in, the bad ones are listed with their lines. A batch is read, checked and written per turn,
 * so the loop goes on and memory holds the import itself and its keys, not a second copy of its contexts.
 */
import { setImmediate as turn } from "node:timers/promises";
import { EdgeError, asError } from "../../errors";
import type { Context } from "../../messages";
import { encodeContext, type ContextStore, type Entry } from "../store";
import type { ColumnType } from "./csv-columns";
import { shownPlace, type Place, type Row } from "./row";
import { sourceOf, type Format } from "./source";

/** Bad rows that are told one by one. */
const LISTED = 20;

export interface ImportOptions {
  readonly format: Format;
  /** Set before keys that the rows give; codes go through `keyOf` instead. */
  readonly prefix: string;
  /** Types of CSV columns by name; the others are guessed. */
  readonly types: Readonly<Record<string, ColumnType>>;
  /** Read and check all, write nothing. */
  readonly check: boolean;
  /** The key of a scanned code, as a lookup would make it. @throws EdgeError for what is no scan */
  readonly keyOf: (code: string) => string;
  /** Told after every batch how many rows were read so far. */
  readonly progress?: (rows: number) => void;
}

export type Rejected = Place & { readonly key?: string; readonly reason: string };

export interface ImportResult {
  /** Contexts written, or that would have been. */
  readonly count: number;
  readonly rejected: number;
  /** The first of them, where there are any. */
  readonly errors?: readonly Rejected[];
  /** How many more there are. */
  readonly more?: number;
  readonly columns?: Readonly<Record<string, ColumnType>>;
}

/**
 * @throws EdgeError `import-invalid` when nothing can be imported at all, and what the store throws, saying how far it came
 */
export async function importContexts(
  payload: unknown,
  options: ImportOptions,
  store: Pick<ContextStore, "replace">,
): Promise<ImportResult> {
  const source = sourceOf(payload, options.format, options.types);
  for (const _ of source.prepare()) await turn();
  const tally = new Tally();
  for (const rows of source.rows()) {
    const entries: Entry[] = [];
    for (const row of rows) {
      const entry = tally.take(row, options);
      if (entry !== undefined) entries.push(entry);
    }
    if (!options.check && entries.length > 0) await write(entries, rows, tally, store);
    tally.count += entries.length;
    options.progress?.(tally.rows);
    await turn();
  }
  if (tally.count === 0 && tally.rejected > 0) throw tally.nothing(options.check);
  const { count, rejected, errors } = tally;
  const { columns } = source;
  return {
    count,
    rejected,
    ...(rejected > 0 && { errors, more: rejected - errors.length }),
    ...(columns !== undefined && { columns }),
  };
}

async function write(
  entries: readonly Entry[],
  rows: readonly Row[],
  tally: Tally,
  store: Pick<ContextStore, "replace">,
): Promise<void> {
  try {
    await store.replace(entries);
  } catch (error) {
    const { message } = asError(error);
    const [first] = rows as [Row];
    const far = `${tally.count} contexts were imported before; from ${shownPlace(first.at)} on none is sure to be`;
    throw new EdgeError(error instanceof EdgeError ? error.code : "context-unavailable", `${message}; ${far}`, {
      cause: error,
      remedy: "mend it and send the same import again: what is there already is written once more",
    });
  }
}

class Tally {
  count = 0;
  rejected = 0;
  rows = 0;
  readonly errors: Rejected[] = [];
  private readonly seen = new Map<string, Place>();

  /** @returns undefined for a row that is no context, which is then counted and, if it is among the first, listed */
  take(row: Row, options: ImportOptions): Entry | undefined {
    this.rows++;
    let key: string | undefined;
    try {
      if (row.trouble !== undefined) throw new EdgeError("import-invalid", row.trouble);
      key = row.key === undefined ? options.keyOf(row.code ?? "") : options.prefix + row.key;
      if (key === "" || key.length > 1024)
        throw new EdgeError("import-invalid", `the key must have 1 to 1,024 characters, has ${key.length}`);
      const before = this.seen.get(key);
      if (before !== undefined)
        throw new EdgeError("import-invalid", `the key ${key} stands twice, first in ${shownPlace(before)}`);
      encodeContext(key, row.value);
    } catch (error) {
      this.reject(row, key, asError(error).message);
      return undefined;
    }
    this.seen.set(key, row.at);
    return { key, value: row.value as Context };
  }

  nothing(check: boolean): EdgeError {
    const first = this.errors.slice(0, 3).map((one) => `${shownPlace(one)}: ${one.reason}`);
    const rest = this.rejected > first.length ? `; and ${this.rejected - first.length} more` : "";
    return new EdgeError("import-invalid", `nothing ${check ? "can be" : "was"} imported. ${first.join("; ")}${rest}`);
  }

  private reject(row: Row, key: string | undefined, reason: string): void {
    this.rejected++;
    if (this.errors.length >= LISTED) return;
    const named = key ?? row.key ?? row.code;
    this.errors.push({ ...row.at, ...(named !== undefined && { key: named.slice(0, 100) }), reason });
  }
}
