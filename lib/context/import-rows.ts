/** What an `import` command carries, as entries: a list, an object by key, or CSV with a heading. All of it, or an error. */
import { isUtf8 } from "node:buffer";
import { parse } from "csv-parse/sync";
import { EdgeError, asError } from "../errors";
import type { Context } from "../messages";
import { isRecord } from "../path";
import { encodeContext, type Entry } from "./store";

/** Bytes of an import: everything is held in memory and checked before the first write. */
const MAX_IMPORT_BYTES = 32 * 1024 * 1024;
const COLUMNS = new Set(["key", "code"]);

export interface ImportOptions {
  /** Set before keys that the rows give; codes go through `keyOf` instead. */
  readonly prefix: string;
  /** "auto" looks at the first character. */
  readonly format: "auto" | "json" | "csv";
  /** The key of a scanned code, as a lookup would make it. */
  readonly keyOf: (code: string) => string;
}

/**
 * @param payload `[{key, value}]`, `[{code, value}]`, `{key: value}`, or text or bytes with that JSON or with CSV
 * @throws EdgeError `import-invalid` naming the row
 */
export function importRows(payload: unknown, options: ImportOptions): Entry[] {
  const rows =
    payload instanceof Uint8Array || typeof payload === "string" ? parseText(payload, options.format) : payload;
  const seen = new Set<string>();
  const entries: Entry[] = [];
  const add = (where: string, key: string, value: unknown): void => {
    if (key === "" || key.length > 1024)
      throw invalid(where, `the key must have 1 to 1,024 characters, has ${key.length}`);
    if (seen.has(key)) throw invalid(where, `the key ${key} stands twice`);
    seen.add(key);
    try {
      encodeContext(key, value);
    } catch (error) {
      throw invalid(where, asError(error).message);
    }
    entries.push({ key, value: value as Context });
  };
  if (Array.isArray(rows))
    rows.forEach((row: unknown, i) => add(`row ${i + 1}`, rowKey(row, i, options), (row as { value?: unknown }).value));
  else if (isRecord(rows))
    for (const [key, value] of Object.entries(rows)) add(`"${key}"`, options.prefix + key, value);
  else
    throw new EdgeError(
      "import-invalid",
      "the payload must be a list of {key, value}, an object of contexts by key, or CSV or JSON text",
    );
  return entries;
}

function rowKey(row: unknown, i: number, options: ImportOptions): string {
  const where = `row ${i + 1}`;
  if (!isRecord(row)) throw invalid(where, "is not an object with key and value");
  if (typeof row["key"] === "string") return options.prefix + row["key"];
  if (typeof row["code"] !== "string") throw invalid(where, "has neither key nor code (text)");
  try {
    return options.keyOf(row["code"]);
  } catch (error) {
    throw invalid(where, asError(error).message);
  }
}

function invalid(where: string, what: string): EdgeError {
  return new EdgeError("import-invalid", `${where}: ${what}; nothing was imported`);
}

function parseText(payload: string | Uint8Array, format: ImportOptions["format"]): unknown {
  if (payload.length > MAX_IMPORT_BYTES) {
    throw new EdgeError(
      "import-invalid",
      `the import has ${payload.length} bytes, limit ${MAX_IMPORT_BYTES}: split it`,
    );
  }
  if (payload.length === 0) throw new EdgeError("import-invalid", "the import is empty");
  if (typeof payload !== "string" && !isUtf8(payload)) {
    throw new EdgeError("import-invalid", `the import's ${payload.length} bytes are not text in UTF-8`, {
      remedy: 'save it as "CSV UTF-8"',
    });
  }
  const text = (typeof payload === "string" ? payload : Buffer.from(payload).toString("utf8")).replace(/^\ufeff/, "");
  const start = text.trimStart();
  const json = format === "json" || (format === "auto" && (start.startsWith("{") || start.startsWith("[")));
  try {
    return json ? (JSON.parse(text) as unknown) : fromCsv(text);
  } catch (error) {
    if (error instanceof EdgeError) throw error;
    throw new EdgeError(
      "import-invalid",
      `the import is not valid ${json ? "JSON" : "CSV"}: ${asError(error).message}`,
      { cause: error },
    );
  }
}

/** CSV with a `key` or `code` column; a dotted column (`normal.temperature`) becomes a property of an object. */
function fromCsv(text: string): { key?: string; code?: string; value: Context }[] {
  const heading = text.slice(0, text.search(/[\r\n]|$/));
  const delimiter = [";", "\t", ","].find((candidate) => heading.includes(candidate)) ?? ",";
  const rows = parse<Record<string, string>>(text, {
    columns: uniqueColumns,
    delimiter,
    skip_empty_lines: true,
    trim: true,
  });
  return rows.map((cells, i) => {
    const value: Context = {};
    for (const [column, cell] of Object.entries(cells)) {
      if (COLUMNS.has(column) || cell === "") continue;
      set(value, column, cellValue(cell, column, `row ${i + 1}`), `row ${i + 1}`);
    }
    return { ...(cells["key"] && { key: cells["key"] }), ...(cells["code"] && { code: cells["code"] }), value };
  });
}

/** The library would let the last of two columns win. */
function uniqueColumns(names: string[]): string[] {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new EdgeError("import-invalid", `two columns are called "${twice}"`);
  return names;
}

/**
 * Numbers without leading zeros (those are article numbers), true and false; all else is text. A number with a comma would
 * be text, too, and a limit made of it would never guard: it is refused.
 */
function cellValue(cell: string, column: string, where: string): unknown {
  if (/^[-+]?[\d.]*\d,\d+$/.test(cell))
    throw invalid(where, `${column} is "${cell}": write numbers with a point (text like this can be imported as JSON)`);
  if (cell === "true" || cell === "false") return cell === "true";
  return /^-?(0|[1-9]\d{0,14})(\.\d{1,15})?$/.test(cell) ? Number(cell) : cell;
}

function set(into: Context, path: string, value: unknown, where: string): void {
  const steps = path.split(".");
  let at = into;
  for (const [i, step] of steps.entries()) {
    if (step === "" || step === "__proto__") throw invalid(where, `the column "${path}" is no property path`);
    if (i === steps.length - 1) {
      if (Object.hasOwn(at, step)) throw invalid(where, `the column "${path}" contradicts another`);
      at[step] = value;
      return;
    }
    if (!Object.hasOwn(at, step)) at[step] = {};
    const next = at[step];
    if (!isRecord(next)) throw invalid(where, `the column "${path}" contradicts another`);
    at = next;
  }
}
