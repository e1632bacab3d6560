/** Statistics of the last stretch of a channel's values. */

export const FEATURES = ["mean", "std", "min", "max", "p2p", "rms"] as const;
export type Feature = (typeof FEATURES)[number];

/** Values that a window holds at most. */
export const WINDOW_CAPACITY = 8192;

/**
 * The values of the last `spanMs`, at most 8,192 of them (the oldest go first). Only usable values belong in it: a window
 * with a gap says what it saw, and the channel's quality tells of the gap.
 */
export class Window {
  private values = new Float64Array(64);
  private times = new Float64Array(64);
  private first = 0;
  private count = 0;

  private readonly of: Readonly<Record<Feature, () => number>> = {
    mean: () => this.mean(),
    rms: () => Math.sqrt(this.sum((x) => x * x) / this.count),
    std: () => this.deviation(),
    min: () => this.extreme(Math.min),
    max: () => this.extreme(Math.max),
    p2p: () => this.extreme(Math.max) - this.extreme(Math.min),
  };

  constructor(readonly spanMs: number) {}

  push(value: number, at: number): void {
    if (this.count === this.values.length) this.makeRoom();
    const end = (this.first + this.count) & (this.values.length - 1);
    this.values[end] = value;
    this.times[end] = at;
    this.count++;
  }

  clear(): void {
    this.count = 0;
  }

  /** @returns null when no value is left in the window */
  feature(which: Feature, now: number): number | null {
    this.forget(now - this.spanMs);
    if (this.count === 0) return null;
    return this.of[which]();
  }

  private mean(): number {
    return this.sum((x) => x) / this.count;
  }

  /** The sample's standard deviation (n − 1); a single value has none, which reads as 0. */
  private deviation(): number {
    const mean = this.mean();
    return this.count === 1 ? 0 : Math.sqrt(this.sum((x) => (x - mean) ** 2) / (this.count - 1));
  }

  private sum(of: (value: number) => number): number {
    let total = 0;
    for (let i = 0; i < this.count; i++) total += of(this.at(i));
    return total;
  }

  private extreme(pick: (a: number, b: number) => number): number {
    let found = this.at(0);
    for (let i = 1; i < this.count; i++) found = pick(found, this.at(i));
    return found;
  }

  private at(i: number): number {
    return this.values[(this.first + i) & (this.values.length - 1)] as number;
  }

  private forget(before: number): void {
    while (this.count > 0 && (this.times[this.first] as number) < before) {
      this.first = (this.first + 1) & (this.values.length - 1);
      this.count--;
    }
  }

  private makeRoom(): void {
    const size = this.values.length;
    this.forget((this.times[(this.first + size - 1) & (size - 1)] as number) - this.spanMs);
    if (this.count < size) return;
    if (size === WINDOW_CAPACITY) {
      this.first = (this.first + 1) & (size - 1);
      this.count--;
      return;
    }
    const values = new Float64Array(size * 2);
    const times = new Float64Array(size * 2);
    for (let i = 0; i < this.count; i++) {
      values[i] = this.at(i);
      times[i] = this.times[(this.first + i) & (size - 1)] as number;
    }
    this.values = values;
    this.times = times;
    this.first = 0;
  }
}
