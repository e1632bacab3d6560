/** Puts a candidate into service for the devices of a ring: verified as a device verifies it, then pointed at. */
import { readFile } from "node:fs/promises";
import type { Clock } from "../clock";
import { asError, EdgeError } from "../errors";
import { isSafeName } from "../ids";
import { checked } from "../inference/checked";
import { readPrivateKey, readPublicKeys, type PublicKey } from "../release/keys";
import { releaseKey } from "../release/objects";
import { commitPromotion, describePlan, planPromotion } from "../release/promote";
import { requireConditions } from "../storage/compare-and-swap";
import type { ObjectStore } from "../storage/object-store";

/** Files of keys, by their paths. */
export interface PromotionKeys {
  /** Private, signs pointers. */
  readonly pointer: string;
  /** Public, whose releases are trusted. Private ones are taken by their public part. */
  readonly release: readonly string[];
  /** Public, of those who may have signed the pointer that stands there, beside ours. */
  readonly pointers: readonly string[];
}

export interface PromotionWish {
  readonly model: string;
  readonly version: string;
  readonly ring: string;
  /** Who wants it: stands in the pointer. */
  readonly by: string;
  readonly reason: string;
  /** What the release must be: the SHA-256 of its bundle. */
  readonly releaseSha256?: string;
  /** Number of the pointer that must stand there; 0 for none. */
  readonly expect?: number;
}

/**
 * @returns what has changed, in lines for people
 * @throws EdgeError `promote-keys`, `config-name`, and those of lib/release: `release-missing`, `signature-untrusted`,
 *   `blob-mismatch`, `pointer-moved`, …
 */
export async function promoteCandidate(
  store: ObjectStore,
  wish: PromotionWish,
  keys: PromotionKeys,
  clock: Clock,
): Promise<readonly string[]> {
  const { model, version, ring, by, reason, releaseSha256, expect } = wish;
  for (const name of [model, version, ring]) {
    if (!isSafeName(name)) throw new EdgeError("config-name", `"${name}" must be 1 to 63 of a-z 0-9 . _ -`);
  }
  const signer = readPrivateKey(await readKey(keys.pointer, "pointer key"), "the pointer key");
  const pointerKeys = [signer.public, ...(await publicKeys(keys.pointers, "trusted pointer key"))];
  const trusted = await publicKeys(keys.release, "release key");
  if (trusted.length === 0) {
    throw new EdgeError("promote-keys", "no release key is trusted", {
      remedy: "name the public release key, or the signing key, in the node",
    });
  }
  await requireConditions(store);
  const { signed } = await checked(store, model, version, trusted);
  if (releaseSha256 !== undefined && signed.bundleSha256 !== releaseSha256) {
    const what = `${releaseKey(model, version)} in ${store.description}`;
    throw new EdgeError("blob-mismatch", `${what} is not the candidate: ${signed.bundleSha256}, not ${releaseSha256}`);
  }
  const plan = await planPromotion(
    store,
    {
      model,
      ring,
      version,
      revoke: [],
      releaseSha256: signed.bundleSha256,
      releaseDigest: signed.digest,
      reason: reasonOf(reason, by),
      ...(expect !== undefined && { expect }),
    },
    pointerKeys,
    clock,
  );
  await commitPromotion(store, plan, signer, pointerKeys, clock);
  return describePlan(plan);
}

function reasonOf(reason: string, by: string): string {
  return reason.trim() === "" ? `promoted by ${by}` : `${reason.trim()} (${by})`;
}

async function publicKeys(files: readonly string[], what: string): Promise<PublicKey[]> {
  const keys: PublicKey[] = [];
  for (const file of files) {
    const text = await readKey(file, what);
    keys.push(...(text.includes("PRIVATE KEY") ? [readPrivateKey(text, file).public] : readPublicKeys(text, file)));
  }
  return keys;
}

async function readKey(file: string, what: string): Promise<string> {
  if (file === "") {
    throw new EdgeError("promote-keys", `no ${what} is named`, {
      remedy: "`context-edge keys` makes one; name its file in the node",
    });
  }
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new EdgeError("promote-keys", `the ${what} cannot be read: ${asError(error).message}`, { cause: error });
  }
}
