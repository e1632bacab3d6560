/** CSV as rows: a heading with `key` or `code`, read twice, because what a column is shows only when all of it was seen. */
import { EdgeError, asError } from "../../errors";
import type { Context } from "../../messages";
import { cellValue, columnsOf, setAt, TypeGuess, type Column, type ColumnType } from "./csv-columns";
import { csvRecords, type CsvRecord } from "./csv-records";
import type { Row } from "./row";

export class CsvSource {
  private readonly columns: readonly Column[];
  private readonly headingLine: number;
  private readonly delimiter: string;
  private readonly text: string;
  private types: ColumnType[] = [];

  /** @throws EdgeError `import-invalid` where the heading tells no keys */
  constructor(text: string, declared: Readonly<Record<string, ColumnType>>) {
    // A spreadsheet may say its delimiter in a line of its own; the line stays, for the counting.
    const said = /^sep=([;,\t|])\r?\n/i.exec(text);
    this.text = said ? text.slice(said[0].indexOf("\n")) : text;
    const heading = this.text.trimStart();
    const line = heading.slice(0, heading.search(/[\r\n]|$/));
    this.delimiter = said?.[1] ?? [";", "\t", ","].find((candidate) => line.includes(candidate)) ?? ",";
    const first = this.firstRecord();
    if (first.trouble !== undefined) throw new EdgeError("import-invalid", `the heading ${first.trouble}`);
    this.columns = columnsOf(first.cells, declared);
    this.headingLine = first.line;
  }

  /** Sees all cells once, a batch per step. */
  *guess(): Generator<void> {
    const guesses = this.columns.map(() => new TypeGuess());
    for (const batch of this.records()) {
      for (const { cells } of batch)
        if (cells.length === this.columns.length) cells.forEach((cell, i) => guesses[i]?.see(cell));
      yield;
    }
    this.types = guesses.map(({ type }) => type);
  }

  /** By name, without key and code; known after `guess`. */
  get columnTypes(): Record<string, ColumnType> {
    const types = this.columns.map(({ name, declared }, i) => [name, declared ?? this.types[i] ?? "text"] as const);
    return Object.fromEntries(types.filter((_, i) => this.columns[i]?.steps.length !== 0));
  }

  *rows(): Generator<Row[]> {
    for (const batch of this.records()) yield batch.map((record) => this.row(record));
  }

  private row({ line, cells, trouble }: CsvRecord): Row {
    const at = { line };
    if (trouble !== undefined) return { at, trouble };
    if (cells.length !== this.columns.length)
      return { at, trouble: `has ${cells.length} cells, the heading ${this.columns.length}` };
    const value: Context = {};
    const keys: { key?: string; code?: string } = {};
    try {
      for (const [i, column] of this.columns.entries()) {
        const cell = cells[i] as string;
        if (cell === "") continue;
        if (column.steps.length === 0) keys[column.name as "key" | "code"] = cell;
        else setAt(value, column.steps, cellValue(cell, column, this.types[i] ?? "text"));
      }
    } catch (error) {
      return { at, ...keys, trouble: asError(error).message };
    }
    if (keys.key === undefined && keys.code === undefined) return { at, trouble: "has neither key nor code" };
    return { at, ...keys, value };
  }

  private firstRecord(): CsvRecord {
    for (const batch of csvRecords(this.text, this.delimiter)) if (batch[0] !== undefined) return batch[0];
    throw new EdgeError("import-invalid", "the import is empty");
  }

  /** All but the heading. */
  private *records(): Generator<CsvRecord[]> {
    for (const batch of csvRecords(this.text, this.delimiter, this.columns.length))
      yield batch.filter(({ line }) => line !== this.headingLine);
  }
}
