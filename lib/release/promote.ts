import { isoTime, type Clock } from "../clock";
import { EdgeError } from "../errors";
import { randomHex } from "../ids";
import type { Pointer } from "../messages-release";
import { compareAndSwap } from "../storage/compare-and-swap";
import type { Condition, ObjectStore } from "../storage/object-store";
import { MAX_DOCUMENT_BYTES } from "./document";
import type { PrivateKey, PublicKey } from "./keys";
import { channelKey } from "./objects";
import { epochsOf, readPointer, refuseRevoked, signPointer, type ChannelName } from "./pointer";

/** A release to revoke. */
export interface Revocation {
  /** Of bundles, or root digests. */
  readonly digests: readonly string[];
  /** Named by this version: what the pointer that stands there means by it is revoked, too. */
  readonly version?: string;
}

export interface Promotion extends ChannelName {
  readonly version: string;
  /** Of the bundle's bytes, which its caller has verified. */
  readonly releaseSha256: string;
  /** Its root digest. */
  readonly releaseDigest: string;
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number;
  /** Releases to revoke beside those that are. */
  readonly revoke: readonly Revocation[];
  /** Number of the pointer that is expected to stand there; 0 for none. */
  readonly expect?: number;
  /** A number that devices have seen, where the store was put back to an older state. */
  readonly after?: number;
}

/** A pointer ready to be signed, and what it replaces. */
export interface PromotionPlan {
  readonly pointer: Pointer;
  readonly previous: Pointer | undefined;
  readonly condition: Condition;
}

const EPOCHS_KEPT = 8;

/**
 * Works out the next pointer of a channel from the one that stands there.
 * @param trusted pointer keys: the one that stands there must be signed by one of them
 * @throws EdgeError `pointer-downgrade`, `pointer-moved`, `release-revoked`, or what reading throws
 */
export async function planPromotion(
  store: ObjectStore,
  promotion: Promotion,
  trusted: readonly PublicKey[],
  clock: Clock,
): Promise<PromotionPlan> {
  const { model, ring, version, releaseSha256, releaseDigest, reason, expiresAt, revoke, after = 0 } = promotion;
  const found = await store.get(channelKey({ model, ring }), MAX_DOCUMENT_BYTES);
  const previous = found && readPointer(found.body, trusted, { model, ring }).pointer;
  refuseUnexpected(promotion, previous);
  const more = revoke.flatMap(({ digests, version: named }) =>
    previous && previous.version === named ? [...digests, previous.release_sha256] : digests,
  );
  const revoked = [...new Set([...(previous?.revoked ?? []), ...more])];
  refuseRevoked({ model, version, digests: [releaseSha256, releaseDigest] }, new Set(revoked));
  const pointer: Pointer = {
    schema: "pointer/1",
    model,
    ring,
    version,
    release_sha256: releaseSha256,
    pointer_seq: Math.max(previous?.pointer_seq ?? 0, after) + 1,
    issued_at: isoTime(clock.now()),
    ...(expiresAt !== undefined && { expires_at: isoTime(expiresAt) }),
    ...(revoked.length > 0 && { revoked }),
    reason,
    epoch: randomHex(128),
    recent_epochs: previous ? [previous.epoch, ...previous.recent_epochs].slice(0, EPOCHS_KEPT) : [],
  };
  return { pointer, previous, condition: found ? { ifMatch: found.etag } : { ifNoneMatch: "*" } };
}

function refuseUnexpected({ model, ring, expect }: Promotion, previous: Pointer | undefined): void {
  const stands = previous?.pointer_seq ?? 0;
  if (expect === undefined || stands === expect) return;
  const what = previous
    ? `number ${stands} (${previous.version}, ${previous.reason || "no reason given"})`
    : "no pointer";
  const text = `${model}/${ring} was expected at number ${expect}, and there is ${what}`;
  throw stands < expect
    ? new EdgeError("pointer-downgrade", text, {
        remedy: `an older state of the store was put back: devices that have seen ${expect} take --after ${expect} only`,
      })
    : new EdgeError("pointer-moved", text, { remedy: "look at it, then promote with that number expected" });
}

/**
 * Writes the pointer over the one that the plan was made from.
 * @throws EdgeError `pointer-moved` when somebody else was first, `swap-unknown`, `objects-unsafe`, or why the store refused
 */
export async function commitPromotion(
  store: ObjectStore,
  { pointer, condition }: PromotionPlan,
  by: PrivateKey,
  trusted: readonly PublicKey[],
  clock: Clock,
): Promise<void> {
  const key = channelKey(pointer);
  const swap = {
    key,
    body: signPointer(pointer, by),
    condition,
    epoch: pointer.epoch,
    epochsOf: (bytes: Uint8Array) => epochsOf(bytes, [by.public, ...trusted], pointer),
  };
  const { kind } = await compareAndSwap(store, swap, clock);
  if (kind === "lost") {
    throw new EdgeError("pointer-moved", `somebody else wrote ${key} at the same time; this one was not written`, {
      remedy: "look at what is there now, then promote again",
    });
  }
}

/** What a promotion changes, in lines for people. */
export function describePlan({ pointer, previous }: PromotionPlan): string[] {
  const { model, ring, version, release_sha256: now, expires_at, revoked = [] } = pointer;
  const lines = [`${model}/${ring}: pointer ${previous?.pointer_seq ?? "none"} → ${pointer.pointer_seq}`];
  const [from, to] = [(previous?.pointer_seq ?? 0) + 1, pointer.pointer_seq - 1];
  if (from <= to) {
    const lost = from === to ? `pointer ${from}` : `pointers ${from} to ${to}`;
    lines.push(`${lost} are not here: devices that saw them keep to what they revoked; for others --revoke it again`);
  }
  if (previous?.release_sha256 === now) lines.push(`version ${version}, as before`);
  else lines.push(`version ${previous?.version ?? "none"} → ${version}`);
  lines.push(`bundle ${now}`);
  if (expires_at !== previous?.expires_at)
    lines.push(`expires ${previous?.expires_at ?? "never"} → ${expires_at ?? "never"}`);
  for (const digest of revoked.filter((one) => !previous?.revoked?.includes(one))) lines.push(`revokes ${digest}`);
  return lines;
}
