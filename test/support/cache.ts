import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

const CACHE = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "context-edge");

/**
 * A folder outside the tree that is made once per name and key: what takes minutes to install is not installed twice.
 * @param make fills the folder it is given; a failed attempt leaves nothing behind
 */
export async function cached(name: string, key: string, make: (dir: string) => Promise<void> | void): Promise<string> {
  const dir = join(CACHE, `${name}-${createHash("sha256").update(key).digest("hex").slice(0, 12)}`);
  if (existsSync(join(dir, ".complete"))) return dir;
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  try {
    await make(dir);
    mkdirSync(join(dir, ".complete"));
  } catch (error) {
    rmSync(dir, { recursive: true, force: true });
    throw error;
  }
  return dir;
}

/** A fresh folder for one test; the test removes it. */
export function scratch(name: string): string {
  return mkdtempSync(join(tmpdir(), `context-edge-${name}-`));
}
