/**
 * Counts the runs of each asset in the store, beside the contexts: `cycles:motor-1` → `{cycle_count, run_id, at}`.
 *
 * The promise: a run that was given a number is stored, and none is counted twice. What was counted last stands beside the
 * count, so a write whose answer was lost is recognised and not repeated. While the store is away runs are kept in memory,
 * as a number, and made up for; a stop of Node-RED in that time loses them. That holds while one node counts an asset.
 */
import { isoTime, type Clock } from "../clock";
import { EdgeError, asError, errorCode } from "../errors";
import type { Context } from "../messages";
import type { ContextStore } from "./store";

const RETRY_MS = 1_000;
/** A store that is closed with its answer outstanding has this long to give it. */
const CLOSE_MS = 2_000;

export interface CycleOptions {
  /** Where an asset's count is kept. */
  readonly keyOf: (asset: string) => string;
  /** How long a message waits for its number. */
  readonly deadlineMs: number;
  /** Told once for each reason why counting fails; with undefined when it goes on for every asset. */
  readonly trouble: (reason: string | undefined) => void;
}

/** Runs that are counted with one write. */
interface Batch {
  size: number;
  lastRun: string;
  /** Who still waits for a number. */
  readonly told: Set<(before: number) => void>;
}

interface Line {
  /** Being written, again and again until the store has it: always the same runs, or they could not be recognised. */
  writing: Batch | undefined;
  /** What came meanwhile. */
  next: Batch | undefined;
  working: Promise<void> | undefined;
  /** Why its last write failed. */
  fault: string | undefined;
}

export class CycleCounter {
  private readonly lines = new Map<string, Line>();
  private closed = false;

  constructor(
    private readonly store: Pick<ContextStore, "update">,
    private readonly options: CycleOptions,
    private readonly clock: Clock,
  ) {}

  /** Runs that are not stored yet. */
  get waiting(): number {
    let sum = 0;
    for (const { writing, next } of this.lines.values()) sum += (writing?.size ?? 0) + (next?.size ?? 0);
    return sum;
  }

  /**
   * @param run id of the scan that begins it
   * @returns its number, once it is stored; undefined when that takes longer than the deadline, and it is counted later
   */
  count(asset: string, run: string): Promise<number | undefined> {
    if (this.closed) return Promise.resolve(undefined);
    const line = this.lines.get(asset) ?? { writing: undefined, next: undefined, working: undefined, fault: undefined };
    this.lines.set(asset, line);
    const batch = (line.next ??= { size: 0, lastRun: run, told: new Set() });
    const place = ++batch.size;
    batch.lastRun = run;
    return new Promise((resolve) => {
      const tell = (before: number): void => {
        cancel();
        resolve(before + place);
      };
      // Of a run that nobody waits for any more nothing is kept but that it is to be counted.
      const cancel = this.clock.after(this.options.deadlineMs, () => {
        batch.told.delete(tell);
        resolve(undefined);
      });
      batch.told.add(tell);
      line.working ??= this.work(asset, line);
    });
  }

  /** @returns how many runs could not be stored any more */
  async close(): Promise<number> {
    this.closed = true;
    const working = [...this.lines.values()].flatMap(({ working: one }) => (one ? [one] : []));
    await Promise.race([Promise.allSettled(working), this.pause(CLOSE_MS)]);
    return this.waiting;
  }

  private async work(asset: string, line: Line): Promise<void> {
    while (line.writing !== undefined || line.next !== undefined) {
      if (line.writing === undefined) {
        line.writing = line.next;
        line.next = undefined;
      }
      const batch = line.writing as Batch;
      try {
        const before = await this.write(this.options.keyOf(asset), batch);
        line.writing = undefined;
        this.say(line, undefined);
        for (const tell of batch.told) tell(before);
      } catch (error) {
        this.say(line, asError(error).message);
        // A spoilt count is mended by a person: the next run tries again.
        if (this.closed || errorCode(error) === "context-invalid") break;
        await this.pause(RETRY_MS);
      }
    }
    // In the same turn as the look at what came: a run that comes in between would be left lying.
    line.working = undefined;
  }

  /** @returns the count before the batch */
  private async write(key: string, { size, lastRun }: Batch): Promise<number> {
    let before = 0;
    await this.store.update(key, (stored): Context => {
      const count = countOf(key, stored);
      const already = stored?.["run_id"] === lastRun;
      before = already ? count - size : count;
      if (already) return stored;
      return { ...stored, cycle_count: count + size, run_id: lastRun, at: isoTime(this.clock.now()) };
    });
    return before;
  }

  /** Many assets that fail for one reason are one trouble, and one that works does not end that of another. */
  private say(line: Line, fault: string | undefined): void {
    if (fault === line.fault) return;
    line.fault = fault;
    const others = [...this.lines.values()].flatMap((one) => (one === line ? [] : [one.fault]));
    const known = fault === undefined ? others.some((other) => other !== undefined) : others.includes(fault);
    if (!known) this.options.trouble(fault);
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.clock.after(ms, resolve));
  }
}

/** @throws EdgeError `context-invalid` rather than begin again at 1 */
function countOf(key: string, stored: Context | undefined): number {
  const count = stored?.["cycle_count"] ?? 0;
  if (typeof count !== "number" || !Number.isSafeInteger(count) || count < 0)
    throw new EdgeError("context-invalid", `${key}: cycle_count is ${JSON.stringify(count)}, must be a whole number`, {
      remedy: 'set it with put: {"cycle_count": 0}',
    });
  return count;
}
