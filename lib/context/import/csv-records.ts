/**
 * CSV read record by record. A record is a line, or several where a quoted cell has line breaks in it; a quotation mark that
 * is never closed costs its own line, and not the rest of the file.
 */
import { parse } from "csv-parse/sync";
import { asError } from "../../errors";
import { BATCH, BATCH_CHARACTERS } from "./row";

export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
  readonly trouble?: string;
}

/** Lines that one quoted cell may reach over. */
const MOST_LINES = 200;

interface Raw {
  readonly line: number;
  readonly text: string;
}

/** @param delimiter of the cells; @param width number of cells by which a record of several lines is told from a fault */
export function* csvRecords(text: string, delimiter: string, width?: number): Generator<CsvRecord[]> {
  const lines = new Lines(text);
  let records: CsvRecord[] = [];
  let plain: Raw[] = [];
  let characters = 0;
  for (let one = lines.next(); one !== undefined; one = lines.next()) {
    characters += one.text.length;
    if (one.text.trim() !== "") {
      if (isEven(one.text)) plain.push(one);
      else {
        records.push(...parseAll(plain, delimiter), acrossLines(one, lines, delimiter, width));
        plain = [];
      }
    }
    if (plain.length + records.length < BATCH && characters < BATCH_CHARACTERS) continue;
    characters = 0;
    yield [...records, ...parseAll(plain, delimiter)];
    records = [];
    plain = [];
  }
  yield [...records, ...parseAll(plain, delimiter)];
}

/** Joins the lines up to the one that closes the quotation mark; goes on behind the first where that gives no record. */
function acrossLines(first: Raw, lines: Lines, delimiter: string, width: number | undefined): CsvRecord {
  const back = lines.mark();
  let text = first.text;
  for (let i = 0; i < MOST_LINES; i++) {
    const more = lines.next();
    if (more === undefined) break;
    text += `\n${more.text}`;
    if (isEven(more.text)) continue;
    const record = parseOne({ line: first.line, text }, delimiter);
    if (record.trouble === undefined && (width === undefined || record.cells.length === width)) return record;
    break;
  }
  lines.back(back);
  return { line: first.line, cells: [], trouble: "has a quotation mark that is not closed" };
}

function parseAll(raws: readonly Raw[], delimiter: string): CsvRecord[] {
  if (raws.length === 0) return [];
  try {
    const all = cellsOf(raws.map(({ text }) => text).join("\n"), delimiter);
    if (all.length === raws.length) return raws.map(({ line }, i) => ({ line, cells: all[i] as string[] }));
  } catch {
    // One of them is broken: each by itself says which.
  }
  return raws.map((raw) => parseOne(raw, delimiter));
}

function parseOne({ line, text }: Raw, delimiter: string): CsvRecord {
  try {
    const all = cellsOf(text, delimiter);
    if (all.length === 1) return { line, cells: all[0] as string[] };
    return { line, cells: [], trouble: "is no record" };
  } catch (error) {
    return { line, cells: [], trouble: `is not valid CSV: ${asError(error).message}` };
  }
}

function cellsOf(text: string, delimiter: string): string[][] {
  return parse(text, { delimiter, relax_column_count: true, trim: true, record_delimiter: "\n" });
}

/** An even number of quotation marks: no cell is left open. */
function isEven(text: string): boolean {
  let even = true;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) even = !even;
  return even;
}

class Lines {
  private at = 0;
  private line = 0;
  private readonly separator: string;

  constructor(private readonly text: string) {
    this.separator = text.includes("\n") ? "\n" : "\r";
  }

  next(): Raw | undefined {
    if (this.at >= this.text.length) return undefined;
    const found = this.text.indexOf(this.separator, this.at);
    const end = found < 0 ? this.text.length : found;
    const content = this.text.slice(this.at, end);
    this.at = end + 1;
    this.line++;
    return { line: this.line, text: content.endsWith("\r") ? content.slice(0, -1) : content };
  }

  mark(): readonly [number, number] {
    return [this.at, this.line];
  }

  back([at, line]: readonly [number, number]): void {
    this.at = at;
    this.line = line;
  }
}
