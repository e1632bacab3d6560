/** What kind of value came, with its article: for messages that say what should have come instead. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  if (typeof value === "string") return "a text";
  return typeof value === "boolean" ? String(value) : `a ${typeof value}`;
}

/** A number of milliseconds (or of anything) as it is read: "4,200". */
export function whole(number: number): string {
  return Math.round(number).toLocaleString("en-US");
}
