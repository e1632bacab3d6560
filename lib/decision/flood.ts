/**
 * A flood (ISA-18.2): more alarms on one line than a person can take in. While it lasts, new alarms that are not critical
 * are recorded but not announced; one alarm, `flood:<line>`, stands for them and counts them. When it ends, those that
 * are still open are announced. Nothing is dropped.
 */
import type { Mer } from "../messages";
import { newAlarm, type Alarm, type AlarmSettings, type Change, type Now } from "./alarm";
import { iso, newRecord, record } from "./record";

export interface Flood {
  /** Monotonic times of the alarms raised within the window, announced or not. */
  readonly raisedAt: readonly number[];
  readonly on: boolean;
}

export const NO_FLOOD: Flood = { raisedAt: [], on: false };

/** A chattering line must not grow the list without end; a flood is a flood at far fewer. */
const MAX_KEPT = 1000;

export function floodLabel(line: string): string {
  return `flood:${line}`;
}

/** Would one more alarm on this line be too many? */
export function isFlooded(flood: Flood, now: Now, settings: AlarmSettings): boolean {
  return flood.raisedAt.length >= settings.floodLimit && recent(flood, now, settings).length >= settings.floodLimit;
}

export function countRaise(flood: Flood, held: boolean, now: Now, settings: AlarmSettings): Flood {
  const raisedAt = [...recent(flood, now, settings), now.mono].slice(-MAX_KEPT);
  return { raisedAt, on: flood.on || held };
}

/** A flood ends when its rate has fallen to half of what starts one, so that it does not flicker. */
export function ebb(flood: Flood, now: Now, settings: AlarmSettings): Flood {
  const raisedAt = recent(flood, now, settings);
  if (raisedAt.length === flood.raisedAt.length && !flood.on) return flood;
  return { raisedAt, on: flood.on && raisedAt.length > settings.floodLimit / 2 };
}

/** The alarm that stands for a flood, with one more record held back. */
export function swell(
  standing: Alarm | undefined,
  line: string,
  held: Mer,
  now: Now,
  settings: AlarmSettings,
  changes: Change[],
): Alarm {
  const alarm = standing ?? newAlarm({ id: line, line, station: "" }, floodLabel(line));
  const ldoId = held.evidence.last_ldo_id;
  if (!alarm.mer)
    return record(
      { ...alarm, mer: newborn(alarm, held, now, settings) },
      "raised",
      causeOf(settings),
      {},
      now,
      changes,
    );
  const evidence = { ...alarm.mer.evidence, last_ldo_id: ldoId, count: alarm.mer.evidence.count + 1 };
  if (!alarm.mer.active) {
    const { cleared_at: _, ...mer } = { ...alarm.mer, active: true, acknowledged: null, evidence };
    return record({ ...alarm, mer }, "raised", causeOf(settings), {}, now, changes);
  }
  const counted = { ...alarm, mer: { ...alarm.mer, updated_at: iso(now), evidence } };
  if (now.mono - alarm.eventAt < settings.updateEveryMs) return counted;
  return record(counted, "updated", `${evidence.count} alarms held back`, {}, now, changes);
}

/** A flood has ended: its alarm clears. */
export function subside(alarm: Alarm, now: Now, changes: Change[]): Alarm {
  if (!alarm.mer?.active) return alarm;
  const cause = `the flood is over: ${alarm.mer.evidence.count} alarms were held back and are announced now`;
  return record(alarm, "cleared", cause, { active: false, cleared_at: iso(now) }, now, changes);
}

/** Announces an open alarm that was held back. */
export function release(alarm: Alarm, now: Now, changes: Change[]): Alarm {
  if (!alarm.held || !alarm.mer) return alarm;
  const event = alarm.mer.active ? "raised" : "cleared";
  return record({ ...alarm, held: false }, event, "was held back during a flood", {}, now, changes);
}

function recent(flood: Flood, now: Now, settings: AlarmSettings): readonly number[] {
  const since = now.mono - settings.floodWindowMs;
  const first = flood.raisedAt.findIndex((at) => at > since);
  if (first === 0) return flood.raisedAt;
  return first < 0 ? [] : flood.raisedAt.slice(first);
}

function causeOf({ floodLimit, floodWindowMs }: AlarmSettings): string {
  return `more than ${floodLimit} alarms in ${Math.round(floodWindowMs / 6000) / 10} minutes`;
}

const STANDS_FOR_MANY = {
  severity: "high",
  action: "Many alarms at once: look for one common cause. The alarms that are held back are listed as open.",
} as const;

function newborn(alarm: Alarm, held: Mer, now: Now, settings: AlarmSettings): Mer {
  const { last_ldo_id } = held.evidence;
  const first = { first_ldo_id: last_ldo_id, last_ldo_id, confidence: null, count: 1, limits: [] };
  return newRecord(alarm, STANDS_FOR_MANY, first, now, settings);
}
