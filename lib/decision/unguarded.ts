import type { LimitRow } from "./limits";

/** Why a limit cannot be compared at this moment. */
export interface Gap {
  /** What is lacking, for the status: "pressure", "no context". */
  readonly what: string;
  /** Why, with the numbers. */
  readonly reason: string;
  /** Said again when this changes: an age that grows is no news. */
  readonly state: string;
}

/** Assets that are remembered; the one longest without a change goes first. */
const MOST_ASSETS = 1000;

/** The limits that do not guard, per asset: each is said once, when it begins, and counted as long as it lasts. */
export class Unguarded {
  /** Counts up with every change. */
  version = 0;
  private readonly assets = new Map<string, Map<LimitRow, Gap>>();

  /** @returns true when this is news */
  note(asset: string, row: LimitRow, gap: Gap): boolean {
    const gaps = this.assets.get(asset);
    if (gaps?.get(row)?.state === gap.state) return false;
    if (gaps) gaps.set(row, gap);
    else this.remember(asset, row, gap);
    this.version++;
    return true;
  }

  guarded(asset: string, row: LimitRow): void {
    const gaps = this.assets.get(asset);
    if (!gaps?.delete(row)) return;
    if (gaps.size === 0) this.assets.delete(asset);
    this.version++;
  }

  /** How many limits do not guard somewhere, and what each lacks. */
  summary(): { readonly limits: number; readonly what: readonly string[] } {
    const rows = new Set<LimitRow>();
    const what = new Set<string>();
    for (const gaps of this.assets.values()) {
      for (const [row, gap] of gaps) {
        rows.add(row);
        what.add(gap.what);
      }
    }
    return { limits: rows.size, what: [...what] };
  }

  /** Why, for each asset and limit. */
  *gaps(): Iterable<Gap & { readonly asset: string }> {
    for (const [asset, gaps] of this.assets) for (const gap of gaps.values()) yield { asset, ...gap };
  }

  private remember(asset: string, row: LimitRow, gap: Gap): void {
    const [oldest] = this.assets.keys();
    if (this.assets.size >= MOST_ASSETS && oldest !== undefined) this.assets.delete(oldest);
    this.assets.set(asset, new Map([[row, gap]]));
  }
}
