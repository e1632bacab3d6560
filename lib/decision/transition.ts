import type { Mer, MerEvent } from "../messages";
import type { OutboxLine } from "../storage/outbox";

/** That an alarm goes on is no news for anybody who waits. */
const PATIENT: readonly MerEvent[] = ["updated"];

/** The name of what happened last to a record, the same for ever: what readers drop duplicates by. */
export function transitionId({ mer_id, transition, updated_at }: Mer): string {
  return `${mer_id}/${transition?.number ?? updated_at}`;
}

/** A transition as a line of the bucket: the record as it was then. */
export function transitionLine(mer: Mer): OutboxLine {
  const urgent = !PATIENT.includes(mer.transition?.event ?? "raised");
  return { id: transitionId(mer), line: JSON.stringify(mer), urgent };
}
