import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { errorCode } from "../errors";

/**
 * Makes a directory and those missing above it, one by one. Node's own `recursive: true` never returns where a parent
 * exists and mkdir in it answers ENOENT all the same (/proc, some automounts): the process would hang for good.
 * @param path absolute
 * @returns the topmost directory that was made, undefined when it was there already
 * @throws Error of the system: ENOENT, EACCES, ENOTDIR, ENOSPC, …
 */
export function makeDirectory(path: string): string | undefined {
  const missing: string[] = [];
  for (let at = path; !isDirectory(at); at = dirname(at)) {
    missing.push(at);
    if (dirname(at) === at) break;
  }
  for (const directory of missing.toReversed()) {
    try {
      mkdirSync(directory);
    } catch (error) {
      // Another process may have been faster; a file of that name is still an error.
      if (errorCode(error) !== "EEXIST" || !isDirectory(directory)) throw error;
    }
  }
  return missing.at(-1);
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
