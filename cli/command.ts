import { readFileSync } from "node:fs";
import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { systemClock } from "../lib/clock";
import { EdgeError, asError, errorCode } from "../lib/errors";
import { readPublicKeys, type PublicKey } from "../lib/release/keys";
import type { ObjectStore } from "../lib/storage/object-store";
import { openStoreUrl } from "../lib/storage/store-url";

/** Where a command writes and what it is run with. */
export interface Surroundings {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  readonly env: NodeJS.ProcessEnv;
}

export interface Command {
  readonly help: string;
  /** @returns the exit code @throws EdgeError, which decides the exit code */
  readonly run: (args: readonly string[], surroundings: Surroundings) => Promise<number> | number;
}

/** How a command ended, for scripts. */
export const EXIT = { done: 0, fault: 1, usage: 2, refused: 3, again: 4 } as const;

export const EXITS = `Exit codes: 0 done · 2 wrong use, or a file or setting to correct · 3 refused: not what a trusted key
signed, or not what is expected there · 4 the store does not answer: again later · 1 anything else`;

/** Codes after which the same command may succeed without anything being changed. */
const AGAIN = new Set(["objects-timeout", "objects-unreachable", "objects-busy", "swap-unknown"]);
const SETTINGS = /^(usage|objects-|key-invalid|key-exists|release-missing$)/;

export function exitCodeOf(error: unknown): number {
  const code = errorCode(error, "");
  if (AGAIN.has(code)) return EXIT.again;
  if (SETTINGS.test(code)) return EXIT.usage;
  return error instanceof EdgeError ? EXIT.refused : EXIT.fault;
}

export function wrongUse(text: string): EdgeError {
  return new EdgeError("usage", text, { remedy: "--help says how" });
}

/** @throws EdgeError `usage` */
export function parse<O extends ParseArgsOptionsConfig>(args: readonly string[], options: O) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw wrongUse(asError(error).message);
  }
}

/** @throws EdgeError `usage` when it cannot be read */
export function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new EdgeError("usage", asError(error).message, { cause: error });
  }
}

/** Public keys of several files, each once. @throws EdgeError `usage`, `key-invalid` */
export function readTrusted(files: readonly string[], option: string): PublicKey[] {
  if (files.length === 0) throw wrongUse(`${option} is missing: the public key (PEM) of who is trusted`);
  const keys = new Map<string, PublicKey>();
  for (const file of files) for (const key of readPublicKeys(readText(file), file)) keys.set(key.fingerprint, key);
  if (keys.size === 0) throw wrongUse(`${files.join(", ")}: no public key in there`);
  return [...keys.values()];
}

/** Opens a store for as long as `use` takes. */
export async function withStore<T>(
  url: string,
  { env }: Surroundings,
  use: (store: ObjectStore) => Promise<T>,
): Promise<T> {
  const store = openStoreUrl(url, systemClock, env);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}
