/** Where a token belongs: to the API that stood there when a node first started with it, whatever a flow says later. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";

/**
 * @param dataDir the device's folder, where the token's hash and its origin are kept
 * @returns scheme, host and port that the token goes to, and to no other
 */
export function boundOrigin(dataDir: string, token: string, api: URL): string {
  const folder = join(dataDir, "training", "tokens");
  const file = join(folder, createHash("sha256").update(token).digest("hex"));
  if (existsSync(file)) return readFileSync(file, "utf8").trim();
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${file}.new`, `${api.origin}\n`, { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
  return api.origin;
}
