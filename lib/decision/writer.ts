import { asError } from "../errors";
import type { Mer } from "../messages";
import type { AlarmStore, StoredAlarm } from "./store";

/** Kept while nothing can be saved; beyond, the oldest go, and are counted: memory is not a disk. */
const MOST_TRANSITIONS = 10_000;

/**
 * Saves records, the newest version of each, one write at a time; what is asked meanwhile shares the next one. What could
 * not be saved is kept and goes with every later attempt, so that a disk with room again catches up. What happened to a
 * record is saved with it, each transition, unless more than 10,000 of them wait.
 */
export class AlarmWriter {
  private readonly waiting = new Map<string, StoredAlarm>();
  private transitions: Mer[] = [];
  private running: Promise<unknown> = Promise.resolve();
  private next: Promise<Error | undefined> | undefined;
  /** Why the last write failed; undefined when it did not. */
  failure: Error | undefined;
  /** Transitions that had to go before they could be saved. */
  lost = 0;

  constructor(private readonly store: AlarmStore) {}

  /** How many records are newer than what is stored. */
  get unsaved(): number {
    return this.waiting.size;
  }

  /** Remembers the version to save with the next write. */
  note(alarm: StoredAlarm): void {
    this.waiting.set(alarm.mer.mer_id, alarm);
  }

  /** Something happened to a record: it goes with the next write. */
  tell(transition: Mer): void {
    this.transitions.push(transition);
    this.bound();
  }

  /** Saves all that was noted. Resolves, never rejects, with what went wrong. */
  save(): Promise<Error | undefined> {
    if (this.next === undefined) {
      this.next = this.running.then(() => this.write());
      this.running = this.next;
    }
    return this.next;
  }

  private async write(): Promise<Error | undefined> {
    this.next = undefined;
    const batch = [...this.waiting.values()];
    const transitions = this.transitions;
    this.waiting.clear();
    this.transitions = [];
    try {
      if (batch.length > 0) await this.store.save(batch, transitions);
      this.failure = undefined;
    } catch (error) {
      for (const alarm of batch) {
        if (!this.waiting.has(alarm.mer.mer_id)) this.waiting.set(alarm.mer.mer_id, alarm);
      }
      this.transitions = transitions.concat(this.transitions);
      this.bound();
      this.failure = asError(error);
    }
    return this.failure;
  }

  private bound(): void {
    const over = this.transitions.length - MOST_TRANSITIONS;
    if (over <= 0) return;
    this.transitions.splice(0, over);
    this.lost += over;
  }
}
