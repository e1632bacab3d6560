/** Releases and pointers as objects in a store: where they lie, and how they are read. */
import { EdgeError } from "../errors";
import type { ObjectStore, StoredObject } from "../storage/object-store";
import { MAX_FILE_BYTES, readBundle, type SignedFiles } from "./bundle";
import { MAX_DOCUMENT_BYTES } from "./document";
import { matching } from "./folder";
import type { PublicKey } from "./keys";
import type { ChannelName } from "./pointer";

export const releaseKey = (model: string, version: string): string => `releases/${model}/${version}.json`;
export const blobKey = (digest: string): string => `blobs/sha256/${digest}`;
export const channelKey = ({ model, ring }: ChannelName): string => `channels/${model}/${ring}.json`;

/** @throws EdgeError `release-missing`, or what the store throws */
export async function getBundle(store: ObjectStore, model: string, version: string): Promise<Uint8Array> {
  const key = releaseKey(model, version);
  const found = await store.get(key, MAX_DOCUMENT_BYTES);
  if (found) return found.body;
  throw new EdgeError("release-missing", `${store.description} has no ${key}`, {
    remedy: "publish the release there, or correct model and version",
  });
}

/** The object under a digest, its bytes held against it. @throws EdgeError `release-missing`, `blob-mismatch`, or what the store throws */
export async function getBlob(store: ObjectStore, digest: string, name: string): Promise<Uint8Array> {
  const found = await store.get(blobKey(digest), MAX_FILE_BYTES);
  if (found) return matching(found.body, digest, `${name} (${blobKey(digest)}) in ${store.description}`);
  throw new EdgeError(
    "release-missing",
    `${store.description} has no ${blobKey(digest)}, which is ${name} of the release`,
    {
      remedy: "publish the release again",
    },
  );
}

/** A whole release out of a store, verified. @throws EdgeError */
export async function getRelease(
  store: ObjectStore,
  model: string,
  version: string,
  trusted: readonly PublicKey[],
): Promise<{ readonly signed: SignedFiles; readonly files: ReadonlyMap<string, Uint8Array> }> {
  const signed = readBundle(await getBundle(store, model, version), trusted, releaseKey(model, version));
  const files = new Map<string, Uint8Array>();
  for (const [name, digest] of signed.files) files.set(name, await getBlob(store, digest, name));
  return { signed, files };
}

/** @throws EdgeError `pointer-missing`, or what the store throws */
export async function getPointer(store: ObjectStore, channel: ChannelName): Promise<StoredObject> {
  const found = await store.get(channelKey(channel), MAX_DOCUMENT_BYTES);
  if (found) return found;
  throw new EdgeError("pointer-missing", `${store.description} has no ${channelKey(channel)}`, {
    remedy: `\`context-edge promote ${channel.model} VERSION ${channel.ring}\` makes it; or correct model and ring`,
  });
}
