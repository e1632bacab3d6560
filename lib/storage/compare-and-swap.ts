/**
 * One object that several writers replace, each over the version it has read. A write is known to have happened or not to
 * have happened before this returns; where neither can be found out, it says so.
 */
import type { Clock } from "../clock";
import { EdgeError } from "../errors";
import { pause } from "../waiting";
import { backoffMs } from "./backoff";
import type { Condition, ObjectStore, StoredObject } from "./object-store";

export interface Swap {
  readonly key: string;
  readonly body: Uint8Array;
  /** Over what it is to be written. */
  readonly condition: Condition;
  /** A nonce that stands in this body and in no other. */
  readonly epoch: string;
  /** Epochs that a body names: its own, then those it was written over. Undefined where it cannot be read. */
  readonly epochsOf: (body: Uint8Array) => readonly string[] | undefined;
}

/** `lost`: another writer was first; what it wrote. */
export type Swapped =
  { readonly kind: "applied" } | { readonly kind: "lost"; readonly found: StoredObject | undefined };

const TRIES = 5;

/**
 * After a time-out the write may still arrive. So it is looked for, by its epoch, in what is there now; if it is not there, the
 * same write is tried again: either it is applied, or its condition no longer holds, and then the one that was lost on the way
 * cannot be applied either.
 * @param random from [0, 1)
 * @throws EdgeError `objects-unsafe` for a store that lets several writers win, `swap-unknown`, or why it was refused
 */
export async function compareAndSwap(
  store: ObjectStore,
  swap: Swap,
  clock: Clock,
  random: () => number = Math.random,
): Promise<Swapped> {
  await requireConditions(store);
  let trouble: EdgeError | undefined;
  for (let tries = 1; tries <= TRIES; tries++) {
    if (tries > 1) await pause(backoffMs(tries - 1, random(), 250, 4_000), new AbortController().signal, clock);
    const { key, body, condition } = swap;
    const outcome = await store.put(key, body, { condition, contentType: "application/json" });
    if (outcome.kind === "stored" || outcome.kind === "exists-same") return { kind: "applied" };
    if (outcome.kind === "refused") throw outcome.error;
    if (outcome.kind === "unknown") trouble = outcome.error;
    const settled = await look(store, swap, outcome.kind === "exists-other").catch((error: EdgeError) => {
      trouble = error;
      return undefined;
    });
    if (settled) return settled;
  }
  throw new EdgeError("swap-unknown", `whether ${swap.key} was written is not known: ${trouble?.message}`, {
    cause: trouble,
    remedy: "do it again: it finds out, or is refused",
  });
}

/** @param fenced the condition does not hold any more: what is not there now will never be */
async function look(store: ObjectStore, { key, epoch, epochsOf }: Swap, fenced: boolean): Promise<Swapped | undefined> {
  const found = await store.get(key);
  if (found && epochsOf(found.body)?.includes(epoch)) return { kind: "applied" };
  return fenced ? { kind: "lost", found } : undefined;
}

/** @throws EdgeError `objects-unsafe` */
export async function requireConditions(store: ObjectStore): Promise<void> {
  const { holds, detail } = await store.conditionalWrites();
  if (holds) return;
  throw new EdgeError("objects-unsafe", `${store.description}: ${detail}`, {
    remedy: "channels and triggers need a store whose conditional writes are atomic",
  });
}
