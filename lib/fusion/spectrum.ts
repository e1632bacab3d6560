/**
 * Power in a frequency band of evenly spaced samples, by Welch's method: P. D. Welch, "The use of fast Fourier transform for
 * the estimation of power spectra", IEEE Trans. Audio Electroacoust. 15 (1967) 70-73. Pure; checked against SciPy's numbers.
 */

/** Bins of a segment at most: 8,192 samples resolve 3.1 Hz at 25.6 kHz. */
const LONGEST_SEGMENT = 8192;
const SHORTEST_SEGMENT = 8;

interface Plan {
  readonly cos: Float64Array;
  readonly sin: Float64Array;
  /** Where each element goes before the first stage: its index with the bits reversed. */
  readonly reversed: Uint32Array;
  /** Periodic Hann window, w[n] = 0.5 − 0.5 cos(2πn/N). */
  readonly hann: Float64Array;
  /** Σ w². */
  readonly energy: number;
}

const plans = new Map<number, Plan>();

function planFor(n: number): Plan {
  let plan = plans.get(n);
  if (plan) return plan;
  const cos = new Float64Array(n / 2);
  const sin = new Float64Array(n / 2);
  const reversed = new Uint32Array(n);
  const hann = new Float64Array(n);
  const bits = Math.log2(n);
  let energy = 0;
  for (let i = 0; i < n; i++) {
    const angle = (2 * Math.PI * i) / n;
    if (i < n / 2) {
      cos[i] = Math.cos(angle);
      sin[i] = Math.sin(angle);
    }
    for (let b = 0; b < bits; b++) reversed[i] = ((reversed[i] as number) << 1) | ((i >> b) & 1);
    hann[i] = 0.5 - 0.5 * Math.cos(angle);
    energy += (hann[i] as number) ** 2;
  }
  plan = { cos, sin, reversed, hann, energy };
  plans.set(n, plan);
  return plan;
}

/**
 * The discrete Fourier transform, in place: X[k] = Σ x[n] e^(−2πikn/N); radix 2, decimation in time (Cooley and Tukey,
 * Math. Comp. 19 (1965) 297-301).
 * @param re real parts; their number is a power of two of at least 2
 * @param im imaginary parts, as many
 */
export function fft(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  const { cos, sin, reversed } = planFor(n);
  for (let i = 0; i < n; i++) {
    const j = reversed[i] as number;
    if (j <= i) continue;
    [re[i], re[j]] = [re[j] as number, re[i] as number];
    [im[i], im[j]] = [im[j] as number, im[i] as number];
  }
  for (let half = 1; half < n; half *= 2) {
    const step = n / (2 * half);
    for (let start = 0; start < n; start += 2 * half) {
      for (let k = 0; k < half; k++) {
        const a = start + k;
        const b = a + half;
        const c = cos[k * step] as number;
        const s = sin[k * step] as number;
        const br = re[b] as number;
        const bi = im[b] as number;
        const tr = br * c + bi * s;
        const ti = bi * c - br * s;
        re[b] = (re[a] as number) - tr;
        im[b] = (im[a] as number) - ti;
        re[a] = (re[a] as number) + tr;
        im[a] = (im[a] as number) + ti;
      }
    }
  }
}

/** A one-sided power spectral density: `density[k]`, in unit²/Hz, at k × resolutionHz. */
export interface Spectrum {
  readonly density: Float64Array;
  readonly resolutionHz: number;
}

/** Evenly spaced stretches of one signal; nothing is assumed of the time between them. */
export type Stretches = readonly ArrayLike<number>[];

/**
 * Welch's estimate: segments of a power of two of samples within the longest stretch (8,192 at most), half overlapping,
 * each without its mean and under a Hann window, the periodograms averaged. No segment reaches over the end of a
 * stretch; shorter stretches than a segment are left out. Undefined for fewer than 8 samples.
 */
export function welch(stretches: Stretches, rateHz: number): Spectrum | undefined {
  const longest = stretches.reduce((most, { length }) => Math.max(most, length), 0);
  if (longest < SHORTEST_SEGMENT) return undefined;
  const n = Math.min(LONGEST_SEGMENT, 2 ** Math.floor(Math.log2(longest)));
  const { energy } = planFor(n);
  const density = new Float64Array(n / 2 + 1);
  const pair: [Float64Array, Float64Array] = [new Float64Array(n), new Float64Array(n)];
  let segments = 0;
  for (const stretch of stretches) {
    for (let start = 0; start + n <= stretch.length; start += n / 2) {
      window(stretch, start, pair[segments % 2] as Float64Array);
      segments++;
      if (segments % 2 === 0) addPeriodograms(pair, density);
    }
  }
  if (segments % 2 === 1) {
    pair[1].fill(0);
    addPeriodograms(pair, density);
  }
  for (let k = 0; k <= n / 2; k++) {
    // Negative frequencies fold onto all but zero and half the rate.
    const sides = k === 0 || k === n / 2 ? 1 : 2;
    density[k] = ((density[k] as number) * sides) / (segments * rateHz * energy);
  }
  return { density, resolutionHz: rateHz / n };
}

/** Writes a segment without its mean and under the Hann window. */
function window(samples: ArrayLike<number>, start: number, out: Float64Array): void {
  const n = out.length;
  const { hann } = planFor(n);
  let mean = 0;
  for (let i = 0; i < n; i++) mean += samples[start + i] as number;
  mean /= n;
  for (let i = 0; i < n; i++) out[i] = ((samples[start + i] as number) - mean) * (hann[i] as number);
}

/**
 * Adds |X|² + |Y|² of two real signals to `sums`, with one transform: of z = x + iy, |X[k]|² + |Y[k]|² is
 * (|Z[k]|² + |Z[N − k]|²) / 2. The signals are used up.
 */
function addPeriodograms([re, im]: readonly [Float64Array, Float64Array], sums: Float64Array): void {
  const n = re.length;
  fft(re, im);
  for (let k = 0; k <= n / 2; k++) {
    const mirror = (n - k) % n;
    const both =
      (re[k] as number) ** 2 + (im[k] as number) ** 2 + (re[mirror] as number) ** 2 + (im[mirror] as number) ** 2;
    sums[k] = (sums[k] as number) + both / 2;
  }
}

/**
 * The power between `low` and `high` Hz, in unit²: Σ density × resolution over the bins with low ≤ f < high, half the rate
 * included where the band ends there. So neighbouring bands add up, and the whole band is the signal's variance under the
 * window (Parseval).
 * @returns a reason where the band cannot be told from these samples
 */
export function bandPower(
  { density, resolutionHz }: Spectrum,
  [low, high]: readonly [number, number],
): number | string {
  const top = (density.length - 1) * resolutionHz;
  if (high > top * (1 + 1e-9))
    return `the band ends at ${high} Hz, above half the sample rate, ${Number(top.toPrecision(6))} Hz`;
  let power = 0;
  let bins = 0;
  for (let k = Math.max(0, Math.ceil(low / resolutionHz - 1e-9)); k < density.length; k++) {
    const frequency = k * resolutionHz;
    if (frequency >= high - resolutionHz * 1e-9 && !(k === density.length - 1 && high >= top * (1 - 1e-9))) break;
    power += (density[k] as number) * resolutionHz;
    bins++;
  }
  if (bins === 0)
    return `the band from ${low} to ${high} Hz is narrower than the resolution, ${Number(resolutionHz.toPrecision(3))} Hz`;
  return power;
}
