/**
 * Randomness with a seed: the same seed and name give the same numbers on every machine and version. Generator: sfc32
 * (C. Doty-Humphrey, PractRand), seeded by hashing "seed/name" with FNV-1a and mixing with splitmix32. Not for secrets.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;
  private spare: number | undefined;

  /** @param name a stream of its own: what one part of the plant draws never moves what another part draws */
  constructor(
    private readonly seed: number,
    private readonly name = "",
  ) {
    const mix = splitmix32(fnv1a(`${seed}/${name}`));
    this.a = mix();
    this.b = mix();
    this.c = mix();
    // sfc32 needs some rounds before close seeds stop looking alike.
    for (let i = 0; i < 12; i++) this.uint32();
  }

  stream(name: string): Random {
    return new Random(this.seed, `${this.name}/${name}`);
  }

  /** A whole number in [0, 2^32). */
  uint32(): number {
    const out = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + out;
    this.c |= 0;
    return out >>> 0;
  }

  /** Uniform in [0, 1), 32 bits of resolution. */
  uniform(): number {
    return this.uint32() / 0x1_0000_0000;
  }

  /** A whole number in [low, high]. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.uniform() * (high - low + 1));
  }

  /** Standard normal, by Marsaglia's polar method. */
  normal(): number {
    if (this.spare !== undefined) {
      const value = this.spare;
      this.spare = undefined;
      return value;
    }
    for (;;) {
      const u = 2 * this.uniform() - 1;
      const v = 2 * this.uniform() - 1;
      const square = u * u + v * v;
      if (square === 0 || square >= 1) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      this.spare = v * factor;
      return u * factor;
    }
  }

  pick<T>(items: readonly T[]): T {
    return items[this.integer(0, items.length - 1)] as T;
  }

  /** One of the keys, with a chance in proportion to its weight. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
    const entries = Object.entries<number>(weights) as [K, number][];
    let left = this.uniform() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [key, weight] of entries) {
      left -= weight;
      if (left < 0) return key;
    }
    return (entries.at(-1) as [K, number])[0];
  }

  /** The items in another order (Fisher–Yates). */
  shuffled<T>(items: readonly T[]): T[] {
    const out = [...items];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.integer(0, i);
      [out[i], out[j]] = [out[j] as T, out[i] as T];
    }
    return out;
  }

  /** `bits` random bits in hexadecimal (a multiple of 32). */
  hex(bits: number): string {
    let out = "";
    for (let i = 0; i < bits; i += 32) out += this.uint32().toString(16).padStart(8, "0");
    return out;
  }

  /** UUID version 7 of the plant's own time: unlike lib/ids, the same seed gives the same id. */
  uuidv7(epochMs: number): string {
    const time = epochMs.toString(16).padStart(12, "0");
    const bits = this.hex(96);
    const variant = ((Number.parseInt(bits[3] as string, 16) & 0x3) | 0x8).toString(16);
    return `${time.slice(0, 8)}-${time.slice(8)}-7${bits.slice(0, 3)}-${variant}${bits.slice(4, 7)}-${bits.slice(7, 19)}`;
  }
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

function splitmix32(state: number): () => number {
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state ^ (state >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return z ^ (z >>> 15);
  };
}
