import { parseArgs } from "node:util";
import { EdgeError } from "../lib/errors";

/** Options of a command as they stand on the command line, each checked when it is read. */
export class CommandOptions {
  private readonly values: Readonly<Record<string, string | boolean | undefined>>;

  /** @param known names of the options that take a value @param flags names of those that take none
   *  @throws EdgeError `usage` for an option that is not known */
  constructor(args: readonly string[], known: readonly string[], flags: readonly string[] = []) {
    try {
      this.values = parseArgs({
        args: [...args],
        options: Object.fromEntries([
          ...known.map((name) => [name, { type: "string" as const }]),
          ...flags.map((name) => [name, { type: "boolean" as const }]),
        ]) as Record<string, { type: "string" | "boolean" }>,
      }).values as Record<string, string | boolean | undefined>;
    } catch (error) {
      throw new EdgeError("usage", (error as Error).message, { cause: error });
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

  flag(name: string): boolean {
    return this.values[name] === true;
  }

  /** @throws EdgeError `usage` when it is not a number in [min, max] */
  number(name: string, fallback: number, min: number, max: number): number {
    const value = Number(this.text(name, String(fallback)));
    if (!Number.isFinite(value) || value < min || value > max) {
      throw new EdgeError("usage", `--${name} is "${this.text(name)}", must be a number from ${min} to ${max}`);
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
    if (found === undefined)
      throw new EdgeError("usage", `--${name} is "${value}", must be one of ${choices.join(", ")}`);
    return found;
  }
}
