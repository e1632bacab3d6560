import { createHash } from "node:crypto";

/**
 * What a release is known by: SHA-256 over the SHA-256 digests (32 bytes each) of its files, ordered by file name. This
 * is the digest that OpenSSF Model Signing v1.0 puts into its statement's subject.
 *
 * @param files file name to SHA-256 in hexadecimal
 */
export function releaseDigest(files: Readonly<Record<string, string>>): string {
  const hash = createHash("sha256");
  for (const name of Object.keys(files).toSorted()) hash.update(Buffer.from(files[name] as string, "hex"));
  return hash.digest("hex");
}
