import type { Clock } from "../clock";
import type { AssetRef, ChannelState, SensorData, Unusable } from "../messages";
import { Cell } from "./cell";
import type { ChannelSpec } from "./channel";
import type { Trouble } from "./judge";
import type { Reading } from "./reading";
import type { RunOfAsset } from "./run";
import type { WindowBudget } from "./window";

/** A channel went stale, or a usable reading came after it had been. */
export interface Transition {
  readonly kind: "channel-stale" | "channel-good";
  readonly channel: string;
  readonly trouble: Trouble | undefined;
}

/** The channels as they stand at one moment. */
export interface Snapshot {
  readonly data: SensorData;
  readonly channels: Record<string, ChannelState>;
  readonly complete: boolean;
  /** Why the sample is not usable: the first required channel in trouble. */
  readonly unusable: Unusable | undefined;
}

/**
 * Everything that is known of one asset: its channels, its runs, and one timer that tells staleness without a new reading.
 * The timer stands at the earliest moment at which a channel can become stale; readings only move that moment, so they
 * cost no timer of their own.
 */
export class AssetState {
  readonly cells: readonly Cell[];
  /** Monotonic time of the last reading or scan. */
  heardAt: number;
  private disarm: (() => void) | undefined;
  private armedFor = Infinity;

  /**
   * @param shared the state of readings that name no asset; they stand in where this asset has none of its own
   * @param run the asset's runs
   * @param announce called for every transition, from the timer or from a reading
   */
  constructor(
    readonly asset: AssetRef | undefined,
    readonly run: RunOfAsset,
    specs: readonly ChannelSpec[],
    private readonly clock: Clock,
    private readonly shared: AssetState | undefined,
    private readonly announce: (state: AssetState, transition: Transition) => void,
    budget?: WindowBudget,
  ) {
    this.cells = specs.map((spec) => new Cell(spec, budget));
    this.heardAt = clock.monotonic();
  }

  /** @returns true when the channel's quality changed */
  take(channel: number, reading: Reading): boolean {
    const cell = this.cells[channel] as Cell;
    const now = this.clock.monotonic();
    const changed = cell.take(reading, now, this.clock.now());
    this.heardAt = now;
    const isBack = cell.announced && cell.usable(now) !== null;
    // The timer leaves out what was announced: a channel that is back must be in it again.
    if (isBack) cell.announced = false;
    if (cell.staleFrom < this.armedFor) this.arm(now);
    if (isBack) this.announce(this, { kind: "channel-good", channel: cell.spec.name, trouble: undefined });
    return changed;
  }

  snapshot(): Snapshot {
    const now = this.clock.monotonic();
    const data: Record<string, number | null> = {};
    const channels: Record<string, ChannelState> = {};
    let unusable: Unusable | undefined;
    for (let i = 0; i < this.cells.length; i++) {
      const cell = this.cell(i);
      const { name, required } = cell.spec;
      const value = cell.usable(now);
      data[name] = value;
      cell.addFeatures(data, now);
      channels[name] = cell.state(now);
      if (value === null && required && unusable === undefined) {
        const trouble = cell.trouble(now) as Trouble;
        unusable = { code: trouble.code, channel: name, reason: trouble.reason };
      }
    }
    return { data, channels, complete: unusable === undefined, unusable };
  }

  /** The first trouble of any channel, required ones first; undefined when all are usable. */
  trouble(): { channel: string; trouble: Trouble } | undefined {
    const now = this.clock.monotonic();
    let optional: { channel: string; trouble: Trouble } | undefined;
    for (let i = 0; i < this.cells.length; i++) {
      const cell = this.cell(i);
      const trouble = cell.trouble(now);
      if (!trouble) continue;
      if (cell.spec.required) return { channel: cell.spec.name, trouble };
      optional ??= { channel: cell.spec.name, trouble };
    }
    return optional;
  }

  /** Every channel in trouble now. */
  *troubles(): Iterable<{ readonly spec: ChannelSpec; readonly trouble: Trouble }> {
    const now = this.clock.monotonic();
    for (let i = 0; i < this.cells.length; i++) {
      const cell = this.cell(i);
      const trouble = cell.trouble(now);
      if (trouble) yield { spec: cell.spec, trouble };
    }
  }

  close(): void {
    this.run.close();
    for (const cell of this.cells) cell.close();
    this.disarm?.();
    this.disarm = undefined;
    this.armedFor = Infinity;
  }

  /** A channel's cell, or the shared one where this asset never had a reading of its own. */
  private cell(i: number): Cell {
    const own = this.cells[i] as Cell;
    return own.isMissing && this.shared ? (this.shared.cells[i] as Cell) : own;
  }

  private arm(now: number): void {
    let next = Infinity;
    for (const cell of this.cells) {
      if (cell.ages && !cell.announced && cell.staleFrom < next) next = cell.staleFrom;
    }
    this.disarm?.();
    this.armedFor = next;
    // One millisecond later than the limit: an age equal to it is still fresh.
    this.disarm = next === Infinity ? undefined : this.clock.after(Math.max(1, next - now + 1), () => this.check());
  }

  private check(): void {
    this.disarm = undefined;
    const now = this.clock.monotonic();
    for (const cell of this.cells) {
      if (cell.announced || !cell.isStale(now)) continue;
      cell.announced = true;
      this.announce(this, { kind: "channel-stale", channel: cell.spec.name, trouble: cell.trouble(now) });
    }
    this.arm(now);
  }
}
