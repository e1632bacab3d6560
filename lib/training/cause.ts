/** What causes a retraining, and when the calendar does. A cause is the name of its trigger in the store. */
import { EdgeError } from "../errors";

/** One part of an object's key, as lib/storage/keys.ts has it, and short enough for a folder's name. */
const CAUSE = /^[A-Za-z0-9](?:[A-Za-z0-9._=-]{0,98}[A-Za-z0-9_=-])?$/;

/** @throws EdgeError `training-cause` */
export function assertCause(cause: unknown): asserts cause is string {
  if (typeof cause === "string" && CAUSE.test(cause) && !cause.includes("..")) return;
  const shown = typeof cause === "string" ? `"${cause.slice(0, 60)}"` : String(cause);
  throw new EdgeError(
    "training-cause",
    `${shown} cannot name a trigger: 1 to 100 of A-Z a-z 0-9 . _ = -, no dot at the end`,
    {
      remedy: "for example count-20261124T013000Z-ab12cd34, month-2026-11, fpr-ab12cd34-1",
    },
  );
}

/** Key of a trigger in the store. */
export function triggerKey(model: string, cause: string): string {
  return `triggers/${model}/${cause}.json`;
}

/** The cause of a start by hand: one of its own each time. @param id the trigger's id, for what its time leaves open */
export function manualCause(epochMs: number, id: string): string {
  const time = new Date(epochMs).toISOString().replace(/[-:]|\.\d+/g, "");
  return `manual-${time}-${id.slice(-8)}`;
}

/** When the calendar asks: a day and an hour of every month, UTC. */
export interface Monthly {
  /** 1 to 28: every month has it. */
  readonly day: number;
  /** 0 to 23. */
  readonly hour: number;
}

/**
 * The month whose moment has come since the calendar was last looked at: after months without power the latest alone, so
 * that it is caught up with once.
 * @param lookedAt milliseconds since 1970, of the last look
 * @param now milliseconds since 1970
 * @returns its cause, `month-2026-11`; undefined when none is due
 */
export function dueMonth({ day, hour }: Monthly, lookedAt: number, now: number): string | undefined {
  const date = new Date(now);
  let month = date.getUTCMonth();
  const year = date.getUTCFullYear();
  if (Date.UTC(year, month, day, hour) > now) month--;
  const moment = Date.UTC(year, month, day, hour);
  if (moment <= lookedAt || moment > now) return undefined;
  return `month-${new Date(moment).toISOString().slice(0, 7)}`;
}
