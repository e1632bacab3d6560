import { uuidv7 } from "../ids";
import { EdgeError, asError } from "../errors";
import type { ObjectStore } from "./object-store";

export interface StoreAnswer {
  readonly ok: boolean;
  /** For the one who clicked "Test connection". */
  readonly text: string;
}

/** Tries out what the nodes will ask of a store: write, read back, and whether conditional writes can be relied on. */
export async function checkStore(store: ObjectStore, nowMs: number): Promise<StoreAnswer> {
  try {
    await writeAndRead(store, `probe/${uuidv7(nowMs)}`);
    const { holds, detail } = await store.conditionalWrites();
    return holds
      ? { ok: true, text: `${store.description}: written, read back; ${detail}` }
      : {
          ok: false,
          text: `${store.description}: ${detail}. Records can be uploaded there; releases and rollouts are refused`,
        };
  } catch (error) {
    return { ok: false, text: asError(error).message };
  }
}

async function writeAndRead(store: ObjectStore, key: string): Promise<void> {
  const body = Buffer.from(`written by the connection test: ${key}`);
  const outcome = await store.put(key, body, { condition: { ifNoneMatch: "*" }, contentType: "text/plain" });
  if (outcome.kind === "refused" || outcome.kind === "unknown") throw outcome.error;
  const found = await store.get(key);
  if (!found || !body.equals(found.body)) {
    throw new EdgeError("objects-refused", `${store.description} took ${key} and does not give it back as it was`);
  }
  await store.remove(key).catch((error: unknown) => {
    // The right to delete is not needed; a probe of some bytes stays.
    if (!(error instanceof EdgeError) || error.code !== "objects-denied") throw error;
  });
}
