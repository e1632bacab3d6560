/**
 * The last stretch of a channel's values with their times, in bounded memory. Where the bound makes it drop values that the
 * stretch still covers, it says so: a window never silently means less than its length.
 */

/** Values that a window holds at most: 1 MiB with their times. */
export const WINDOW_CAPACITY = 65_536;
/** Bytes that all windows of a node hold at most. */
export const NODE_BYTES = 32 * 1024 * 1024;

const BYTES_EACH = 16;
const SMALLEST = 64;

/** The memory that the windows of one node share. */
export class WindowBudget {
  private used = 0;

  constructor(readonly limit = NODE_BYTES) {}

  /** @returns false when that would pass the limit; nothing is taken then */
  take(bytes: number): boolean {
    if (this.used + bytes > this.limit) return false;
    this.used += bytes;
    return true;
  }

  /** Takes back what was taken. */
  give(bytes: number): void {
    this.used -= bytes;
  }
}

/** Evenly spaced samples, the oldest first. */
export interface Burst {
  readonly samples: Float64Array;
  readonly rateHz: number;
}

interface Span {
  /** Counted from the first value that ever came. */
  readonly begin: number;
  readonly end: number;
  readonly rateHz: number;
}

/** A ring of values in the order of their times. */
export class Window {
  private values = new Float64Array(0);
  private times = new Float64Array(0);
  private first = 0;
  private count = 0;
  /** Values that ever came. */
  private total = 0;
  private spans: Span[] = [];
  /** Time of the newest value that was dropped for want of memory. */
  private droppedAt = -Infinity;

  constructor(
    readonly spanMs: number,
    private readonly budget = new WindowBudget(),
    private readonly capacity = WINDOW_CAPACITY,
  ) {}

  /** Takes a value; one that is older than the newest is put in its place. */
  push(value: number, at: number): void {
    if (this.count === this.values.length && !this.makeRoom(at)) return;
    let i = this.count++;
    this.total++;
    for (; i > 0 && this.timeAt(i - 1) > at; i--) this.put(i, this.valueAt(i - 1), this.timeAt(i - 1));
    this.put(i, value, at);
    // Samples that something came between are no longer evenly spaced.
    if (i < this.count - 1) this.spans = [];
  }

  /**
   * Takes evenly spaced samples, the newest at `at`, before which `cut` more came that are not among them. A burst older than
   * what is there already is not taken.
   */
  pushBurst(samples: ArrayLike<number>, rateHz: number, at: number, cut = 0): void {
    const { length } = samples;
    let newest = this.count === 0 ? -Infinity : this.timeAt(this.count - 1);
    if (at < newest) return;
    const skipped = Math.max(0, length - this.capacity);
    const timeOf = (i: number): number => at - ((length - 1 - i) * 1000) / rateHz;
    if (skipped + cut > 0) this.droppedAt = timeOf(skipped - 1);
    const begin = this.total;
    for (let i = skipped; i < length; i++) {
      // Bursts that arrive a little early overlap the one before by a few samples: order is what counts.
      newest = Math.max(newest, timeOf(i));
      if (this.count === this.values.length && !this.makeRoom(newest)) return;
      this.put(this.count++, samples[i] as number, newest);
      this.total++;
    }
    this.forgetSpans();
    this.spans.push({ begin, end: this.total, rateHz });
  }

  /** Forgets everything and gives its memory back to the node. */
  release(): void {
    this.budget.give(this.values.length * BYTES_EACH);
    this.values = new Float64Array(0);
    this.times = new Float64Array(0);
    this.first = 0;
    this.count = 0;
    this.spans = [];
  }

  /** The values of the stretch that ends at `now`, the oldest first. */
  valuesAt(now: number): Float64Array {
    this.forget(now - this.spanMs);
    return this.slice(0, this.count);
  }

  /** What is left in the stretch of the bursts that came, the oldest first. */
  burstsAt(now: number): Burst[] {
    this.forget(now - this.spanMs);
    const oldest = this.forgetSpans();
    return this.spans.map(({ begin, end, rateHz }) => ({
      samples: this.slice(Math.max(begin, oldest) - oldest, end - oldest),
      rateHz,
    }));
  }

  /** True when values of the stretch that ends at `now` were dropped for want of memory. */
  lacks(now: number): boolean {
    return this.droppedAt >= now - this.spanMs;
  }

  /** The values on either side of `moment`, where there are. */
  around(moment: number): { before?: Point; after?: Point } {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.timeAt(middle) <= moment) low = middle + 1;
      else high = middle;
    }
    const found: { before?: Point; after?: Point } = {};
    if (low > 0) found.before = { value: this.valueAt(low - 1), at: this.timeAt(low - 1) };
    if (low < this.count) found.after = { value: this.valueAt(low), at: this.timeAt(low) };
    return found;
  }

  private slice(from: number, to: number): Float64Array {
    const out = new Float64Array(to - from);
    for (let i = from; i < to; i++) out[i - from] = this.valueAt(i);
    return out;
  }

  private valueAt(i: number): number {
    return this.values[(this.first + i) & (this.values.length - 1)] as number;
  }

  private timeAt(i: number): number {
    return this.times[(this.first + i) & (this.times.length - 1)] as number;
  }

  private put(i: number, value: number, at: number): void {
    const place = (this.first + i) & (this.values.length - 1);
    this.values[place] = value;
    this.times[place] = at;
  }

  private forget(before: number): void {
    while (this.count > 0 && this.timeAt(0) < before) this.drop();
  }

  /** Lets go of the bursts of which no value is left. @returns the number of the oldest value that is there */
  private forgetSpans(): number {
    const oldest = this.total - this.count;
    while (this.spans[0] && this.spans[0].end <= oldest) this.spans.shift();
    return oldest;
  }

  private drop(): void {
    this.first = (this.first + 1) & (this.values.length - 1);
    this.count--;
  }

  /** @returns false when the memory of the node has no room for even one value */
  private makeRoom(at: number): boolean {
    this.forget(at - this.spanMs);
    if (this.count < this.values.length) return true;
    const size = Math.min(this.capacity, Math.max(SMALLEST, this.values.length * 2));
    if (size > this.values.length && this.budget.take((size - this.values.length) * BYTES_EACH)) {
      const values = new Float64Array(size);
      const times = new Float64Array(size);
      for (let i = 0; i < this.count; i++) {
        values[i] = this.valueAt(i);
        times[i] = this.timeAt(i);
      }
      this.values = values;
      this.times = times;
      this.first = 0;
      return true;
    }
    this.droppedAt = this.count === 0 ? at : this.timeAt(0);
    if (this.count > 0) this.drop();
    return this.values.length > 0;
  }
}

/** A value and when it was. */
export interface Point {
  readonly value: number;
  readonly at: number;
}
