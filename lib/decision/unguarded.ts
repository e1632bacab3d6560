import type { Clock } from "../clock";
import type { LimitRow } from "./limits";

/** The asset of a sample that names none: a scan whose context, which would name it, was not found. */
export const UNASSIGNED = "unassigned";

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

/** How long a sample of no asset is remembered, for lack of a later one that could show that it is over. */
const UNASSIGNED_MS = 60_000;

/**
 * The limits that do not guard, per asset: each is said once, when it begins, and counted as long as it lasts. Of no asset
 * no good sample ever comes: there it lasts until the limit guards any asset, or until a minute has passed without another.
 */
export class Unguarded {
  /** Counts up with every change. */
  version = 0;
  private readonly assets = new Map<string, Map<LimitRow, Gap>>();
  /** Monotonic. */
  private unassignedAt = 0;

  constructor(private readonly clock: Pick<Clock, "monotonic">) {}

  /** @returns true when this is news */
  note(asset: string, row: LimitRow, gap: Gap): boolean {
    if (asset === UNASSIGNED) this.unassignedAt = this.clock.monotonic();
    const gaps = this.assets.get(asset);
    if (gaps?.get(row)?.state === gap.state) return false;
    if (gaps) gaps.set(row, gap);
    else this.remember(asset, row, gap);
    this.version++;
    return true;
  }

  guarded(asset: string, row: LimitRow): void {
    if (this.assets.size === 0) return;
    this.forget(asset, row);
    this.forget(UNASSIGNED, row);
  }

  /** After how many milliseconds time alone changes what is told here; undefined: never. */
  settlesInMs(): number | undefined {
    if (!this.assets.has(UNASSIGNED)) return undefined;
    return Math.max(0, this.unassignedAt + UNASSIGNED_MS - this.clock.monotonic());
  }

  private forget(asset: string, row: LimitRow): void {
    const gaps = this.assets.get(asset);
    if (!gaps?.delete(row)) return;
    if (gaps.size === 0) this.assets.delete(asset);
    this.version++;
  }

  /** How many limits do not guard somewhere, and what each lacks. */
  summary(): { readonly limits: number; readonly what: readonly string[] } {
    this.settle();
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

  /** Which limits, and why, in one text for each asset: "temperature > 95, vibration_x > 4 not guarded: no context". */
  *causes(): Iterable<{ readonly asset: string; readonly cause: string }> {
    this.settle();
    for (const [asset, gaps] of this.assets) {
      const limits = new Map<string, string[]>();
      for (const [{ channel, operator, value }, { reason }] of gaps) {
        const named = `${channel} ${operator} ${value}`;
        limits.set(reason, [...(limits.get(reason) ?? []), named]);
      }
      yield { asset, cause: [...limits].map(([why, named]) => `${named.join(", ")} not guarded: ${why}`).join("; ") };
    }
  }

  private settle(): void {
    if (this.settlesInMs() !== 0) return;
    this.assets.delete(UNASSIGNED);
    this.version++;
  }

  private remember(asset: string, row: LimitRow, gap: Gap): void {
    const [oldest] = this.assets.keys();
    if (this.assets.size >= MOST_ASSETS && oldest !== undefined) this.assets.delete(oldest);
    this.assets.set(asset, new Map([[row, gap]]));
  }
}
