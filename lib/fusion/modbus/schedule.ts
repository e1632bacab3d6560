import { halves, planRequests, type PollItem, type PollRequest } from "./plan";

/** A refused request is asked again at this pace, one a unit; the first time sooner. */
const PACE_MS = 800;
/** A unit that does not answer is asked again at this pace. */
const SILENT_PACE_MS = 1500;
/** Refusals in a row after which a unit is no longer asked for smaller and smaller parts at once. */
const MOST_IN_A_ROW = 4;

interface Unit<T extends PollItem> {
  readonly items: Set<T>;
  /** Asked on every round; undefined when it must be planned anew. */
  parts: PollRequest<T>[] | undefined;
  /** Asked one at a time, at a pace: what the device refused, and parts of it that were not tried yet. */
  later: PollRequest<T>[];
  /** How often each was refused in a row. */
  refusals: Map<PollRequest<T>, number>;
  refusedInARow: number;
  /** How often the unit was asked and stayed silent; 0 while it answers. */
  silences: number;
  nextTry: number;
}

/** What a round asks. */
export interface Round<T extends PollItem> {
  readonly requests: readonly PollRequest<T>[];
  /** Asks a silent unit whether it is back, at the end of the round; it may hold up nobody else. */
  readonly probe: PollRequest<T> | undefined;
}

/**
 * What to ask and when, so that one register that a device refuses costs only itself, a dead unit behind a gateway costs
 * the others nothing, and a device that can give nothing is asked less than twice a second. Bookkeeping only: no time
 * passes in here, and nothing is sent.
 */
export class Schedule<T extends PollItem> {
  private readonly units = new Map<number, Unit<T>>();

  constructor(private readonly gap: number) {}

  add(item: T): void {
    let unit = this.units.get(item.unit);
    if (!unit) {
      unit = { items: new Set(), ...fresh(), silences: 0, nextTry: 0 };
      this.units.set(item.unit, unit);
    }
    unit.items.add(item);
    Object.assign(unit, fresh());
  }

  remove(item: T): void {
    const unit = this.units.get(item.unit);
    if (!unit?.items.delete(item)) return;
    Object.assign(unit, fresh());
    if (unit.items.size === 0) this.units.delete(item.unit);
  }

  get isEmpty(): boolean {
    return this.units.size === 0;
  }

  has(item: T): boolean {
    return this.units.get(item.unit)?.items.has(item) ?? false;
  }

  *all(): Iterable<T> {
    for (const unit of this.units.values()) yield* unit.items;
  }

  itemsOf(unit: number): Iterable<T> {
    return this.units.get(unit)?.items ?? [];
  }

  /** True when not one unit answers: the connection itself is in doubt. */
  get allSilent(): boolean {
    for (const unit of this.units.values()) if (unit.silences === 0) return false;
    return true;
  }

  /** How often in a row the unit was asked and stayed silent. */
  silencesOf(unit: number): number {
    return this.units.get(unit)?.silences ?? 0;
  }

  /** A new connection: silent units may be asked at once. */
  reconnected(): void {
    for (const unit of this.units.values()) if (unit.silences > 0) unit.nextTry = 0;
  }

  due(now: number): Round<T> {
    const requests: PollRequest<T>[] = [];
    let longestWaiting: Unit<T> | undefined;
    for (const unit of this.units.values()) {
      if (unit.silences === 0) {
        requests.push(...this.partsOf(unit));
        const again = unit.nextTry <= now ? unit.later.shift() : undefined;
        if (again) {
          unit.later.push(again);
          requests.push(again);
        }
      } else if (unit.nextTry <= now && (!longestWaiting || unit.nextTry < longestWaiting.nextTry)) {
        longestWaiting = unit;
      }
    }
    return { requests, probe: longestWaiting && (this.partsOf(longestWaiting)[0] ?? longestWaiting.later[0]) };
  }

  answered(request: PollRequest<T>): void {
    const unit = this.units.get(request.unit);
    if (!unit) return;
    unit.refusedInARow = 0;
    // Where nobody answered, whatever it was is over: nobody waits for a turn of his own.
    if (this.allSilent) for (const other of this.units.values()) other.silences = 0;
    unit.silences = 0;
    if (unit.refusals.has(request)) Object.assign(unit, fresh());
    else if (unit.later.includes(request)) {
      unit.later = unit.later.filter((other) => other !== request);
      this.partsOf(unit).push(request);
    }
  }

  /**
   * The device answered with an exception.
   * @param divisible whether asking for less may help
   * @returns what to ask at once instead; empty where that must wait
   */
  refused(request: PollRequest<T>, divisible: boolean, now: number): readonly PollRequest<T>[] {
    const unit = this.units.get(request.unit);
    if (!unit) return [];
    unit.silences = 0;
    // Of a plan that is no more: the one that was made since asks for all of it in its own way.
    if (!unit.parts?.includes(request) && !unit.later.includes(request)) return [];
    unit.refusedInARow++;
    const without = (list: readonly PollRequest<T>[]): PollRequest<T>[] => list.filter((other) => other !== request);
    if (divisible && request.items.length > 1) {
      unit.parts = without(this.partsOf(unit));
      unit.later = without(unit.later);
      const parts = halves(request);
      if (unit.refusedInARow <= MOST_IN_A_ROW) {
        unit.parts.push(...parts);
        return parts;
      }
      unit.later.push(...parts);
      unit.nextTry = now + PACE_MS;
      return [];
    }
    const times = (unit.refusals.get(request) ?? 0) + 1;
    unit.refusals.set(request, times);
    unit.nextTry = times === 1 && unit.refusedInARow <= MOST_IN_A_ROW ? now : now + PACE_MS;
    unit.parts = without(this.partsOf(unit));
    if (!unit.later.includes(request)) unit.later.unshift(request);
    return [];
  }

  silent(unitNumber: number, now: number): void {
    const unit = this.units.get(unitNumber);
    if (!unit) return;
    unit.silences++;
    // One lost frame is common on a serial line: the next round asks again.
    unit.nextTry = unit.silences === 1 ? now : now + SILENT_PACE_MS;
  }

  private partsOf(unit: Unit<T>): PollRequest<T>[] {
    unit.parts ??= planRequests(unit.items, this.gap);
    return unit.parts;
  }
}

function fresh<T extends PollItem>(): Pick<Unit<T>, "parts" | "later" | "refusals" | "refusedInARow"> {
  return { parts: undefined, later: [], refusals: new Map(), refusedInARow: 0 };
}
