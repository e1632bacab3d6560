import { chmodSync } from "node:fs";
import { readFile, readdir, rename, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { EdgeError, asError, errorCode } from "../errors";
import { randomHex } from "../ids";
import { syncDirectory, tolerateMissing, writeDurably } from "../storage/durable";
import { sha256 } from "../storage/hash";
import { makeDirectory } from "../storage/make-directory";

const DRAFT = ".draft-";
const CONTENT = /^[0-9a-f]{64}$/;
/** A file that nobody needs may just have come, for a release that is still on its way. */
const YOUNG_MS = 24 * 3_600_000;

/**
 * The releases of a model on the device: files by the SHA-256 of their content. What is read is hashed every time; a file
 * that is not what its name says is removed and counts as missing. A draft becomes a file when it is whole and on the disk.
 */
export class ReleaseCache {
  /** @param folder absolute; made when it is first written to, for this user alone */
  constructor(private readonly folder: string) {}

  /** @throws EdgeError `cache` when there is a file that cannot be read */
  async get(digest: string): Promise<Uint8Array | undefined> {
    const file = join(this.folder, digest);
    try {
      const bytes = await readFile(file);
      if (sha256(bytes) === digest) return bytes;
      await unlink(file);
      return undefined;
    } catch (error) {
      if (errorCode(error) === "ENOENT") return undefined;
      throw explained(error, file);
    }
  }

  /** @param bytes of which `digest` is the SHA-256 @throws EdgeError `cache` */
  async put(digest: string, bytes: Uint8Array): Promise<void> {
    const draft = join(this.folder, `${DRAFT}${randomHex(64)}`);
    try {
      makeDirectory(this.folder);
      chmodSync(this.folder, 0o700);
      await writeDurably(draft, bytes);
      await rename(draft, join(this.folder, digest));
      await syncDirectory(this.folder);
    } catch (error) {
      await unlink(draft).catch(tolerateMissing);
      throw explained(error, join(this.folder, digest));
    }
  }

  /** Removes what is old and not kept: releases of long ago, drafts of a process that was killed. */
  async prune(kept: ReadonlySet<string>, nowMs: number): Promise<void> {
    for (const name of await readdir(this.folder).catch(() => [])) {
      if (kept.has(name) || !(CONTENT.test(name) || name.startsWith(DRAFT))) continue;
      const file = join(this.folder, name);
      const found = await stat(file).catch(tolerateMissing);
      if (found && nowMs - found.mtimeMs > YOUNG_MS) await unlink(file).catch(tolerateMissing);
    }
  }
}

function explained(error: unknown, file: string): EdgeError {
  return new EdgeError("cache", `the model cannot be kept on the device: ${file}: ${asError(error).message}`, {
    cause: error,
    remedy: "check space and rights of the data folder",
  });
}
