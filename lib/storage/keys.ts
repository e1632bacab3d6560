import { EdgeError } from "../errors";

/** One part of a key, between slashes: what is a file name everywhere and needs no escaping in a URL's path. */
const PART = /^[A-Za-z0-9][A-Za-z0-9._=-]{0,127}$/;
const MAX_KEY = 512;

/**
 * Keys are made of ids that come from outside too; one that could leave its prefix never gets to a store.
 * @throws EdgeError `objects-key`
 */
export function assertKey(key: string): void {
  if (!isKey(key)) {
    throw new EdgeError(
      "objects-key",
      `"${key.slice(0, 80)}" cannot be an object's key: parts of A-Z a-z 0-9 . _ = - between slashes`,
    );
  }
}

export function isKey(key: string): boolean {
  return key.length <= MAX_KEY && !key.includes("..") && key.split("/").every((part) => PART.test(part));
}

/** @throws EdgeError `objects-key` for a prefix that no key can begin with */
export function assertPrefix(prefix: string): void {
  const probe = prefix === "" || prefix.endsWith("/") ? `${prefix}x` : prefix;
  assertKey(probe);
}
