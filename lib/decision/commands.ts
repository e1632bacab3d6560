import { isoTime } from "../clock";
import { EdgeError } from "../errors";
import type { Command } from "../messages";
import { unshelve, type Alarm, type AlarmSettings, type Change, type Now } from "./alarm";
import { iso, record } from "./record";

/** What a person may do to an open record. */
export type AlarmCommand =
  | { readonly name: "ack"; readonly target: Target; readonly by: string }
  | { readonly name: "shelve"; readonly target: Target; readonly by: string; readonly until: Deadline }
  | { readonly name: "unshelve"; readonly target: Target; readonly by: string }
  | { readonly name: "close"; readonly target: Target; readonly by: string; readonly cause: string };

export type Target = { readonly merId: string } | { readonly assetId: string; readonly label: string };
export type Deadline = { readonly wall: number } | { readonly minutes: number };

const NAMES = ["ack", "shelve", "unshelve", "close"] as const;
/** What a person may say to a decision node. */
export const COMMANDS = [...NAMES, "list"].join(", ");
const MOST_LISTED = 1000;
const DEFAULT_SHELVE_MINUTES = 60;

export function isAlarmCommand(name: string): boolean {
  return NAMES.some((known) => known === name);
}

/** @throws EdgeError `command-unknown`, `command-field` naming the field that is missing or wrong */
export function parseCommand(command: Command): AlarmCommand {
  if (!isAlarmCommand(command.name)) {
    throw new EdgeError("command-unknown", `no command ${command.name}: use ${COMMANDS}`);
  }
  const target = parseTarget(command);
  const by = text(command, "by") ?? "unknown";
  if (command.name === "shelve") return { name: "shelve", target, by, until: parseDeadline(command) };
  if (command.name !== "close") return { name: command.name as "ack" | "unshelve", target, by };
  const cause = text(command, "cause");
  if (cause === undefined) throw bad("close", "needs cause: what was found");
  return { name: "close", target, by, cause };
}

export interface ListCommand {
  readonly closed: boolean;
  /** Only those that were announced: none that a flood holds back. */
  readonly announced: boolean;
  readonly limit: number;
}

/** Which records are asked for. @throws EdgeError `command-field` */
export function parseList({ closed = false, announced = false, limit = 100 }: Command): ListCommand {
  if (typeof closed !== "boolean") throw bad("list", "closed is neither true nor false");
  if (typeof announced !== "boolean") throw bad("list", "announced is neither true nor false");
  const count = typeof limit === "number" && Number.isInteger(limit) ? limit : Number.NaN;
  if (!(count >= 1 && count <= MOST_LISTED))
    throw bad("list", `limit is ${JSON.stringify(limit)}, must be a whole number from 1 to ${MOST_LISTED}`);
  return { closed, announced, limit: count };
}

/** Does to the alarm what the command says. Doing it twice changes nothing. @throws EdgeError `command-field` */
export function obey(alarm: Alarm, command: AlarmCommand, now: Now, settings: AlarmSettings, changes: Change[]): Alarm {
  const { mer } = alarm;
  if (mer === undefined) return alarm;
  const cause = `by ${command.by}`;
  if (command.name === "ack") {
    if (mer.acknowledged) return alarm;
    return record(alarm, "acknowledged", cause, { acknowledged: { by: command.by, at: iso(now) } }, now, changes);
  }
  if (command.name === "shelve") {
    const ms = shelveMs(command.until, now, settings.maxShelveMs);
    const shelved_until = isoTime(now.wall + ms);
    return record(alarm, "shelved", cause, { shelved_until }, now, changes, { shelfEnds: now.mono + ms });
  }
  if (command.name === "unshelve") return mer.shelved_until === null ? alarm : unshelve(alarm, cause, now, changes);
  const closed = { by: command.by, at: iso(now), cause: command.cause };
  const ended = mer.active ? { active: false, cleared_at: iso(now) } : {};
  const fields = { ...ended, closed, shelved_until: null };
  return { ...record(alarm, "closed", `${cause}: ${command.cause}`, fields, now, changes), ...CLOSED };
}

/** Nothing of a closed record is carried over: the next bout has its own delay and its own record. */
const CLOSED = {
  mer: undefined,
  window: 0,
  pending: undefined,
  episode: undefined,
  offSince: undefined,
  shelfEnds: undefined,
  held: false,
};

function shelveMs(until: Deadline, now: Now, maxMs: number): number {
  const ms = "wall" in until ? until.wall - now.wall : until.minutes * 60_000;
  if (ms <= 0) throw bad("shelve", `ends ${Math.round(-ms / 1000)} s ago: it must end in the future`);
  if (ms > maxMs)
    throw bad("shelve", `ends in ${Math.ceil(ms / 60_000)} minutes, at most ${maxMs / 60_000} are allowed`);
  return ms;
}

function parseTarget(command: Command): Target {
  const merId = text(command, "mer_id");
  if (merId !== undefined) return { merId };
  const assetId = text(command, "asset") ?? text(command, "asset_id");
  const label = text(command, "label");
  if (assetId === undefined || label === undefined) throw bad(command.name, "needs mer_id, or asset and label");
  return { assetId, label };
}

function parseDeadline(command: Command): Deadline {
  const { until, minutes } = command;
  if (until !== undefined) {
    const wall = typeof until === "string" ? Date.parse(until) : Number.NaN;
    if (Number.isNaN(wall)) throw bad("shelve", "until is not an ISO 8601 time");
    return { wall };
  }
  if (minutes === undefined) return { minutes: DEFAULT_SHELVE_MINUTES };
  if (typeof minutes !== "number" || !Number.isFinite(minutes)) throw bad("shelve", "minutes is not a number");
  return { minutes };
}

function text(command: Command, field: string): string | undefined {
  const value = command[field];
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

function bad(name: string, what: string): EdgeError {
  return new EdgeError("command-field", `command ${name} ${what}`);
}
