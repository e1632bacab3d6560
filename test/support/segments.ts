import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Ldo } from "../../lib/messages";

/** Every LDO in a folder laid out as the bucket, in the order of its segments. */
export function readLdos(root: string): Ldo[] {
  return files(join(root, "ldo", "v1"))
    .filter((path) => path.endsWith(".ndjson.gz"))
    .sort()
    .flatMap((path) => gunzipSync(readFileSync(path)).toString("utf8").trimEnd().split("\n"))
    .map((line) => JSON.parse(line) as Ldo);
}

function files(dir: string): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}
