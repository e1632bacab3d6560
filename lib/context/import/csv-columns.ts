/**
 * What the columns of a CSV are. A type belongs to a column, never to a cell: article numbers stay text although most of
 * them look like numbers, and a limit never becomes text because one cell is wrong.
 */
import { EdgeError } from "../../errors";
import type { Context } from "../../messages";

export type ColumnType = "text" | "number" | "boolean";

export interface Column {
  readonly name: string;
  /** Steps of the property it becomes: `normal.temperature`. */
  readonly steps: readonly string[];
  /** undefined: to be guessed. */
  readonly declared: ColumnType | undefined;
}

const KEYS = new Set(["key", "code"]);
const DECLARED = /^(.+):(text|number|boolean)$/;
/** Neither leading zeros nor more digits than a number keeps. */
const PLAIN_NUMBER = /^-?(0|[1-9]\d{0,14})(\.\d{1,15})?$/;
const ANY_NUMBER = /^[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,3})?$/;
const DIGITS = /^[-+]?\d+(\.\d+)?$/;
const COMMA_NUMBER = /^[-+]?[\d.]*\d,\d+$/;

/**
 * @param declared types by column name, beside those in the heading itself (`batch:text`)
 * @throws EdgeError `import-invalid` for columns that no context can be made of
 */
export function columnsOf(heading: readonly string[], declared: Readonly<Record<string, ColumnType>>): Column[] {
  const columns = heading.map((cell): Column => {
    const match = DECLARED.exec(cell);
    const name = (match?.[1] ?? cell).trim();
    const steps = KEYS.has(name) ? [] : name.split(".");
    if (name === "" || steps.some((step) => step === "" || step === "__proto__"))
      throw invalid(`the column "${cell}" is no property path`);
    return { name, steps, declared: (match?.[2] as ColumnType | undefined) ?? declared[name] };
  });
  const names = new Set<string>();
  for (const { name } of columns) {
    if (names.has(name)) throw invalid(`two columns are called "${name}"`);
    names.add(name);
  }
  for (const name of names) {
    const steps = name.split(".");
    const part = steps.slice(0, -1).map((_, i) => steps.slice(0, i + 1).join("."));
    const other = part.find((candidate) => names.has(candidate));
    if (other !== undefined) throw invalid(`the columns "${other}" and "${name}" contradict each other`);
  }
  if (!names.has("key") && !names.has("code"))
    throw invalid(`no column is called key or code, but ${[...names].slice(0, 5).join(", ")}`);
  const unknown = Object.keys(declared).find((name) => !names.has(name));
  if (unknown !== undefined) throw invalid(`types names "${unknown}", which is no column`);
  return columns;
}

/** Looks at all cells of a column before it says what the column is. */
export class TypeGuess {
  private filled = 0;
  private numbers = 0;
  private booleans = 0;
  private identifiers = 0;

  see(cell: string): void {
    if (cell === "") return;
    this.filled++;
    // A number with a comma is a bad one, but a number: the good ones beside it must not become text.
    if (PLAIN_NUMBER.test(cell) || COMMA_NUMBER.test(cell)) this.numbers++;
    else if (cell === "true" || cell === "false") this.booleans++;
    else if (DIGITS.test(cell)) this.identifiers++;
  }

  /** Numbers with leading zeros are identifiers, and all the column with them; else what most of its cells are. */
  get type(): ColumnType {
    if (this.identifiers > 0) return "text";
    if (this.numbers * 2 > this.filled) return "number";
    return this.booleans * 2 > this.filled ? "boolean" : "text";
  }
}

/** @throws EdgeError `import-invalid` with what is wrong with the cell */
export function cellValue(cell: string, { name, declared }: Column, guessed: ColumnType): string | number | boolean {
  if (declared !== undefined) {
    if (declared === "text") return cell;
    if (declared === "boolean" && (cell === "true" || cell === "false")) return cell === "true";
    if (declared === "number" && ANY_NUMBER.test(cell)) return Number(cell);
    throw invalid(`${name} is "${clipped(cell)}", must be ${declared === "number" ? "a number" : "true or false"}`);
  }
  // As text it would be a limit that guards nothing.
  if (COMMA_NUMBER.test(cell))
    throw invalid(`${name} is "${clipped(cell)}": write numbers with a point (or the heading "${name}:text")`);
  if (guessed === "text") return cell;
  if (guessed === "number" && PLAIN_NUMBER.test(cell)) return Number(cell);
  if (guessed === "boolean" && (cell === "true" || cell === "false")) return cell === "true";
  throw invalid(
    `${name} is "${clipped(cell)}", and a ${guessed} in most rows (the heading "${name}:text" takes them all as text)`,
  );
}

/** Sets the property that a column becomes. Columns were found not to contradict each other. */
export function setAt(into: Context, steps: readonly string[], value: unknown): void {
  let at: Context = into;
  for (const step of steps.slice(0, -1)) {
    if (!Object.hasOwn(at, step)) at[step] = {};
    at = at[step] as Context;
  }
  at[steps.at(-1) as string] = value;
}

function clipped(cell: string): string {
  return cell.length <= 40 ? cell : `${cell.slice(0, 39)}…`;
}

function invalid(what: string): EdgeError {
  return new EdgeError("import-invalid", what);
}
