/**
 * An error a plant engineer can act on: `code` is stable and listed in the help of the node that raises it, the message
 * carries the numbers ("temperature is stale: 4,200 ms old, limit 2,000 ms"), `remedy` is the one line that mends it.
 */
export class EdgeError extends Error {
  readonly code: string;
  readonly remedy?: string;

  constructor(code: string, message: string, options?: { cause?: unknown; remedy?: string }) {
    super(
      options?.remedy === undefined ? message : `${message} — ${options.remedy}`,
      options?.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = "EdgeError";
    this.code = code;
    if (options?.remedy !== undefined) this.remedy = options.remedy;
  }

  /** Catch nodes and the log show an error as text: the words alone, not the name of a class. */
  override toString(): string {
    return this.message;
  }
}

/** Whatever was thrown, as an Error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** The `code` of whatever was thrown, or `fallback`. */
export function errorCode(thrown: unknown, fallback = "internal"): string {
  const code = (thrown as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : fallback;
}
