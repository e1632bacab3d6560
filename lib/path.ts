/**
 * The value at a dotted path ("normal.temperature") in a plain object, or undefined. Own properties only: a context
 * comes from outside, and "constructor" must not find Object's.
 */
export function valueAt(root: unknown, path: string): unknown {
  return valueAtSteps(root, path.split("."));
}

/** The same for a path that was split once, because it is read on every message. */
export function valueAtSteps(root: unknown, steps: readonly string[]): unknown {
  let value: unknown = root;
  for (const step of steps) {
    if (value === null || typeof value !== "object" || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

/** The finite number at a path, or undefined: a string that looks like a number is not one. */
export function numberAt(root: unknown, path: string): number | undefined {
  const value = valueAt(root, path);
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** True for a plain JSON object (not null, not an array). */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
