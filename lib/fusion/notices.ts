/** What output 2 says between samples: messages without `fusion`, which leave no record. */
import type { AssetTable } from "../assets";
import { isoTime, type Clock } from "../clock";
import type { AssetRef, EdgeMessage, Unusable } from "../messages";
import type { Transition } from "./asset-state";

/** A channel went stale, or is back. */
export function transitionNotice(
  asset: AssetRef | undefined,
  { kind, channel, trouble }: Transition,
  clock: Clock,
): EdgeMessage {
  const why = trouble && { code: trouble.code, channel, reason: trouble.reason };
  return notice(kind, trouble?.reason ?? `${channel} is back`, why, asset, clock, { channel });
}

/** A run was ended by its time. */
export function runNotice(asset: AssetRef | undefined, limit: string, clock: Clock): EdgeMessage {
  const why = { code: "run-over", reason: `the run is over: ${limit}` };
  return notice("run-timeout", limit, why, asset, clock);
}

/** The expected time of a run cannot be read: it does not end by time. */
export function runtimeNotice(asset: AssetRef | undefined, wrong: string, clock: Clock): EdgeMessage {
  return notice("run-untimed", wrong, { code: "run-runtime", reason: wrong }, asset, clock);
}

/** Readings of an asset came that the device does not declare. */
export function strangerNotice(name: string, table: AssetTable, clock: Clock): EdgeMessage {
  const why = { code: "asset-unknown", reason: `readings of "${name}" came, which is not ${known(table)}` };
  return notice("asset-unknown", why.reason, why, undefined, clock, { name });
}

/** @param what "the scan": what does not tell its asset */
export function assetUnknown(what: string, table: AssetTable): Unusable {
  return { code: "asset-unknown", reason: `${what} names no asset: it must be ${known(table)}` };
}

function known(table: AssetTable): string {
  return table.size === 1 ? `the device's asset "${table.only?.id}"` : `one of the device's ${table.size} assets`;
}

function notice(
  kind: string,
  cause: string,
  unusable: Unusable | undefined,
  asset: AssetRef | undefined,
  clock: Clock,
  more: object = {},
): EdgeMessage {
  const message: EdgeMessage = {};
  if (asset) message.asset = asset;
  if (unusable) message.unusable = unusable;
  message.event = { kind, cause, at: isoTime(clock.now()), ...more };
  message.payload = message.event;
  return message;
}
