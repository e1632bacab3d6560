import type { Manifest } from "../messages";

export type FeedArray = Float32Array | BigInt64Array;

export interface FeedLayout {
  readonly input: string;
  readonly dtype: "float32" | "int64";
  /** Values per row; 0 for an input without a second dimension (shape [n] instead of [n, width]). */
  readonly width: number;
}

/** How a row lies in the arrays of a manifest's inputs. */
export function feedLayout(manifest: Manifest): FeedLayout[] {
  return Object.entries(manifest.inputs).map(([input, spec]) => ({
    input,
    dtype: spec.dtype,
    width: spec.shape[1] ?? 0,
  }));
}

/**
 * One batch of encoded samples, allocated once and written row by row: a message costs no array. Only one batch of a
 * model runs at a time, so that its arrays may be reused as soon as its answer is there.
 */
export class Feeds {
  constructor(
    readonly layout: readonly FeedLayout[],
    /** Rows that fit. */
    readonly capacity: number,
    /** By input. */
    readonly arrays: Readonly<Record<string, FeedArray>> = allocate(layout, capacity),
  ) {}

  /** Copies of the first `rows` rows, whose buffers can be handed to another thread. */
  slice(rows: number): Record<string, FeedArray> {
    return Object.fromEntries(
      this.layout.map(({ input, width }) => [
        input,
        (this.arrays[input] as FeedArray).slice(0, rows * Math.max(width, 1)),
      ]),
    );
  }

  /** Copies a row onto another. */
  copyRow(from: number, to: number): void {
    for (const { input, width } of this.layout) {
      const step = Math.max(width, 1);
      (this.arrays[input] as FeedArray).copyWithin(to * step, from * step, (from + 1) * step);
    }
  }
}

function allocate(layout: readonly FeedLayout[], capacity: number): Record<string, FeedArray> {
  return Object.fromEntries(
    layout.map(({ input, dtype, width }) => {
      const length = capacity * Math.max(width, 1);
      return [input, dtype === "float32" ? new Float32Array(length) : new BigInt64Array(length)];
    }),
  );
}
