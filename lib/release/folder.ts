import { lstat, readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { EdgeError, asError } from "../errors";
import { sha256 } from "../storage/hash";
import { IGNORABLE, MAX_FILE_BYTES, readBundle, SIGNATURE_FILE, type SignedFiles } from "./bundle";
import { MAX_DOCUMENT_BYTES } from "./document";
import type { PublicKey } from "./keys";

export interface FolderRelease {
  readonly signed: SignedFiles;
  /** File name to the bytes that were hashed. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * Reads a release that lies in a folder and holds every file in it against the signature: none changed, none missing, none
 * more. Links and folders have no place there.
 * @param signature where the bundle lies, absolute or in the folder
 * @throws EdgeError `release-files`, `blob-mismatch`, or what readBundle throws
 */
export async function readFolder(
  folder: string,
  trusted: readonly PublicKey[],
  signature = join(folder, SIGNATURE_FILE),
): Promise<FolderRelease> {
  const signed = readBundle(await readOne(signature, MAX_DOCUMENT_BYTES), trusted, signature);
  const names = (await readdir(folder)).filter((name) => !IGNORABLE.includes(name) && join(folder, name) !== signature);
  const more = names.find((name) => !signed.files.has(name));
  if (more !== undefined) throw new EdgeError("release-files", `${join(folder, more)} is not signed`);
  const files = new Map<string, Uint8Array>();
  for (const [name, digest] of signed.files) {
    const bytes = await readOne(join(folder, name), MAX_FILE_BYTES);
    files.set(name, matching(bytes, digest, join(folder, name)));
  }
  return { signed, files };
}

/**
 * @returns the bytes
 * @throws EdgeError `blob-mismatch` when they are not the ones that were signed
 */
export function matching(bytes: Uint8Array, digest: string, where: string): Uint8Array {
  const found = sha256(bytes);
  if (found === digest) return bytes;
  throw new EdgeError("blob-mismatch", `${where} is not what was signed: its SHA-256 is ${found}, not ${digest}`);
}

async function readOne(file: string, maxBytes: number): Promise<Uint8Array> {
  try {
    const found = await lstat(file);
    if (!found.isFile()) throw new EdgeError("release-files", `${file} is not a file`);
    if (found.size > maxBytes)
      throw new EdgeError("release-files", `${file} has ${found.size} bytes, limit ${maxBytes}`);
    return await readFile(file);
  } catch (error) {
    if (error instanceof EdgeError) throw error;
    throw new EdgeError("release-files", `the release cannot be read: ${asError(error).message}`, { cause: error });
  }
}
