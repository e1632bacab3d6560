/** Upper bounds in milliseconds: from a cache hit to a peer that hangs. */
export const BOUNDS_MS: readonly number[] = [
  0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 10_000,
];

/** How long something took, as counts per bound: some comparisons per message, and nothing is kept of each. */
export class Histogram {
  /** One more than there are bounds: the last counts what took longer than all. */
  readonly counts: Float64Array = new Float64Array(BOUNDS_MS.length + 1);
  sumMs = 0;

  observe(ms: number): void {
    let i = 0;
    while (i < BOUNDS_MS.length && ms > (BOUNDS_MS[i] as number)) i++;
    (this.counts[i] as number)++;
    this.sumMs += ms;
  }
}
