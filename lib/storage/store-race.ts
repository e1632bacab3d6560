import { EdgeError } from "../errors";
import { once } from "../once";
import type { Condition, ObjectStore, PutOutcome } from "./object-store";

export interface RaceVerdict {
  readonly holds: boolean;
  /** What was seen, for people. */
  readonly detail: string;
}

const WRITERS = 12;
const ROUNDS = 4;

/**
 * Lets a store race against itself: in each round several writers create one key, then several swap one version of it;
 * each time exactly one must win. Asking once would only catch servers that ignore conditions; some honour them, but
 * let two through that come at the same moment.
 * @param uuid mints the probe's key, `probe/<uuid>`
 * @throws EdgeError whatever kept a writer from an answer
 */
export async function raceStore(store: Pick<ObjectStore, "put" | "remove">, uuid: () => string): Promise<RaceVerdict> {
  let worst = 1;
  for (let round = 0; round < ROUNDS; round++) {
    const key = `probe/${uuid()}`;
    const created = await race(store, key, { ifNoneMatch: "*" });
    const swapped = await race(store, key, { ifMatch: (created[0] as Won).etag });
    worst = Math.max(worst, created.length, swapped.length);
    await store.remove(key).catch(tolerateDenied);
  }
  return worst === 1
    ? { holds: true, detail: `one of ${WRITERS} racing writers won, ${2 * ROUNDS} times out of ${2 * ROUNDS}` }
    : {
        holds: false,
        detail: `${worst} of ${WRITERS} racing writers won where one may: conditional writes are not atomic here`,
      };
}

/** The verdict on a store: found out at the first call, then known; what kept it from an answer is tried again. */
export function raceOnce(store: Pick<ObjectStore, "put" | "remove">, uuid: () => string): () => Promise<RaceVerdict> {
  return once(() => raceStore(store, uuid));
}

type Won = Extract<PutOutcome, { kind: "stored" | "exists-same" }>;

async function race(store: Pick<ObjectStore, "put">, key: string, condition: Condition): Promise<Won[]> {
  const nonce = "ifMatch" in condition ? "swap" : "create";
  const outcomes = await Promise.all(
    Array.from({ length: WRITERS }, (_, writer) => store.put(key, Buffer.from(`${nonce} ${writer}`), { condition })),
  );
  const won: Won[] = [];
  for (const outcome of outcomes) {
    if (outcome.kind === "stored" || outcome.kind === "exists-same") won.push(outcome);
    else if (outcome.kind !== "exists-other") throw outcome.error;
  }
  if (won.length === 0) {
    throw new EdgeError("objects-refused", `none of ${WRITERS} writers could write ${key}`, {
      remedy: "the server does not take conditional writes (If-None-Match, If-Match)",
    });
  }
  return won;
}

/** A device may lack the right to delete; then the probe stays, some bytes long. */
function tolerateDenied(error: EdgeError): void {
  if (error.code !== "objects-denied") throw error;
}
