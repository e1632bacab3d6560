/**
 * The alarms of a device as one pure state machine: (state, event, now) → the state afterwards and what happened. At most
 * one record is open per asset and label. It never waits and never forgets: what is not announced is in `changes` too.
 */
import { EdgeError } from "../errors";
import type { AssetRef, Mer } from "../messages";
import {
  newAlarm,
  prune,
  see,
  wait,
  type Alarm,
  type AlarmSettings,
  type Change,
  type Now,
  type Verdict,
} from "./alarm";
import { obey, type AlarmCommand, type Target } from "./commands";
import { NO_FLOOD, countRaise, ebb, floodLabel, isFlooded, release, subside, swell, type Flood } from "./flood";
import type { Level } from "./limits";
import { isWorse, type Condition } from "./policy";
import { iso, passedBy, record, worstOf } from "./record";
import { VersionedMap } from "./versioned-map";

type AssetAlarms = ReadonlyMap<string, Alarm>;

export interface AlarmState {
  /** asset id → label → alarm; only what there is something to watch of. */
  readonly assets: ReadonlyMap<string, AssetAlarms>;
  /** line → flood */
  readonly floods: ReadonlyMap<string, Flood>;
}

export type AlarmEvent =
  | {
      readonly kind: "sample";
      readonly asset: AssetRef;
      readonly fusionId: string;
      readonly ldoId: string;
      readonly conditions: readonly Condition[];
      /** How an alarm whose condition is not met stands with this sample. */
      readonly levelOf: (label: string) => Level;
    }
  | { readonly kind: "command"; readonly command: AlarmCommand }
  | {
      readonly kind: "tick";
      /** Whose delays pass: not every alarm obeys the same settings. */ readonly mine: (alarm: Alarm) => boolean;
    };

/** What became of one condition of a sample. */
export interface ConditionVerdict {
  readonly label: string;
  readonly verdict: Verdict;
  readonly reason: string | undefined;
  readonly episode: string | undefined;
  readonly merId: string | undefined;
}

export interface Reduced {
  readonly state: AlarmState;
  readonly changes: readonly Change[];
  /** One per condition, in the order of the event's. */
  readonly verdicts: readonly ConditionVerdict[];
  /** Every alarm that is another now, in the order in which that happened; one may be there more than once. */
  readonly touched: readonly Touched[];
}

/** An alarm that became another. */
export interface Touched {
  readonly was: Alarm | undefined;
  /** Whose asset and label it is. */
  readonly alarm: Alarm;
  /** undefined: it is watched no more. */
  readonly is: Alarm | undefined;
}

export const EMPTY_STATE: AlarmState = { assets: new Map(), floods: new Map() };
const NO_LABELS: AssetAlarms = new Map();

/** @throws EdgeError `mer-unknown`, `command-field` for a command that cannot be done */
export function reduce(state: AlarmState, event: AlarmEvent, now: Now, settings: AlarmSettings): Reduced {
  const draft = new Draft(state);
  const verdicts: ConditionVerdict[] = [];
  switch (event.kind) {
    case "sample":
      takeSample(draft, event, now, settings, verdicts);
      break;
    case "command": {
      const alarm = find(state, event.command.target);
      draft.put(obey(alarm, event.command, now, settings, draft.changes), settings);
      break;
    }
    case "tick":
      letTimePass(draft, event.mine, now, settings);
      break;
  }
  return { state: draft.done(), changes: draft.changes, verdicts, touched: draft.touched };
}

/** A record that was open when the device stopped. */
export interface OpenRecord {
  readonly mer: Mer;
  readonly held: boolean;
  readonly episode: string | undefined;
}

/**
 * Records that were open when the device stopped, read only after samples were judged without them. At most one may be
 * open per asset and label: what was raised meanwhile is closed and counted in the one from before.
 */
export function rejoin(
  state: AlarmState,
  open: readonly OpenRecord[],
  now: Now,
): Omit<Reduced, "verdicts" | "touched"> {
  const restored = restore(open, now);
  const changes: Change[] = [];
  const assets = new Map(state.assets);
  for (const before of allAlarms(restored)) {
    const labels = new Map(assets.get(before.asset.id));
    const current = labels.get(before.label);
    labels.set(before.label, current ? goOnAs(before, current, now, changes) : before);
    assets.set(before.asset.id, labels);
  }
  return { state: { assets, floods: new Map([...restored.floods, ...state.floods]) }, changes };
}

function goOnAs(before: Alarm, current: Alarm, now: Now, changes: Change[]): Alarm {
  const { mer, held, shelfEnds } = before;
  if (!mer || !current.mer) return { ...current, mer, held, shelfEnds, episode: current.episode ?? before.episode };
  const cause = `was open before the start: goes on as ${mer.mer_id}`;
  const closed = { by: "context-edge", at: iso(now), cause };
  record(current, "closed", cause, { active: false, closed, cleared_at: iso(now) }, now, changes);
  const { cleared_at: _, ...kept } = mer;
  const { active, cleared_at } = current.mer;
  const { first_ldo_id } = mer.evidence;
  const count = mer.evidence.count + current.mer.evidence.count;
  const { severity, action } = isWorse(mer.severity, current.mer.severity) ? mer : current.mer;
  const limits = [...worstOf(passedBy(mer), passedBy(current.mer))];
  const evidence = { ...current.mer.evidence, first_ldo_id, count, limits };
  const joined: Mer = { ...kept, active, severity, action, evidence, ...(cleared_at !== undefined && { cleared_at }) };
  const known = { ...current, mer: joined, shelfEnds };
  return record(known, "updated", `went on as ${current.mer.mer_id} while it could not be read`, {}, now, changes);
}

/** Records that were open when the device stopped, as the state it starts with. */
export function restore(open: readonly OpenRecord[], now: Now): AlarmState {
  const assets = new Map<string, Map<string, Alarm>>();
  const floods = new Map<string, Flood>();
  for (const { mer, held, episode } of open) {
    const asset: AssetRef = { id: mer.asset_id, line: mer.line, station: "" };
    const shelfEnds = mer.shelved_until === null ? undefined : now.mono + shelfLeft(mer, mer.shelved_until, now);
    const labels = assets.get(asset.id) ?? new Map<string, Alarm>();
    labels.set(mer.label, { ...newAlarm(asset, mer.label), mer, held, episode, shelfEnds, eventAt: now.mono });
    assets.set(asset.id, labels);
    if (held) floods.set(mer.line, { raisedAt: [], on: true });
  }
  return { assets, floods };
}

/**
 * Milliseconds that are left of a shelf. How long the device stood still only the wall clock can tell, and it may have been
 * set meanwhile: it never makes a shelf longer than it was when the record was last written; too short is heard, too long
 * is not.
 */
function shelfLeft({ updated_at }: Mer, until: string, now: Now): number {
  const end = Date.parse(until);
  return Math.max(0, Math.min(end - now.wall, end - Date.parse(updated_at)));
}

export function* allAlarms(state: AlarmState): Generator<Alarm> {
  for (const labels of state.assets.values()) yield* labels.values();
}

type SampleEvent = Extract<AlarmEvent, { kind: "sample" }>;

function takeSample(
  draft: Draft,
  event: SampleEvent,
  now: Now,
  settings: AlarmSettings,
  verdicts: ConditionVerdict[],
): void {
  const { asset, fusionId, ldoId } = event;
  const watched = draft.labels(asset.id);
  // Looked through before it changes: the newest version is the one that is cheap to read.
  const standing = [...watched.values()];
  const met = new Set<string>();
  for (const condition of event.conditions) {
    const { label } = condition;
    met.add(label);
    const flooded = isFlooded(draft.flood(asset.line), now, settings);
    const before = watched.get(label) ?? newAlarm(asset, label);
    const step = see(before, { fusionId, ldoId, condition, level: "on", flooded }, now, settings);
    const alarm = step.alarm as Alarm;
    draft.changes.push(...step.changes);
    draft.put(alarm, settings);
    if (step.changes.some(({ event: kind }) => kind === "raised") && !before.held) countIn(draft, alarm, now, settings);
    const { verdict = "delayed", reason } = step;
    verdicts.push({ label, verdict, reason, episode: alarm.episode, merId: alarm.mer?.mer_id });
  }
  for (const alarm of standing) {
    if (met.has(alarm.label)) continue;
    const level = event.levelOf(alarm.label);
    const step = see(alarm, { fusionId, ldoId, condition: undefined, level, flooded: false }, now, settings);
    draft.changes.push(...step.changes);
    if (step.alarm !== alarm) draft.put(step.alarm as Alarm, settings);
  }
}

/** A raised alarm counts towards a flood, and towards what the flood has held back. */
function countIn(draft: Draft, alarm: Alarm, now: Now, settings: AlarmSettings): void {
  const { line } = alarm.asset;
  draft.setFlood(line, countRaise(draft.flood(line), alarm.held, now, settings));
  if (!alarm.held || !alarm.mer) return;
  const standing = draft.labels(line).get(floodLabel(line));
  draft.put(swell(standing, line, alarm.mer, now, settings, draft.changes), settings);
}

function letTimePass(draft: Draft, mine: (alarm: Alarm) => boolean, now: Now, settings: AlarmSettings): void {
  for (const alarm of allAlarms(draft.base)) {
    if ((alarm.offSince === undefined && alarm.shelfEnds === undefined) || !mine(alarm)) continue;
    const step = wait(alarm, now, settings);
    draft.changes.push(...step.changes);
    if (step.alarm !== alarm) draft.put(step.alarm as Alarm, settings);
  }
  for (const [line, flood] of draft.base.floods) {
    const standing = draft.labels(line).get(floodLabel(line));
    if (standing && !mine(standing)) continue;
    const after = ebb(flood, now, settings);
    if (after === flood) continue;
    draft.setFlood(line, after);
    if (flood.on && !after.on) endFlood(draft, line, now, settings);
  }
}

function endFlood(draft: Draft, line: string, now: Now, settings: AlarmSettings): void {
  const standing = draft.labels(line).get(floodLabel(line));
  if (standing) draft.put(subside(standing, now, draft.changes), settings);
  for (const alarm of allAlarms(draft.current())) {
    if (alarm.held && alarm.asset.line === line) draft.put(release(alarm, now, draft.changes), settings);
  }
}

function find(state: AlarmState, target: Target): Alarm {
  if (!("merId" in target)) {
    const alarm = state.assets.get(target.assetId)?.get(target.label);
    if (alarm?.mer) return alarm;
    throw new EdgeError("mer-unknown", `no open record of ${target.label} on ${target.assetId}`);
  }
  for (const alarm of allAlarms(state)) if (alarm.mer?.mer_id === target.merId) return alarm;
  throw new EdgeError("mer-unknown", `no open record ${target.merId}`);
}

/** The next state while it is being made: copies what it changes, once. */
class Draft {
  readonly changes: Change[] = [];
  readonly touched: Touched[] = [];
  private assets: VersionedMap<string, AssetAlarms> | undefined;
  private floods: Map<string, Flood> | undefined;

  constructor(readonly base: AlarmState) {}

  labels(assetId: string): AssetAlarms {
    return (this.assets ?? this.base.assets).get(assetId) ?? NO_LABELS;
  }

  flood(line: string): Flood {
    return (this.floods ?? this.base.floods).get(line) ?? NO_FLOOD;
  }

  put(alarm: Alarm, settings: AlarmSettings): void {
    const { label, asset } = alarm;
    const before = this.labels(asset.id);
    const was = before.get(label);
    const kept = prune(alarm, settings);
    const labels = VersionedMap.from(before);
    const after = kept ? labels.with(label, kept) : labels.without(label);
    const assets = this.assets ?? VersionedMap.from(this.base.assets);
    this.assets = after.size > 0 ? assets.with(asset.id, after) : assets.without(asset.id);
    this.touched.push({ was, alarm, is: kept });
  }

  setFlood(line: string, flood: Flood): void {
    this.floods ??= new Map(this.base.floods);
    if (flood.raisedAt.length > 0 || flood.on) this.floods.set(line, flood);
    else this.floods.delete(line);
  }

  current(): AlarmState {
    return { assets: this.assets ?? this.base.assets, floods: this.floods ?? this.base.floods };
  }

  done(): AlarmState {
    return this.assets || this.floods ? this.current() : this.base;
  }
}
