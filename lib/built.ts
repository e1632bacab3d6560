import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What a clock cannot be before when this runs from source, where no build has written its date down. */
const SOURCE_SINCE = Date.UTC(2026, 0, 1);

/** When this version was built, in milliseconds since 1970: `built.json`, which the build writes beside this file. */
export function builtAt(file = join(__dirname, "built.json")): number {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return SOURCE_SINCE;
  }
  const { built_at } = JSON.parse(text) as { built_at: string };
  return Date.parse(built_at);
}
