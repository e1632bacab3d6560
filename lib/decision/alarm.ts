/**
 * One alarm: one label on one asset, from the first sample that meets its condition until its record is closed. Pure:
 * each function answers with the alarm as it is afterwards and with what happened, if anything did.
 */
import type { AssetRef, LimitExcess, Mer, MerEvent, Severity } from "../messages";
import { isLimitLabel, type Level } from "./limits";
import { isWorse, type Condition } from "./policy";
import { born, causeOf, evidence, iso, record, shelvedUntil, worstOf } from "./record";

/** How many of the last samples must meet the condition before an alarm is raised. */
export interface OnDelay {
  readonly n: number;
  /** At most 30. */
  readonly m: number;
}

export interface AlarmSettings {
  readonly device: string;
  readonly site: string;
  readonly model: OnDelay;
  /** For limits, except critical ones: those never wait. */
  readonly limit: OnDelay;
  /** How long the condition must be gone before the alarm clears. */
  readonly offDelayMs: number;
  /** "updated" at most this often for a record, except when it becomes more severe. */
  readonly updateEveryMs: number;
  /** More alarms than this on one line within `floodWindowMs` are a flood. */
  readonly floodLimit: number;
  readonly floodWindowMs: number;
  readonly maxShelveMs: number;
  /** A new "MER-…" id. */
  readonly mint: (wallMs: number) => string;
}

/** Both clocks at one moment: stamps come from `wall`, delays from `mono`. */
export interface Now {
  readonly wall: number;
  readonly mono: number;
}

export interface Alarm {
  readonly asset: AssetRef;
  readonly label: string;
  /** The last samples that could be judged, newest in bit 0: 1 where the condition was met. */
  readonly window: number;
  readonly pending: Pending | undefined;
  /** From the first sample of a bout, delayed ones included, until the alarm clears. */
  readonly episode: string | undefined;
  /** The open record. */
  readonly mer: Mer | undefined;
  /** Monotonic time since which the condition is gone. */
  readonly offSince: number | undefined;
  /** Monotonic time of the last event. */
  readonly eventAt: number;
  /** Monotonic time at which shelving ends. */
  readonly shelfEnds: number | undefined;
  /** Recorded, but not announced: a flood. */
  readonly held: boolean;
}

/** Samples that met the condition and are in no record yet: the first one's LDO, how many, and the worst limit passed. */
export interface Pending {
  readonly firstLdoId: string;
  readonly count: number;
  readonly severity: Severity;
  readonly limits: readonly LimitExcess[];
}

/** Something that happened to a record. What is not `sent` is recorded all the same. */
export interface Change {
  readonly event: MerEvent;
  readonly cause: string;
  readonly mer: Mer;
  readonly sent: boolean;
}

/** A sample that concerns an alarm. */
export interface Sighting {
  readonly fusionId: string;
  readonly ldoId: string;
  readonly condition: Condition | undefined;
  readonly level: Level;
  /** More alarms than the flood limit on the asset's line: a new one is recorded, not announced (critical ones are). */
  readonly flooded: boolean;
}

export type Verdict = "alert" | "repeat" | "delayed" | "shelved";

export interface Step {
  /** undefined: nothing is left to watch. */
  readonly alarm: Alarm | undefined;
  readonly changes: readonly Change[];
  readonly verdict?: Verdict;
  readonly reason?: string;
}

const NOTHING: readonly Change[] = [];

export function newAlarm(asset: AssetRef, label: string): Alarm {
  return {
    asset,
    label,
    window: 0,
    pending: undefined,
    episode: undefined,
    mer: undefined,
    offSince: undefined,
    eventAt: -Infinity,
    shelfEnds: undefined,
    held: false,
  };
}

/** Takes one sample in. A sample that says nothing of the alarm ("unknown") leaves it as it is. */
export function see(alarm: Alarm, seen: Sighting, now: Now, settings: AlarmSettings): Step {
  if (seen.condition === undefined)
    return alarm.mer?.active ? fade(alarm, seen.level, now, settings) : forget(alarm, seen);
  const { n, m } = onDelay(seen.condition, settings);
  const next: Alarm = {
    ...alarm,
    window: shift(alarm.window, 1, m),
    episode: alarm.episode ?? `EP-${seen.fusionId}`,
    offSince: undefined,
  };
  if (alarm.mer?.active) return repeat(next, alarm.mer, seen, seen.condition, now, settings);
  const pending = alsoPending(alarm.pending, seen, seen.condition);
  const met = ones(next.window);
  if (met < n) {
    return {
      alarm: { ...next, pending },
      changes: NOTHING,
      verdict: "delayed",
      reason: `delayed: ${met} of ${m}, needs ${n}`,
    };
  }
  return raise({ ...next, pending: undefined }, pending, seen, seen.condition, now, settings);
}

/** Time passes: the off-delay and the end of shelving. */
export function wait(alarm: Alarm, now: Now, settings: AlarmSettings): Step {
  const changes: Change[] = [];
  let next = alarm;
  if (next.shelfEnds !== undefined && now.mono >= next.shelfEnds) {
    next = unshelve(next, "the time is up", now, changes);
  }
  if (next.offSince !== undefined && now.mono - next.offSince >= settings.offDelayMs) next = clear(next, now, changes);
  return { alarm: next, changes };
}

function alsoPending(before: Pending | undefined, { ldoId }: Sighting, condition: Condition): Pending {
  const { severity, limits } = condition;
  if (!before) return { firstLdoId: ldoId, count: 1, severity, limits };
  const worst = isWorse(severity, before.severity) ? severity : before.severity;
  return { ...before, count: before.count + 1, severity: worst, limits: worstOf(before, condition) };
}

function onDelay(condition: Condition, settings: AlarmSettings): OnDelay {
  if (condition.source === "model") return settings.model;
  return condition.severity === "critical" ? AT_ONCE : settings.limit;
}

const AT_ONCE: OnDelay = { n: 1, m: 1 };

function raise(
  alarm: Alarm,
  pending: Pending,
  seen: Sighting,
  condition: Condition,
  now: Now,
  settings: AlarmSettings,
): Step {
  const changes: Change[] = [];
  const before = alarm.mer;
  const worse = before === undefined || isWorse(condition.severity, before.severity);
  const held = seen.flooded && condition.severity !== "critical";
  const { cleared_at: _, ...kept } = before ?? born(alarm, pending, seen, condition, now, settings);
  const mer: Mer = {
    ...kept,
    ...(worse && { severity: condition.severity, action: condition.action }),
    active: true,
    acknowledged: null,
    evidence: before ? evidence(before, seen, condition, pending) : kept.evidence,
  };
  const cause = before ? `it came back: ${causeOf(condition)}` : causeOf(condition);
  const active = { ...alarm, mer, held };
  if (before && before.shelved_until !== null && worse) {
    return {
      alarm: unshelve(active, `more severe than when it was shelved: ${cause}`, now, changes),
      changes,
      verdict: "alert",
    };
  }
  const raised = record(active, "raised", cause, {}, now, changes);
  if (mer.shelved_until !== null) {
    return { alarm: raised, changes, verdict: "shelved", reason: `shelved until ${mer.shelved_until}` };
  }
  const reason = held ? "held back: more alarms than the flood limit on this line" : "raised";
  return { alarm: raised, changes, verdict: "alert", reason };
}

/** Shelving ends: by time, by a person, or because the condition became more severe. */
export function unshelve(alarm: Alarm, cause: string, now: Now, changes: Change[]): Alarm {
  return record(alarm, "unshelved", cause, { shelved_until: null }, now, changes, { shelfEnds: undefined });
}

/** An active alarm sees its condition again. A worse one ends shelving, holding back and acknowledgement. */
function repeat(alarm: Alarm, mer: Mer, seen: Sighting, condition: Condition, now: Now, settings: AlarmSettings): Step {
  const changes: Change[] = [];
  const counted = {
    ...mer,
    shelved_until: shelvedUntil(alarm, mer, now),
    updated_at: iso(now),
    evidence: evidence(mer, seen, condition, alsoPending(undefined, seen, condition)),
  };
  let next: Alarm = { ...alarm, mer: counted };
  if (isWorse(condition.severity, mer.severity)) {
    const fields = { severity: condition.severity, action: condition.action, acknowledged: null };
    const cause = `severity ${mer.severity} → ${condition.severity}: ${causeOf(condition)}`;
    if (mer.shelved_until !== null)
      next = unshelve({ ...next, held: false, mer: { ...counted, ...fields } }, cause, now, changes);
    else next = record({ ...next, held: false }, alarm.held ? "raised" : "updated", cause, fields, now, changes);
    return { alarm: next, changes, verdict: "alert", reason: cause };
  }
  if (now.mono - alarm.eventAt >= settings.updateEveryMs) {
    next = record(next, "updated", `seen ${counted.evidence.count} times`, {}, now, changes);
  }
  const reason = mer.shelved_until === null ? `open since ${mer.raised_at}` : `shelved until ${mer.shelved_until}`;
  return { alarm: next, changes, verdict: mer.shelved_until === null ? "repeat" : "shelved", reason };
}

/** An active alarm whose condition a sample does not meet. */
function fade(alarm: Alarm, level: Level, now: Now, settings: AlarmSettings): Step {
  if (level === "unknown") return { alarm, changes: NOTHING };
  if (level !== "off")
    return { alarm: alarm.offSince === undefined ? alarm : { ...alarm, offSince: undefined }, changes: NOTHING };
  const off = alarm.offSince === undefined ? { ...alarm, offSince: now.mono } : alarm;
  return wait(off, now, settings);
}

function clear(alarm: Alarm, now: Now, changes: Change[]): Alarm {
  const calm = { window: 0, pending: undefined, episode: undefined, offSince: undefined };
  return record(alarm, "cleared", "the condition is gone", { active: false, cleared_at: iso(now) }, now, changes, calm);
}

/** An alarm that is not active, and a sample that does not meet its condition: the delay's window moves on. */
function forget(alarm: Alarm, seen: Sighting): Step {
  if (seen.level === "unknown" || alarm.window === 0) return { alarm, changes: NOTHING };
  const window = shift(alarm.window, 0, MAX_WINDOW);
  return { alarm: { ...alarm, window }, changes: NOTHING };
}

/** Lets go of a delayed bout once its window has passed, and of an alarm with nothing left to watch. */
export function prune(alarm: Alarm, settings: AlarmSettings): Alarm | undefined {
  if (alarm.mer?.active) return alarm;
  const { m } = isLimitLabel(alarm.label) ? settings.limit : settings.model;
  if ((alarm.window & mask(m)) !== 0) return alarm;
  if (alarm.mer === undefined) return undefined;
  return alarm.pending === undefined ? alarm : { ...alarm, window: 0, pending: undefined, episode: undefined };
}

const MAX_WINDOW = 30;

function mask(m: number): number {
  return (1 << m) - 1;
}

function shift(window: number, bit: 0 | 1, m: number): number {
  return ((window << 1) | bit) & mask(m);
}

function ones(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}
