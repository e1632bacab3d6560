import { EdgeError } from "./errors";

/**
 * Runs tasks at once and hands their results over in the order they came, per key (an asset): a slow lookup never
 * overtakes, and never waits for, another asset's. Bounded: beyond `limit` tasks under way a new one is refused.
 */
export class OrderedByKey {
  private readonly lines = new Map<string, Slot[]>();
  private pending = 0;
  /** How many tasks were refused because `limit` were under way. */
  refused = 0;

  constructor(readonly limit: number) {}

  get size(): number {
    return this.pending;
  }

  /**
   * Starts `task`; calls `deliver`, which must not throw, with its outcome once every earlier task of the same key has been
   * delivered.
   * @throws EdgeError `queue-full`
   */
  run<T>(key: string, task: () => Promise<T>, deliver: (error: unknown, value: T | undefined) => void): void {
    if (this.pending >= this.limit) {
      this.refused++;
      throw new EdgeError(
        "queue-full",
        `${this.pending} messages are under way, limit ${this.limit}: this one was refused`,
      );
    }
    const slot: Slot = { settled: false, deliver: undefined };
    const line = this.lines.get(key);
    if (line) line.push(slot);
    else this.lines.set(key, [slot]);
    this.pending++;
    const settle = (error: unknown, value: T | undefined): void => {
      slot.settled = true;
      slot.deliver = () => deliver(error, value);
      this.flush(key);
    };
    let started: Promise<T>;
    try {
      started = task();
    } catch (error) {
      settle(error, undefined);
      return;
    }
    started.then(
      (value) => settle(undefined, value),
      (error: unknown) => settle(error, undefined),
    );
  }

  private flush(key: string): void {
    const line = this.lines.get(key);
    if (!line) return;
    while (line.length > 0 && (line[0] as Slot).settled) {
      const slot = line.shift() as Slot;
      this.pending--;
      slot.deliver?.();
    }
    if (line.length === 0) this.lines.delete(key);
  }
}

interface Slot {
  settled: boolean;
  deliver: (() => void) | undefined;
}
