/**
 * A channel as a device sees it: which release it is to run, and that release's files, verified before anything parses them
 * and kept on the device. Nothing here loads or swaps a model.
 */
import { join } from "node:path";
import type { Clock } from "../clock";
import type { ClockWatch } from "../clock-watch";
import { builtAt } from "../built";
import { EdgeError } from "../errors";
import type { Pointer } from "../messages-release";
import type { Database } from "../storage/database";
import { sha256 } from "../storage/hash";
import type { ObjectStore } from "../storage/object-store";
import { namedFiles, readBundle, type SignedFiles } from "./bundle";
import { ReleaseCache } from "./cache";
import type { PublicKey } from "./keys";
import { ChannelMemory, type ReleaseRef, type Remembered } from "./memory";
import { getBlob, getBundle, getPointer, releaseKey } from "./objects";
import { readPointer, refuseExpired, refuseRevoked, type ChannelName, type Moment } from "./pointer";

export interface ChannelSettings extends ChannelName {
  readonly releaseKeys: readonly PublicKey[];
  readonly pointerKeys: readonly PublicKey[];
}

/** What a channel needs of its device; new with every deploy. */
export interface ChannelParts {
  readonly store: ObjectStore;
  readonly database: () => Promise<Database>;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly watch: Pick<ClockWatch, "trouble" | "stamp">;
}

export interface ReleaseFiles {
  readonly signed: SignedFiles;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export class Channel {
  constructor(
    readonly settings: ChannelSettings,
    private parts: ChannelParts,
  ) {}

  /** From now on these are the parts. @returns whether the store is another one than before */
  use(parts: ChannelParts): boolean {
    const another = parts.store !== this.parts.store;
    this.parts = parts;
    return another;
  }

  /**
   * Reads the pointer in the store and remembers it, if it is genuine and not older than what was seen.
   * @returns the release to run: one that may be activated now
   * @throws EdgeError `pointer-…`, `signature-…`, `clock-untrusted`, `release-revoked`, of the store or of the database
   */
  async look(): Promise<ReleaseRef> {
    const { body } = await getPointer(this.parts.store, this.settings);
    const signed = readPointer(body, this.settings.pointerKeys, this.settings);
    const memory = await this.memory();
    await memory.take(signed);
    const { pointer } = signed;
    // What was activated before is not activated by this pointer.
    const remembered = await memory.recall();
    if (remembered?.good?.release_sha256 !== pointer.release_sha256) refuseExpired(pointer, this.moment(pointer));
    this.refuseRevoked(pointer, remembered);
    return pointer;
  }

  /**
   * What served last, for when the store cannot be reached. An expiry does not take it away, a revocation does.
   * @throws EdgeError `release-revoked`, or of the database
   */
  async lastGood(): Promise<ReleaseRef | undefined> {
    const remembered = await (await this.memory()).recall();
    if (!remembered?.good) return undefined;
    this.refuseRevoked(remembered.good, remembered);
    return remembered.good;
  }

  /**
   * A release's files, out of the device's cache, and what is missing there out of the store. What an earlier try has brought
   * is not brought again.
   * @throws EdgeError `signature-…`, `release-revoked`, `release-missing`, `blob-mismatch`, `cache`, of the store or of the
   *   database
   */
  async release(ref: ReleaseRef): Promise<ReleaseFiles> {
    const { version, release_sha256 } = ref;
    const { releaseKeys, model } = this.settings;
    const { store } = this.parts;
    const cache = this.cache();
    const bundle = await this.cached(cache, release_sha256, async () => {
      const bytes = await getBundle(store, model, version);
      const found = sha256(bytes);
      if (found === release_sha256) return bytes;
      const what = `${releaseKey(model, version)} in ${store.description}`;
      throw new EdgeError("blob-mismatch", `${what} is not what the pointer names: ${found}, not ${release_sha256}`);
    });
    const signed = readBundle(bundle, releaseKeys, releaseKey(model, version));
    this.refuseRevoked(ref, await (await this.memory()).recall(), signed.digest);
    const files = new Map<string, Uint8Array>();
    for (const [name, digest] of signed.files)
      files.set(name, await this.cached(cache, digest, () => getBlob(store, digest, name)));
    return { signed, files };
  }

  /** To be called once a release serves: from now on it is the last good one, and older ones may go. */
  async activated(release: ReleaseRef): Promise<void> {
    const memory = await this.memory();
    await memory.activated(release);
    const kept = await memory.kept();
    const cache = this.cache();
    const files: string[] = [];
    for (const digest of kept) {
      const bundle = await cache.get(digest);
      if (bundle) files.push(...filesOf(bundle));
    }
    await cache.prune(new Set([...kept, ...files]), this.parts.clock.now());
  }

  private refuseRevoked({ version, release_sha256 }: ReleaseRef, known: Remembered | undefined, digest?: string): void {
    const digests = digest === undefined ? [release_sha256] : [release_sha256, digest];
    refuseRevoked({ model: this.settings.model, version, digests }, known?.revoked ?? new Set());
  }

  private async cached(cache: ReleaseCache, digest: string, get: () => Promise<Uint8Array>): Promise<Uint8Array> {
    const kept = await cache.get(digest);
    if (kept) return kept;
    const bytes = await get();
    await cache.put(digest, bytes);
    return bytes;
  }

  private cache(): ReleaseCache {
    return new ReleaseCache(join(this.parts.dataDir, "models", this.settings.model));
  }

  private async memory(): Promise<ChannelMemory> {
    return new ChannelMemory(await this.parts.database(), this.settings);
  }

  private moment(pointer: Pointer): Moment {
    const { clock, watch } = this.parts;
    const { synced } = watch.stamp();
    const doubt = watch.trouble() ?? (synced === false ? "no time service has set the clock for 9 hours" : undefined);
    return { now: clock.now(), doubt, notBefore: Math.max(builtAt(), Date.parse(pointer.issued_at)) };
  }
}

/** Of any ring's bundle: it may be signed by a key that is not trusted in this one. */
function filesOf(bundle: Uint8Array): readonly string[] {
  try {
    return namedFiles(bundle);
  } catch {
    // No bundle as this version reads them: it will not be served again.
    return [];
  }
}
