/** One row of an import, as it was read: a context to be, or what is wrong with it. */
export interface Row {
  readonly at: Place;
  readonly key?: string;
  readonly code?: string;
  readonly value?: unknown;
  /** Why it is no context; the rest is then as far as it was read. */
  readonly trouble?: string;
}

/** Line of a text, or place in a list that came as one; both count from 1. */
export type Place = { readonly line: number } | { readonly row: number };

/** One turn of the loop reads, checks and writes as many rows, or as many characters of them. */
export const BATCH = 250;
export const BATCH_CHARACTERS = 262_144;

export function shownPlace(at: Place): string {
  return "line" in at ? `line ${at.line}` : `row ${at.row}`;
}
