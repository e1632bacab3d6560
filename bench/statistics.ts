/** The q-quantile (0 to 1) of values, by linear interpolation between closest ranks. */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) throw new Error("no values");
  const sorted = Float64Array.from(values).sort();
  const at = (sorted.length - 1) * q;
  const below = Math.floor(at);
  const low = sorted[below];
  const high = sorted[Math.min(below + 1, sorted.length - 1)];
  return low + (high - low) * (at - below);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Median with a 95 % percentile-bootstrap interval (Efron 1979): 4,000 resamples, seeded, so a run prints one answer. */
export function medianInterval(values: readonly number[]): Interval {
  const resamples = 4_000;
  const medians: number[] = [];
  let state = 0x9e3779b9;
  for (let i = 0; i < resamples; i++) {
    const drawn = values.map(() => {
      // xorshift32 (Marsaglia 2003): no seedable generator in the platform.
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return values[(state >>> 0) % values.length];
    });
    medians.push(median(drawn));
  }
  return { value: median(values), low: quantile(medians, 0.025), high: quantile(medians, 0.975) };
}

/** Ratios of paired blocks. */
export function ratios(over: readonly number[], under: readonly number[]): number[] {
  return over.map((value, i) => value / under[i]);
}
