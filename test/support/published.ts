/** A release in a store and the pointer to it, as the trainer and a promotion leave them. */
import type { Pointer } from "../../lib/messages-release";
import { randomHex } from "../../lib/ids";
import { newKey, type PrivateKey } from "../../lib/release/keys";
import { blobKey, channelKey, releaseKey } from "../../lib/release/objects";
import { signPointer } from "../../lib/release/pointer";
import { sha256 } from "../../lib/storage/hash";
import type { ObjectStore } from "../../lib/storage/object-store";
import { files, manifest } from "./model-fixture";
import { signed, type Signed } from "./signed-release";

export const RING = "stable";
export const MODEL = "small";

export interface Keys {
  readonly release: PrivateKey;
  readonly pointer: PrivateKey;
}

export const newKeys = (): Keys => ({ release: newKey(), pointer: newKey() });

/** The small model of the fixtures in a version, signed; another seed is another network. */
export function version(number: string, by: PrivateKey, seed = 7): Signed {
  return signed(files({ manifest: manifest({ version: number }), seed }), by);
}

/** Blobs first, the bundle last. */
export async function publish(store: ObjectStore, number: string, release: Signed, model = MODEL): Promise<void> {
  for (const bytes of release.files.values()) await store.put(blobKey(sha256(bytes)), bytes);
  await store.put(releaseKey(model, number), release.bundle);
}

export function pointerTo(number: string, bundle: Uint8Array, seq: number, more: Partial<Pointer> = {}): Pointer {
  return {
    schema: "pointer/1",
    model: MODEL,
    ring: RING,
    version: number,
    release_sha256: sha256(bundle),
    pointer_seq: seq,
    issued_at: "2026-11-24T10:00:00.000Z",
    reason: "a test",
    epoch: randomHex(128),
    recent_epochs: [],
    ...more,
  };
}

export async function point(store: ObjectStore, pointer: Pointer, by: PrivateKey): Promise<void> {
  await store.put(channelKey(pointer), signPointer(pointer, by));
}
