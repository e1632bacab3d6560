import assert from "node:assert/strict";
import { ManualClock } from "../../../lib/clock";
import type { AlarmSettings, Change } from "../../../lib/decision/alarm";
import { AlarmBook, type Desk, type Settled } from "../../../lib/decision/book";
import { parseCommand } from "../../../lib/decision/commands";
import { Decider, type Decided, type DeciderSettings } from "../../../lib/decision/decider";
import type { EdgeMessage, Mer } from "../../../lib/messages";
import { LABELS, MemoryStore, alarmSettings, deciderSettings, sample } from "./support";

/** A decision node without Node-RED: what it judged, and what went out on output 1. */
export class Plant {
  readonly sent: Change[] = [];
  readonly kept: Change[] = [];
  private readonly desk: Desk;
  readonly book: AlarmBook;
  readonly decider: Decider;

  private constructor(
    readonly store: MemoryStore,
    readonly clock: ManualClock,
    alarms: Partial<AlarmSettings>,
    settings: Partial<DeciderSettings>,
  ) {
    this.book = new AlarmBook(store, clock);
    this.desk = { settings: alarmSettings(alarms), announce: (settled) => this.note(settled) };
    this.book.attach(this.desk);
    this.decider = new Decider(deciderSettings(settings), this.book, this.desk, () => LABELS);
  }

  static async start(
    alarms: Partial<AlarmSettings> = {},
    {
      store = new MemoryStore(),
      clock = new ManualClock(),
      ...settings
    }: Partial<DeciderSettings> & { store?: MemoryStore; clock?: ManualClock } = {},
  ): Promise<Plant> {
    const plant = new Plant(store, clock, alarms, settings);
    await plant.book.loaded;
    return plant;
  }

  async see(message: EdgeMessage): Promise<Decided> {
    const decided = this.decider.decide(message);
    assert.ok(decided);
    if (decided.settled) this.note(await decided.settled);
    return decided;
  }

  /** Judges samples of one label in turn and says what came of each. */
  async outcomes(...labels: (string | null)[]): Promise<string[]> {
    const outcomes: string[] = [];
    for (const label of labels) outcomes.push((await this.see(sample(label))).decision.outcome);
    return outcomes;
  }

  async command(name: string, fields: object): Promise<void> {
    this.note(await this.book.command(this.desk, parseCommand({ name, ...fields })));
  }

  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 1000) {
      this.clock.advance(Math.min(left, 1000));
      await settle();
    }
  }

  events(): string[] {
    return this.sent.map(({ event, mer }) => `${event} ${mer.label}`);
  }

  get mer(): Mer {
    return this.book.open()[0];
  }

  private note({ changes }: Settled): void {
    this.kept.push(...changes);
    this.sent.push(...changes.filter((change) => change.sent));
  }
}

/** Lets the writer's chain of promises run. */
async function settle(): Promise<void> {
  for (let i = 0; i < 12; i++) await Promise.resolve();
}
