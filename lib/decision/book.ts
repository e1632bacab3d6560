/**
 * The alarms of one device: the state machine, the store and the timer behind it. A transition is on the disk before it
 * is announced; a sample without one never waits. Counters are saved once a second.
 */
import type { Clock } from "../clock";
import { asError } from "../errors";
import type { Mer } from "../messages";
import type { Alarm, AlarmSettings, Change, Now } from "./alarm";
import { admit } from "./capacity";
import type { AlarmCommand } from "./commands";
import {
  EMPTY_STATE,
  allAlarms,
  reduce,
  rejoin,
  type AlarmEvent,
  type AlarmState,
  type ConditionVerdict,
  type Touched,
} from "./reducer";
import type { AlarmStore, StoredAlarm } from "./store";
import { AlarmWriter } from "./writer";

const TICK_MS = 1000;

/** Who feeds samples in (a decision node) and takes what happens between them. */
export interface Desk {
  readonly settings: AlarmSettings;
  /** Alarms that cleared, and shelves that ended, by time. */
  announce(settled: Settled): void;
}

/** What happened, once it is stored, or could not be: then each record says `durable: false` and `failure` why. */
export interface Settled {
  readonly changes: readonly Change[];
  readonly failure: Error | undefined;
}

export interface Taken {
  readonly verdicts: readonly ConditionVerdict[];
  /** Labels whose alarm is not kept: as many as can be are watched already. */
  readonly turnedAway: readonly string[];
  /** Only when something happened to a record; never rejects. */
  readonly settled: Promise<Settled> | undefined;
}

type SampleEvent = Extract<AlarmEvent, { kind: "sample" }>;

export class AlarmBook {
  /** Resolves, never rejects, when the records that were open are known again. */
  readonly loaded: Promise<void>;
  ready = false;
  private state: AlarmState = EMPTY_STATE;
  private readonly desks = new Set<Desk>();
  private readonly owners = new Map<string, Desk>();
  private readonly writer: AlarmWriter;
  private loadFailure: Error | undefined;
  private reading = false;
  private cancelTick: (() => void) | undefined;

  constructor(
    private readonly store: AlarmStore,
    private readonly clock: Clock,
  ) {
    this.writer = new AlarmWriter(store);
    this.loaded = this.load();
  }

  /** Why alarms are not stored at this moment. */
  get failure(): Error | undefined {
    return this.writer.failure ?? this.loadFailure;
  }

  /** Transitions that had to go, the oldest first, because more than are kept waited for the disk or for an upload. */
  get lost(): number {
    return this.writer.lost + this.store.lost;
  }

  attach(desk: Desk): void {
    this.desks.add(desk);
  }

  detach(desk: Desk): void {
    this.desks.delete(desk);
    for (const [key, owner] of this.owners) if (owner === desk) this.owners.delete(key);
  }

  /** True when an alarm of this asset is active, delayed or open: its samples then count, whatever they say. */
  watches(assetId: string): boolean {
    return this.state.assets.has(assetId);
  }

  take(desk: Desk, event: SampleEvent): Taken {
    const { state, conditions, turnedAway } = admit(this.state, event.asset.id, event.conditions);
    if (state !== this.state) this.forgetOwners(state);
    this.state = state;
    const { changes, verdicts } = this.apply(conditions === event.conditions ? event : { ...event, conditions }, desk);
    return { verdicts, turnedAway, settled: changes.length > 0 ? this.settle(changes) : undefined };
  }

  /** @throws EdgeError `mer-unknown`, `command-field` */
  command(desk: Desk, command: AlarmCommand): Promise<Settled> {
    return this.settle(this.apply({ kind: "command", command }, desk).changes);
  }

  /** Open records, the latest first; those held back by a flood are among them, unless only `announced` ones are asked for. */
  open(announced = false): Mer[] {
    const mers: Mer[] = [];
    for (const { mer, held } of allAlarms(this.state)) if (mer && !(announced && held)) mers.push(mer);
    return mers.sort((a, b) => b.updated_at.localeCompare(a.updated_at));
  }

  /** Closed records, the latest first. */
  closed(limit: number): Promise<Mer[]> {
    return this.store.list({ closed: true, limit });
  }

  /** Saves what is not saved yet. Desks must be detached. @throws Error why it could not be saved */
  async close(): Promise<void> {
    this.cancelTick?.();
    this.cancelTick = undefined;
    await this.loaded;
    const failure = this.writer.unsaved > 0 ? await this.save() : undefined;
    if (failure) throw failure;
  }

  private async load(): Promise<void> {
    await this.readOpen();
    this.ready = true;
    this.arm();
  }

  /** While it fails samples are judged all the same, and nothing is saved: at most one record is open per asset and label. */
  private async readOpen(): Promise<readonly Change[]> {
    try {
      const open = await this.store.load();
      const { state, changes } = rejoin(this.state, open, this.now());
      this.state = state;
      this.loadFailure = undefined;
      this.note(changes);
      return changes;
    } catch (error) {
      this.loadFailure = asError(error);
      return [];
    }
  }

  private async readAgain(): Promise<void> {
    if (this.reading) return;
    this.reading = true;
    const changes = await this.readOpen();
    this.reading = false;
    if (this.loadFailure) return;
    const settled = await this.settle(changes);
    for (const desk of this.desks) desk.announce(desk === this.firstDesk() ? settled : { ...settled, changes: [] });
  }

  private note(changes: readonly Change[]): void {
    for (const { mer } of changes) {
      this.writer.note(this.stored(mer));
      this.writer.tell(mer);
    }
  }

  private async save(): Promise<Error | undefined> {
    return this.loadFailure ?? this.writer.save();
  }

  private firstDesk(): Desk | undefined {
    return this.desks.values().next().value;
  }

  private apply(event: AlarmEvent, desk: Desk): { changes: readonly Change[]; verdicts: readonly ConditionVerdict[] } {
    const { state, changes, verdicts, touched } = reduce(this.state, event, this.now(), desk.settings);
    this.state = state;
    this.note(changes);
    if (event.kind === "sample") this.noteCounters(touched, desk);
    this.arm();
    return { changes, verdicts };
  }

  private noteCounters(touched: readonly Touched[], desk: Desk): void {
    for (const { was, alarm, is } of touched) {
      if (was === is) continue;
      if (!is) {
        this.owners.delete(keyOf(alarm));
        continue;
      }
      this.owners.set(keyOf(is), desk);
      if (is.mer && is.mer !== was?.mer) this.writer.note(this.stored(is.mer));
    }
  }

  private stored(mer: Mer): StoredAlarm {
    const alarm = this.state.assets.get(mer.asset_id)?.get(mer.label);
    const own = alarm?.mer?.mer_id === mer.mer_id ? alarm : undefined;
    return { mer: own?.mer ?? mer, held: own?.held ?? false, episode: own?.episode };
  }

  private async settle(changes: readonly Change[]): Promise<Settled> {
    const failure = await this.save();
    if (failure === undefined) return { changes, failure };
    return { changes: changes.map((change) => ({ ...change, mer: { ...change.mer, durable: false } })), failure };
  }

  private arm(): void {
    if (this.cancelTick || this.isIdle()) return;
    this.cancelTick = this.clock.after(TICK_MS, () => {
      this.cancelTick = undefined;
      this.tick();
      this.arm();
    });
  }

  private tick(): void {
    for (const desk of this.desks) {
      const { changes } = this.apply({ kind: "tick", mine: (alarm) => this.ownerOf(alarm) === desk }, desk);
      if (changes.length === 0) continue;
      void this.settle(changes).then((settled) => desk.announce(settled));
    }
    if (this.loadFailure) void this.readAgain();
    else if (this.writer.unsaved > 0) void this.saveCounters();
  }

  /** Of alarms that gave way to others. */
  private forgetOwners(state: AlarmState): void {
    for (const alarm of allAlarms(this.state))
      if (!state.assets.get(alarm.asset.id)?.has(alarm.label)) this.owners.delete(keyOf(alarm));
  }

  private isIdle(): boolean {
    const { assets, floods } = this.state;
    return assets.size === 0 && floods.size === 0 && this.writer.unsaved === 0 && this.loadFailure === undefined;
  }

  private async saveCounters(): Promise<void> {
    const before = this.failure;
    const failure = await this.save();
    if ((before === undefined) === (failure === undefined)) return;
    for (const desk of this.desks) desk.announce({ changes: [], failure });
  }

  /** An alarm restored after a restart, or left by a node that is gone, passes to the first there is. */
  private ownerOf(alarm: Alarm): Desk | undefined {
    return this.owners.get(keyOf(alarm)) ?? this.firstDesk();
  }

  private now(): Now {
    return { wall: this.clock.now(), mono: this.clock.monotonic() };
  }
}

function keyOf(alarm: Alarm): string {
  return `${alarm.asset.id}\0${alarm.label}`;
}
