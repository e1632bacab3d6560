import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** What dist/ is made of. */
const SOURCES = ["lib", "nodes", "icons", "tsconfig.json", join("scripts", "build.mjs")];
/** Copied after everything is compiled: a build that failed on the way has not written it. */
const BUILT = join("dist", "nodes", "context-edge-device", "context-edge-device.html");

function newest(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** Builds dist/ when it is missing or older than a source. Returns whether it did. */
export function buildIfStale(root: string): boolean {
  const built = join(root, BUILT);
  if (existsSync(built)) {
    const builtAt = statSync(built).mtimeMs;
    if (SOURCES.every((source) => newest(join(root, source)) <= builtAt)) return false;
  }
  execFileSync(process.execPath, [join(root, "scripts", "build.mjs")], { stdio: "inherit" });
  return true;
}
