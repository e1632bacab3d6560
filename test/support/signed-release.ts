/** A small release with all that signs it, and the ways to bend it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { signFiles } from "../../lib/release/bundle";
import { newKey, type PrivateKey } from "../../lib/release/keys";
import { sha256 } from "../../lib/storage/hash";

/** SHA-256 of each file. */
export function digestsOf(files: ReadonlyMap<string, Uint8Array>): Map<string, string> {
  return new Map([...files].map(([name, bytes]) => [name, sha256(bytes)]));
}

export interface Signed {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly by: PrivateKey;
  readonly bundle: Uint8Array;
}

export function signed(files: ReadonlyMap<string, Uint8Array>, by: PrivateKey = newKey()): Signed {
  return { files, by, bundle: signFiles(digestsOf(files), "small", by) };
}

/** Lays a release down as a folder, its signature as model.sig. */
export function writeFolder(folder: string, files: ReadonlyMap<string, Uint8Array>, bundle?: Uint8Array): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
  if (bundle) writeFileSync(join(folder, "model.sig"), bundle);
}
