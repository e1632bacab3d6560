import type { EdgeError } from "../errors";
import type { RaceVerdict } from "./store-race";

export interface ObjectInfo {
  readonly key: string;
  readonly size: number;
  /** Milliseconds since 1970, by the store's clock. */
  readonly modifiedAt: number;
}

export interface HeadInfo extends ObjectInfo {
  /** Changes with the content; equal content has an equal one. What `ifMatch` takes. */
  readonly etag: string;
  /** Of the content, from the metadata; undefined for an object that something else has put there. */
  readonly sha256: string | undefined;
}

export interface StoredObject extends HeadInfo {
  readonly body: Uint8Array;
}

/** When a put may happen: only where nothing is, or only over the version that was read. */
export type Condition = { readonly ifNoneMatch: "*" } | { readonly ifMatch: string };

export interface PutOptions {
  readonly condition?: Condition;
  readonly contentType?: string;
  readonly contentEncoding?: "gzip";
  /** SHA-256 of the body in hexadecimal where the caller knows it; saves hashing on the event loop. */
  readonly sha256?: string;
}

/**
 * What became of a put. Only `stored` and `exists-same` mean that the body is there.
 * - `exists-same`: the key holds these very bytes: an earlier try got through, or somebody put the same. A body under
 *   compare-and-swap carries a nonce, so that this can only be one's own.
 * - `exists-other`: the condition does not hold: other bytes are there, or (ifMatch) nothing is: then `found` is undefined.
 * - `refused`: it is certainly not there. About the `object`: this body or key will never be taken; about the `store`:
 *   nothing will be until somebody changes a setting.
 * - `unknown`: it may be there now or soon. Trying again with the same bytes and the same condition is always right.
 */
export type PutOutcome =
  | { readonly kind: "stored"; readonly etag: string }
  | { readonly kind: "exists-same"; readonly etag: string }
  | { readonly kind: "exists-other"; readonly found: HeadInfo | undefined }
  | { readonly kind: "refused"; readonly about: "object" | "store"; readonly error: EdgeError }
  | { readonly kind: "unknown"; readonly error: EdgeError };

/**
 * Objects by key: an S3 bucket or a folder. A put is atomic: a reader sees the old bytes or the new ones, whole. Nothing
 * here retries; that is the caller's, who knows how long an answer is worth waiting for.
 *
 * Methods other than put throw EdgeErrors: `objects-timeout`, `objects-unreachable`, `objects-busy` (try again later),
 * `objects-denied`, `objects-clock`, `objects-bucket`, `objects-refused` (a setting is wrong), `objects-key`.
 */
export interface ObjectStore {
  /** For people: "bucket ldo at https://s3.plant.example". */
  readonly description: string;
  /** @throws EdgeError `objects-key` alone, for a key that cannot be one */
  put(key: string, body: Uint8Array, options?: PutOptions): Promise<PutOutcome>;
  /** @throws EdgeError `objects-too-large` beyond `maxBytes` (64 MiB unless said otherwise) */
  get(key: string, maxBytes?: number): Promise<StoredObject | undefined>;
  head(key: string): Promise<HeadInfo | undefined>;
  /** Keys that begin with `prefix` and come after `startAfter`, in the order of their bytes. */
  list(prefix: string, startAfter?: string): AsyncIterable<ObjectInfo>;
  remove(key: string): Promise<void>;
  /** Whether one of several racing conditional writers wins here, as it must. Tried out at the first call, then known. */
  conditionalWrites(): Promise<RaceVerdict>;
  close(): Promise<void>;
}

export const MAX_OBJECT_BYTES = 64 << 20;
