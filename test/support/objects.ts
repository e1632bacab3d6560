import type { ObjectStore } from "../../lib/storage/object-store";

/** Keys below a prefix, after a key, in the order the store lists them. */
export async function keysOf(store: ObjectStore, prefix: string, after?: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix, after)) keys.push(key);
  return keys;
}
