/**
 * JSON read element by element: a list of a hundred thousand contexts never stalls the loop, and one broken element costs
 * itself alone. After a fault in the structure reading goes on at the next line that begins as elements begin.
 */
import { asError } from "../../errors";
import { isRecord } from "../../path";
import { BATCH, BATCH_CHARACTERS, type Row } from "./row";

/** Characters of one element with its white space; what is longer is no element but a bracket that was never closed. */
const LONGEST = 262_144;

const TAB = 9;
const NEWLINE = 10;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const BACKSLASH = 92;

/** Each line an object `{key, value}` or `{code, value}`. */
export function* ndjsonRows(text: string): Generator<Row[]> {
  let rows: Row[] = [];
  let line = 0;
  let yieldedAt = 0;
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    line++;
    const content = text.slice(start, end).trim();
    start = end + 1;
    if (content === "") continue;
    rows.push(parsed(content, line));
    if (rows.length < BATCH && start - yieldedAt < BATCH_CHARACTERS) continue;
    yield rows;
    rows = [];
    yieldedAt = start;
  }
  yield rows;
}

/** A list `[{key, value}, …]`, or an object of contexts by key. */
export function* jsonRows(text: string): Generator<Row[]> {
  const first = text.search(/\S/);
  const listed = text[first] === "[";
  const closing = listed ? "]" : "}";
  const lines = new LineCounter(text);
  let rows: Row[] = [];
  let at = first + 1;
  let yieldedAt = at;
  let indent: string | undefined;
  for (;;) {
    at = skip(text, at);
    if (at >= text.length) {
      rows.push({ at: { line: lines.at(text.length) }, trouble: `the text ends without ${closing}: is it cut off?` });
      break;
    }
    if (text[at] === closing) {
      const rest = text.slice(at + 1, at + 41).trim();
      if (rest !== "") rows.push({ at: { line: lines.at(at) }, trouble: `more text after the end: ${rest}` });
      break;
    }
    indent ??= indentAt(text, at);
    const { end, closed } = elementEnd(text, at);
    const line = lines.at(at);
    const row = closed
      ? listed
        ? parsed(text.slice(at, end), line)
        : member(text.slice(at, end), line)
      : broken(line);
    rows.push(row);
    const next = row.trouble === undefined ? end : resume(text, at, end, closed, listed ? "{" : '"', indent);
    if (next === undefined) {
      rows.push({ at: { line }, trouble: "what follows cannot be told apart, and was not read" });
      break;
    }
    // A bracket that nothing opened is an element of no length.
    at = Math.max(next, at + 1);
    if (rows.length < BATCH && at - yieldedAt < BATCH_CHARACTERS) continue;
    yield rows;
    rows = [];
    yieldedAt = at;
  }
  yield rows;
}

function parsed(content: string, line: number): Row {
  try {
    const value = JSON.parse(content) as unknown;
    return isRecord(value) ? rowOf(value, { line }) : { at: { line }, trouble: "is not an object with key and value" };
  } catch (error) {
    return { at: { line }, trouble: `is not valid JSON: ${asError(error).message}` };
  }
}

function member(content: string, line: number): Row {
  try {
    const entries = Object.entries(JSON.parse(`{${content}}`) as Record<string, unknown>);
    const [key, value] = entries[0] as [string, unknown];
    return { at: { line }, key, value };
  } catch (error) {
    return { at: { line }, trouble: `is not valid JSON: ${asError(error).message}` };
  }
}

/** A row that is an object already. */
export function rowOf(value: unknown, at: Row["at"]): Row {
  if (!isRecord(value)) return { at, trouble: "is not an object with key and value" };
  const { key, code } = value;
  if (typeof key === "string") return { at, key, value: value["value"] };
  if (typeof code === "string") return { at, code, value: value["value"] };
  return { at, trouble: "has neither key nor code (text)" };
}

function broken(line: number): Row {
  return { at: { line }, trouble: "is not valid JSON: a bracket or a quotation mark is not closed" };
}

function skip(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char !== COMMA && char !== SPACE && char !== NEWLINE && char !== TAB && char !== 13) break;
  }
  return at;
}

/** Where the element that begins at `start` ends: at the comma or bracket behind it, which is not part of it. */
function elementEnd(text: string, start: number): { end: number; closed: boolean } {
  const limit = Math.min(text.length, start + LONGEST);
  let depth = 0;
  for (let at = start; at < limit; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = stringEnd(text, at, limit);
        // JSON has no line break within a string: its quotation mark is missing.
        if (at >= limit || text.charCodeAt(at) !== QUOTE) return { end: at, closed: false };
        break;
      case 0x5b:
      case 0x7b:
        depth++;
        break;
      case 0x5d:
      case 0x7d:
        if (depth === 0) return { end: at, closed: true };
        depth--;
        break;
      case COMMA:
        if (depth === 0) return { end: at, closed: true };
        break;
      default:
    }
  }
  // The text ends behind a whole element: the list is cut off, not the element.
  return { end: limit, closed: depth === 0 && limit === text.length };
}

/** The closing quotation mark, or the line break that stands where it should. */
function stringEnd(text: string, start: number, limit: number): number {
  for (let at = start + 1; at < limit; at++) {
    const char = text.charCodeAt(at);
    if (char === QUOTE || char === NEWLINE) return at;
    if (char === BACKSLASH) at++;
  }
  return limit;
}

/** Where to go on after a broken element; undefined where nothing tells the next one. */
function resume(
  text: string,
  start: number,
  end: number,
  closed: boolean,
  opening: string,
  indent: string,
): number | undefined {
  for (let newline = text.indexOf("\n", start); newline >= 0; newline = text.indexOf("\n", newline + 1)) {
    if (closed && newline >= end) break;
    if (text.startsWith(indent + opening, newline + 1)) return newline + 1;
    // The bracket that ends it all stands alone at the end.
    if (text.length - newline < 80 && /^\s*[\]}]\s*$/.test(text.slice(newline + 1))) return newline + 1;
  }
  return closed ? end : undefined;
}

/** White space before the first element on its line, by which the others are known. */
function indentAt(text: string, at: number): string {
  const start = text.lastIndexOf("\n", at) + 1;
  const before = text.slice(start, at);
  return before.trim() === "" ? before : "";
}

/** Counts forward only, so a text is counted once. */
class LineCounter {
  private line = 1;
  private next: number;

  constructor(private readonly text: string) {
    this.next = text.indexOf("\n");
  }

  at(position: number): number {
    while (this.next >= 0 && this.next < position) {
      this.line++;
      this.next = this.text.indexOf("\n", this.next + 1);
    }
    return this.line;
  }
}
