/**
 * The pointer of a channel: which release the devices of a ring run. It is signed by a pointer key, and it counts: a device
 * that has seen number 7 takes neither 6 nor another 7, so an old pointer is never an order, and going back is a new pointer
 * to an older release.
 */
import { EdgeError } from "../errors";
import { isSafeName } from "../ids";
import type { Pointer } from "../messages-release";
import { sha256 } from "../storage/hash";
import { readDocument } from "./document";
import { open, seal } from "./dsse";
import type { PrivateKey, PublicKey } from "./keys";

/** Of one model and one ring. */
export interface ChannelName {
  readonly model: string;
  readonly ring: string;
}

export interface SignedPointer {
  readonly pointer: Pointer;
  /** Of the bytes that were signed: two pointers are one if these are equal, whoever signed them again. */
  readonly contentSha256: string;
  readonly signer: PublicKey;
}

/** The latest pointer that was taken as genuine. */
export interface SeenPointer {
  readonly seq: number;
  readonly contentSha256: string;
}

const PAYLOAD_TYPE = "application/vnd.context-edge.pointer+json";

/**
 * @param expected what the pointer must be for: it is refused where it was signed for another channel
 * @throws EdgeError `signature-invalid`, `signature-untrusted`, `pointer-invalid`
 */
export function readPointer(bytes: Uint8Array, trusted: readonly PublicKey[], expected: ChannelName): SignedPointer {
  const what = `the pointer ${expected.model}/${expected.ring}`;
  const envelope = readDocument(bytes, "envelope", what);
  const { payload, signer } = open(envelope, PAYLOAD_TYPE, trusted, envelope.signatures[0]?.keyid ?? "", what);
  const pointer = readDocument(payload, "pointer/1", what);
  const wrong = inconsistency(pointer, expected);
  if (wrong !== undefined) throw new EdgeError("pointer-invalid", `${what}: ${wrong}`);
  return { pointer, contentSha256: sha256(payload), signer };
}

function inconsistency(pointer: Pointer, { model, ring }: ChannelName): string | undefined {
  if (pointer.model !== model || pointer.ring !== ring) return `it is one for ${pointer.model}/${pointer.ring}`;
  const names = [pointer.model, pointer.ring, pointer.version, pointer.challenger?.version ?? "x"];
  const unsafe = names.find((name) => !isSafeName(name));
  if (unsafe !== undefined) return `"${unsafe}" cannot stand in an object key`;
  const { issued_at, expires_at, release_sha256, revoked = [] } = pointer;
  if (!Number.isFinite(Date.parse(issued_at))) return `issued_at ${issued_at} is no time`;
  // What cannot be compared would never be over.
  if (expires_at !== undefined && !(Date.parse(expires_at) > Date.parse(issued_at)))
    return `it expires at ${expires_at}, not after it was issued at ${issued_at}`;
  return revoked.includes(release_sha256) ? `it names ${pointer.version} and revokes it` : undefined;
}

/**
 * @returns the envelope's bytes, as they stand in the bucket
 * @throws EdgeError `pointer-invalid` for one that no device would take
 */
export function signPointer(pointer: Pointer, by: PrivateKey): Uint8Array {
  const payload = Buffer.from(JSON.stringify(pointer));
  const bytes = Buffer.from(JSON.stringify(seal(PAYLOAD_TYPE, payload, by, by.public.fingerprint)));
  try {
    readPointer(bytes, [by.public], pointer);
  } catch (error) {
    throw error instanceof EdgeError ? new EdgeError("pointer-invalid", error.message, { cause: error }) : error;
  }
  return bytes;
}

/** @throws EdgeError `pointer-older`, `pointer-conflict` */
export function refuseOlder({ pointer, contentSha256 }: SignedPointer, seen: SeenPointer | undefined): void {
  if (!seen) return;
  const { model, ring, pointer_seq: seq, version } = pointer;
  const what = `the pointer ${model}/${ring} is number ${seq} (${version})`;
  if (seq < seen.seq) {
    throw new EdgeError("pointer-older", `${what}, and number ${seen.seq} was seen here`, {
      remedy: `an older state of the store was put back: promote again, with --after ${seen.seq}`,
    });
  }
  if (seq === seen.seq && contentSha256 !== seen.contentSha256) {
    throw new EdgeError("pointer-conflict", `${what}, and another number ${seq} was seen here`, {
      remedy: `promote again, with --after ${seen.seq}`,
    });
  }
}

/** What is known of the time. */
export interface Moment {
  /** What the clock says, in milliseconds since 1970. */
  readonly now: number;
  /** Why the clock cannot be relied on; undefined when it can. */
  readonly doubt: string | undefined;
  /** It is certainly not earlier than this. */
  readonly notBefore: number;
}

/**
 * Whether a release may be activated by this pointer now. A clock that cannot be relied on proves an expiry, never the absence
 * of one: with it, a pointer that can expire activates nothing.
 * @throws EdgeError `pointer-expired`, `clock-untrusted`
 */
export function refuseExpired({ model, ring, expires_at, pointer_seq }: Pointer, moment: Moment): void {
  if (expires_at === undefined) return;
  const what = `the pointer ${model}/${ring}, number ${pointer_seq}`;
  if (Math.max(moment.now, moment.notBefore) >= Date.parse(expires_at)) {
    throw new EdgeError("pointer-expired", `${what}, expired at ${expires_at}`, {
      remedy: "promote again; what runs goes on running",
    });
  }
  if (moment.doubt !== undefined) {
    throw new EdgeError("clock-untrusted", `${what}, expires at ${expires_at}, and ${moment.doubt}`, {
      remedy: "let a time service set the clock; what runs goes on running",
    });
  }
}

/** A release, by what a revocation may name: the SHA-256 of its bundle's bytes, its root digest. */
export interface Named {
  readonly model: string;
  readonly version: string;
  readonly digests: readonly string[];
}

/**
 * A bundle's bytes can be written anew without the key (a space more, a signature's other form); its root digest cannot.
 * @throws EdgeError `release-revoked`
 */
export function refuseRevoked({ model, version, digests }: Named, revoked: ReadonlySet<string>): void {
  if (!digests.some((digest) => revoked.has(digest))) return;
  throw new EdgeError("release-revoked", `${model} ${version} is revoked`, { remedy: "promote another release" });
}

/** Epochs of a pointer and of those before it; undefined for what no trusted key has signed. */
export function epochsOf(bytes: Uint8Array, trusted: readonly PublicKey[], channel: ChannelName): string[] | undefined {
  try {
    const { pointer } = readPointer(bytes, trusted, channel);
    return [pointer.epoch, ...pointer.recent_epochs];
  } catch {
    // Certainly not the one that was looked for.
    return undefined;
  }
}
