/** Puts a candidate into service for the devices of a ring: verified as a device verifies it, then pointed at. */
import { readFile } from "node:fs/promises";
import type { Clock } from "../clock";
import { asError, EdgeError } from "../errors";
import { isSafeName } from "../ids";
import { readPrivateKey, readPublicKeys, type PublicKey } from "../release/keys";
import { getRelease } from "../release/objects";
import { commitPromotion, describePlan, planPromotion } from "../release/promote";
import { requireConditions } from "../storage/compare-and-swap";
import type { ObjectStore } from "../storage/object-store";

/** Files of keys, by their paths. */
export interface PromotionKeys {
  /** Private, signs pointers. */
  readonly pointer: string;
  /** Public, whose releases are trusted. Private ones are taken by their public part. */
  readonly release: readonly string[];
}

export interface PromotionWish {
  readonly model: string;
  readonly version: string;
  readonly ring: string;
  /** Who wants it: stands in the pointer. */
  readonly by: string;
  readonly reason: string;
}

/**
 * @returns what has changed, in lines for people
 * @throws EdgeError `promote-keys`, `config-name`, and those of lib/release: `release-missing`, `signature-untrusted`,
 *   `pointer-moved`, …
 */
export async function promoteCandidate(
  store: ObjectStore,
  wish: PromotionWish,
  keys: PromotionKeys,
  clock: Clock,
): Promise<readonly string[]> {
  const { model, version, ring, by, reason } = wish;
  for (const name of [model, version, ring]) {
    if (!isSafeName(name)) throw new EdgeError("config-name", `"${name}" must be 1 to 63 of a-z 0-9 . _ -`);
  }
  const signer = readPrivateKey(await readKey(keys.pointer, "pointer key"), "the pointer key");
  const trusted: PublicKey[] = [];
  for (const file of keys.release) trusted.push(...(await publicKeys(file)));
  if (trusted.length === 0) {
    throw new EdgeError("promote-keys", "no release key is trusted", {
      remedy: "name the public release key, or the signing key, in the node",
    });
  }
  await requireConditions(store);
  const { signed } = await getRelease(store, model, version, trusted);
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
    },
    [signer.public],
    clock,
  );
  await commitPromotion(store, plan, signer, [signer.public], clock);
  return describePlan(plan);
}

function reasonOf(reason: string, by: string): string {
  return reason.trim() === "" ? `promoted by ${by}` : `${reason.trim()} (${by})`;
}

async function publicKeys(file: string): Promise<PublicKey[]> {
  const text = await readKey(file, "release key");
  return text.includes("PRIVATE KEY") ? [readPrivateKey(text, file).public] : readPublicKeys(text, file);
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
