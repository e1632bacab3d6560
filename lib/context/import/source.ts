/** What an `import` carries, whatever its shape, as rows. */
import { EdgeError } from "../../errors";
import { isRecord } from "../../path";
import type { ColumnType } from "./csv-columns";
import { CsvSource } from "./csv-rows";
import { jsonRows, ndjsonRows, rowOf } from "./json-rows";
import { BATCH, type Row } from "./row";

/** Bytes of an import as text: it is read in pieces, but it came in one. */
const MAX_IMPORT_BYTES = 128 * 1024 * 1024;

export const FORMATS = ["auto", "json", "ndjson", "csv"] as const;
export type Format = (typeof FORMATS)[number];

export interface RowSource {
  /** To be run to its end before `rows`. */
  prepare(): Iterable<void>;
  rows(): Iterable<readonly Row[]>;
  /** Of CSV: what each column was taken for. */
  readonly columns: Readonly<Record<string, ColumnType>> | undefined;
}

/**
 * @param payload `[{key, value}]`, `[{code, value}]`, `{key: value}`, or text or bytes with that JSON, NDJSON or CSV
 * @throws EdgeError `import-invalid` where not one row can be told
 */
export function sourceOf(payload: unknown, format: Format, types: Readonly<Record<string, ColumnType>>): RowSource {
  if (typeof payload === "string" || payload instanceof Uint8Array) {
    const text = textOf(payload);
    const shape = format === "auto" ? shapeOf(text) : format;
    if (shape === "ndjson") return plain(() => ndjsonRows(text));
    if (shape === "json") {
      if (!/^\s*[[{]/.test(text)) throw new EdgeError("import-invalid", "the import is no JSON list or object");
      return plain(() => jsonRows(text));
    }
    const csv = new CsvSource(text, types);
    return {
      prepare: () => csv.guess(),
      rows: () => csv.rows(),
      get columns() {
        return csv.columnTypes;
      },
    };
  }
  if (Array.isArray(payload)) return plain(() => listRows(payload));
  if (isRecord(payload)) return plain(() => objectRows(payload));
  throw new EdgeError(
    "import-invalid",
    "the payload must be a list of {key, value}, an object of contexts by key, or CSV, JSON or NDJSON text",
  );
}

function plain(rows: () => Iterable<readonly Row[]>): RowSource {
  return { prepare: () => [], rows, columns: undefined };
}

function* listRows(list: readonly unknown[]): Generator<Row[]> {
  for (let from = 0; from < list.length; from += BATCH)
    yield list.slice(from, from + BATCH).map((row, i) => rowOf(row, { row: from + i + 1 }));
}

function* objectRows(object: Readonly<Record<string, unknown>>): Generator<Row[]> {
  const keys = Object.keys(object);
  for (let from = 0; from < keys.length; from += BATCH)
    yield keys.slice(from, from + BATCH).map((key, i) => ({ at: { row: from + i + 1 }, key, value: object[key] }));
}

/** One object per line, or one JSON value, or else CSV. */
function shapeOf(text: string): Exclude<Format, "auto"> {
  const start = text.search(/\S/);
  if (text[start] === "[") return "json";
  if (text[start] !== "{") return "csv";
  const newline = text.indexOf("\n", start);
  const line = newline < 0 ? text.slice(start) : text.slice(start, newline);
  const more = newline >= 0 && /^\s*\{/.test(text.slice(newline, newline + 4_096));
  try {
    const first = JSON.parse(line) as Record<string, unknown>;
    return more || typeof first["key"] === "string" || typeof first["code"] === "string" ? "ndjson" : "json";
  } catch {
    // The first line may be the broken one.
    return more ? "ndjson" : "json";
  }
}

function textOf(payload: string | Uint8Array): string {
  if (payload.length > MAX_IMPORT_BYTES) {
    throw new EdgeError(
      "import-invalid",
      `the import has ${payload.length} bytes, limit ${MAX_IMPORT_BYTES}: split it`,
    );
  }
  const text = (typeof payload === "string" ? payload : Buffer.from(payload).toString("utf8")).replace(/^\ufeff/, "");
  // This character stands where bytes were no UTF-8, and what they meant is lost, whether they were decoded here or before.
  const lost = text.indexOf("\ufffd");
  if (lost >= 0) {
    throw new EdgeError(
      "import-invalid",
      `the import is, in line ${text.slice(0, lost).split(/\r\n|\n|\r/).length}, not text in UTF-8`,
      { remedy: 'save it as "CSV UTF-8"' },
    );
  }
  if (text.trim() === "") throw new EdgeError("import-invalid", "the import is empty");
  return text;
}
