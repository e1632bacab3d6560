import type { RawConfig } from "./config";

/** What a dialog sends in place of a stored secret. */
const UNCHANGED = "__PWRD__";

/** Values as a dialog shows them: `${NAME}` still stands as typed, where a deploy puts the variable's value. */
export function fromDialog(body: unknown): RawConfig {
  return Object.fromEntries(Object.entries((body ?? {}) as RawConfig).map(([name, value]) => [name, filledIn(value)]));
}

/** True when the dialog shows a secret that is stored, not one that was typed. */
export function isUnchanged(secret: string): boolean {
  return secret === "" || secret === UNCHANGED;
}

function filledIn(value: unknown): unknown {
  if (typeof value !== "string") return value;
  return value.replace(/^\$\{(\w+)\}$/, (typed, name: string) => process.env[name] ?? typed);
}
