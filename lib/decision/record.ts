/** What is written down of an alarm: its Maintenance Event Record, and what happens to it. */
import { isoTime } from "../clock";
import type { Effect, LimitExcess, Mer, MerEvent, Severity } from "../messages";
import type { Alarm, AlarmSettings, Change, Now, Pending, Sighting } from "./alarm";
import { isWorse, type Condition } from "./policy";

/** Changes the record and says so; nothing is announced while the alarm is shelved or held back, except by a person. */
export function record(
  alarm: Alarm,
  event: MerEvent,
  cause: string,
  fields: Partial<Mer>,
  now: Now,
  changes: Change[],
  alarmFields: Partial<Alarm> = {},
): Alarm {
  const before = alarm.mer as Mer;
  const at = iso(now);
  const transition = { number: (before.transition?.number ?? 0) + 1, event, cause, at };
  const mer = { ...before, ...fields, updated_at: at, transition };
  const next = { ...alarm, ...alarmFields, mer, eventAt: now.mono };
  const quiet = next.held || mer.shelved_until !== null;
  const byPerson = event === "acknowledged" || event === "shelved" || event === "unshelved" || event === "closed";
  changes.push({ event, cause, mer, sent: !quiet || byPerson });
  return next;
}

export function iso(now: Now): string {
  return isoTime(now.wall);
}

/** When a shelf ends by the wall clock as it is now: where that was set meanwhile, what the record says is no longer true. */
export function shelvedUntil({ shelfEnds }: Alarm, { shelved_until }: Mer, now: Now): string | null {
  if (shelved_until === null || shelfEnds === undefined) return shelved_until;
  const end = now.wall + shelfEnds - now.mono;
  return Math.abs(end - Date.parse(shelved_until)) < 1_000 ? shelved_until : isoTime(Math.round(end));
}

/** A new record, raised now. */
export function newRecord(
  { asset, label }: Alarm,
  { severity, action }: { readonly severity: Severity; readonly action: string },
  of: Mer["evidence"],
  now: Now,
  settings: AlarmSettings,
): Mer {
  const at = iso(now);
  return {
    schema: "mer/1",
    mer_id: settings.mint(now.wall),
    device: settings.device,
    site: settings.site,
    line: asset.line,
    asset_id: asset.id,
    label,
    severity,
    action,
    active: true,
    acknowledged: null,
    shelved_until: null,
    closed: null,
    raised_at: at,
    updated_at: at,
    durable: true,
    evidence: of,
  };
}

/** The record of a condition that is met long enough. */
export function born(
  alarm: Alarm,
  pending: Pending,
  seen: Sighting,
  condition: Condition,
  now: Now,
  settings: AlarmSettings,
): Mer {
  const first = {
    first_ldo_id: pending.firstLdoId,
    last_ldo_id: seen.ldoId,
    confidence: condition.confidence,
    count: pending.count,
    limits: [...pending.limits],
    ...whyOf(condition.why),
  };
  return newRecord(alarm, condition, first, now, settings);
}

/** The evidence with `more` samples, the last of them seen now; of the limits it keeps the worst that was seen. */
export function evidence(mer: Mer, seen: Sighting, condition: Condition, more: Pending): Mer["evidence"] {
  return {
    first_ldo_id: mer.evidence.first_ldo_id,
    last_ldo_id: seen.ldoId,
    confidence: condition.confidence,
    count: mer.evidence.count + more.count,
    limits: [...worstOf(passedBy(mer), more)],
    ...whyOf(condition.why),
  };
}

/** The limit passed that is the more severe, or else the one passed by more. */
export function worstOf(before: Passed, now: Passed): readonly LimitExcess[] {
  if (isWorse(now.severity, before.severity)) return now.limits;
  if (isWorse(before.severity, now.severity)) return before.limits;
  return excess(now) > excess(before) ? now.limits : before.limits;
}

interface Passed {
  readonly severity: Severity;
  readonly limits: readonly LimitExcess[];
}

export function passedBy({ severity, evidence: { limits } }: Mer): Passed {
  return { severity, limits };
}

function excess({ limits: [passed] }: Passed): number {
  return passed ? Math.abs(passed.value - passed.limit) : -1;
}

function whyOf(why: readonly Effect[] | undefined): { why?: Effect[] } {
  return why === undefined ? {} : { why: [...why] };
}

export function causeOf({ confidence, limits }: Condition): string {
  if (confidence !== null) return `the model says so, at ${confidence.toFixed(2)}`;
  return limits.map(({ channel, value, limit }) => `${channel} ${value} (limit ${limit})`).join(", ");
}
