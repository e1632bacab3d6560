import { parseArgs } from "node:util";
import { EdgeError, asError } from "../lib/errors";

/** Options of a command as they stand on the command line, each checked when it is read. */
export class CommandOptions {
  private readonly values: Readonly<Record<string, string | boolean | undefined>>;

  /**
   * @param names of the options that are known; each takes a value
   * @throws EdgeError `usage` for any other
   */
  constructor(args: readonly string[], names: readonly string[]) {
    const options = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
    try {
      this.values = parseArgs({ args: [...args], options }).values;
    } catch (error) {
      throw new EdgeError("usage", asError(error).message, { cause: error });
    }
  }

  text(name: string): string | undefined;
  text(name: string, fallback: string): string;
  text(name: string, fallback?: string): string | undefined {
    const value = this.values[name];
    return typeof value === "string" ? value : fallback;
  }

  /** @throws EdgeError `usage` when it is not given */
  required(name: string): string {
    const value = this.text(name);
    if (value === undefined || value === "") throw new EdgeError("usage", `--${name} is missing`);
    return value;
  }

  /** @throws EdgeError `usage` when it is not a number in [min, max] */
  number(name: string, fallback: number, min: number, max: number): number {
    const text = this.text(name, String(fallback));
    const value = Number(text);
    if (text.trim() === "" || !(value >= min && value <= max)) {
      throw new EdgeError("usage", `--${name} is "${text}", must be a number from ${min} to ${max}`);
    }
    return value;
  }

  /** @throws EdgeError `usage` when it is not a whole number in [min, max] */
  integer(name: string, fallback: number, min: number, max: number): number {
    const value = this.number(name, fallback, min, max);
    if (!Number.isInteger(value)) throw new EdgeError("usage", `--${name} is ${value}, must be a whole number`);
    return value;
  }

  /** @throws EdgeError `usage` when it is none of the choices */
  choice<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const value = this.text(name, fallback);
    const found = choices.find((choice) => choice === value);
    if (found === undefined) {
      throw new EdgeError("usage", `--${name} is "${value}", must be one of ${choices.join(", ")}`);
    }
    return found;
  }
}
