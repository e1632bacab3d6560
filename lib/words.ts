/** What kind of value came, with its article: for messages that say what should have come instead. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  switch (typeof value) {
    case "object":
      return "an object";
    case "string":
      return "a text";
    case "boolean":
      return String(value);
    default:
      return `a ${typeof value}`;
  }
}
