/** Makes a trigger this run's own: whoever creates its object first starts the training, every starter, the workflow too. */
import { EdgeError } from "../errors";
import { isRecord } from "../path";
import { requireConditions } from "../storage/compare-and-swap";
import type { ObjectStore } from "../storage/object-store";
import { triggerKey } from "./cause";
import { Later } from "./later";
import type { TrainingRun } from "./run";

/** What stands in the trigger's object. */
interface Trigger {
  readonly schema: "trigger/1";
  readonly model: string;
  readonly cause: string;
  readonly trigger_id: string;
  readonly requested_by: string;
  readonly created_at: string;
  readonly device: string;
  /** Makes the bytes this starter's own. */
  readonly nonce: string;
}

/** What a store says that may be different in a while. */
const PASSES: readonly string[] = ["objects-busy", "objects-timeout", "objects-unreachable"];

/**
 * @returns whose the trigger is: "" for ours, else who has it and since when, for people
 * @throws EdgeError `objects-unsafe` where two could have it, and those of the store
 */
export async function claimTrigger(store: ObjectStore, run: TrainingRun, device: string): Promise<string> {
  const trigger: Trigger = {
    schema: "trigger/1",
    model: run.model,
    cause: run.cause,
    trigger_id: run.id,
    requested_by: run.by,
    created_at: run.requestedAt,
    device,
    nonce: run.id,
  };
  await requireConditions(store);
  const key = triggerKey(run.model, run.cause);
  // The same bytes at every try: a put whose answer was lost is found to be ours.
  const outcome = await store.put(key, Buffer.from(`${JSON.stringify(trigger)}\n`), {
    condition: { ifNoneMatch: "*" },
    contentType: "application/json",
  });
  if (outcome.kind === "stored" || outcome.kind === "exists-same") return "";
  if (outcome.kind === "exists-other") return owner(await store.get(key, 64 << 10), run.id);
  throw outcome.kind === "unknown" ? new Later(outcome.error) : outcome.error;
}

function owner(found: { readonly body: Uint8Array } | undefined, id: string): string {
  let other: unknown;
  try {
    other = JSON.parse(Buffer.from(found?.body ?? []).toString("utf8"));
  } catch {
    return "another starter, whose trigger cannot be read";
  }
  const { trigger_id, device, requested_by, created_at } = isRecord(other) ? other : {};
  if (trigger_id === id) return "";
  const who = [device, requested_by].filter((part) => typeof part === "string" && part !== "").join(", ");
  const when = typeof created_at === "string" ? `, at ${created_at}` : "";
  return `${who === "" ? "another starter" : who}${when}`;
}

/** Something that must be there for a trigger to be claimed. */
export function refusedTrigger(error: EdgeError): Error {
  if (PASSES.includes(error.code)) return new Later(error);
  return new EdgeError(error.code, `the trigger could not be created: ${error.message}`, { cause: error });
}
