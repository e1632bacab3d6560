/**
 * Models that come with the package, in `models/<name>/`. They are trusted because the code pins the SHA-256 of each of
 * their files: a file that was changed after the package was built is refused before anything parses it.
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { EdgeError, asError } from "../errors";
import { isSafeName } from "../ids";
import { sha256 } from "../storage/hash";
import { assembleRelease, type ReleaseSource } from "./assemble";
import bundledPins = require("./bundled-pins.json");

/** Model name to file name to SHA-256; written by `npm run pin-model`. */
export type Pins = Readonly<Record<string, Readonly<Record<string, string>>>>;

export const PINS: Pins = bundledPins;
export const DEFAULT_MODEL = "motor-faults";

/**
 * @param folder where `<name>/` lies
 * @throws EdgeError `bundled-unknown` when no such model is pinned
 */
export function bundledModel(name: string, folder: string = bundledFolder(), pins: Pins = PINS): ReleaseSource {
  const files = isSafeName(name) && Object.hasOwn(pins, name) ? pins[name] : undefined;
  if (!files)
    throw new EdgeError(
      "bundled-unknown",
      `no bundled model is called "${name}"; there are: ${Object.keys(pins).join(", ") || "none"}`,
    );
  return {
    name,
    async open() {
      const entries = await Promise.all(
        Object.entries(files).map(
          async ([file, pin]) => [file, await readPinned(join(folder, name, file), pin)] as const,
        ),
      );
      return assembleRelease(new Map(entries));
    },
  };
}

async function readPinned(file: string, pin: string): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new EdgeError("bundled-missing", `a file of the bundled model cannot be read: ${asError(error).message}`, {
      cause: error,
      remedy: "install the package again",
    });
  }
  const found = sha256(bytes);
  if (found !== pin) {
    throw new EdgeError(
      "hash-mismatch",
      `${file} is not the file that was pinned: its SHA-256 is ${found}, not ${pin}`,
      { remedy: "install the package again" },
    );
  }
  return bytes;
}

/** `models/` beside the package.json above this file, whether this runs from lib/ or from dist/lib/. */
export function bundledFolder(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, "models");
}
