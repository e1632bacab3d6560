import { EdgeError } from "../../lib/errors";
import type { RawConfig } from "./config";

/** What a dialog sends in place of a stored secret. */
const UNCHANGED = "__PWRD__";

/** Values as a dialog shows them: `${NAME}` still stands as typed, where a deploy puts the variable's value. */
export function fromDialog(body: unknown): RawConfig {
  return Object.fromEntries(Object.entries((body ?? {}) as RawConfig).map(([name, value]) => [name, filledIn(value)]));
}

/**
 * The secret to try a connection with: as typed, or else the stored one, which goes to no other place than its own.
 * @param what for the message
 * @param stored undefined where the dialog shows another place than the one it was stored for
 * @throws EdgeError `secret-elsewhere` when the dialog shows a stored secret that belongs to another place
 */
export function secretToTry(
  typed: string,
  what: { readonly name: string; readonly place: string },
  stored: { readonly secret: string | undefined } | undefined,
): string {
  if (typed !== "" && typed !== UNCHANGED) return typed;
  if (stored) return stored.secret ?? "";
  if (typed === "") return "";
  throw new EdgeError("secret-elsewhere", `the stored ${what.name} belongs to another ${what.place}: type it again`);
}

function filledIn(value: unknown): unknown {
  if (typeof value !== "string") return value;
  return value.replace(/^\$\{(\w+)\}$/, (typed, name: string) => process.env[name] ?? typed);
}
