/**
 * A map of which every version stays as it was, and the next one costs what differs, not a copy: only the newest holds the
 * entries, each older one what it had otherwise than the version after it (H. G. Baker, "Shallow Binding Makes Functional
 * Arrays Fast", 1991). Nothing holds an older version but who uses it. Reading an old one costs a step for each change since;
 * changing an old one copies it.
 */
interface Difference<K, V> {
  readonly key: K;
  /** What this version has there. */
  readonly was: { readonly value: V } | undefined;
  readonly next: VersionedMap<K, V>;
}

export class VersionedMap<K, V> implements ReadonlyMap<K, V> {
  readonly size: number;
  private held: Map<K, V> | undefined;
  private difference: Difference<K, V> | undefined;

  private constructor(entries: Map<K, V>) {
    this.held = entries;
    this.size = entries.size;
  }

  static from<K, V>(map: ReadonlyMap<K, V>): VersionedMap<K, V> {
    return map instanceof VersionedMap ? (map as VersionedMap<K, V>) : new VersionedMap(new Map(map));
  }

  /** The next version, with `value` under `key`. */
  with(key: K, value: V): VersionedMap<K, V> {
    return this.next(key, (entries) => entries.set(key, value));
  }

  /** The next version, with nothing under `key`. */
  without(key: K): VersionedMap<K, V> {
    return this.has(key) ? this.next(key, (entries) => entries.delete(key)) : this;
  }

  get(key: K): V | undefined {
    return this.find(key)?.value;
  }

  has(key: K): boolean {
    return this.find(key) !== undefined;
  }

  /** In the order in which keys came; in an old version, those that were removed since come last. */
  entries(): MapIterator<[K, V]> {
    // A next version may be made while somebody goes through this one.
    return new Map(this.now()).entries();
  }

  keys(): MapIterator<K> {
    return [...this.now().keys()].values();
  }

  values(): MapIterator<V> {
    return [...this.now().values()].values();
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }

  forEach(callback: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this) callback(value, key, this);
  }

  private next(key: K, change: (entries: Map<K, V>) => void): VersionedMap<K, V> {
    const was = this.find(key);
    const entries = this.now();
    const isNewest = entries === this.held;
    change(entries);
    const next = new VersionedMap(entries);
    if (isNewest) {
      this.held = undefined;
      this.difference = { key, was, next };
    }
    return next;
  }

  private find(key: K): { readonly value: V } | undefined {
    // oxlint-disable-next-line no-this-alias -- goes from version to version
    let version: VersionedMap<K, V> = this;
    while (version.difference) {
      if (version.difference.key === key) return version.difference.was;
      version = version.difference.next;
    }
    const { held } = version;
    return held?.has(key) ? { value: held.get(key) as V } : undefined;
  }

  /** The entries themselves in the newest version, a copy in an older one. */
  private now(): Map<K, V> {
    if (this.held) return this.held;
    const later: Difference<K, V>[] = [];
    // oxlint-disable-next-line no-this-alias -- goes from version to version
    let version: VersionedMap<K, V> = this;
    while (version.difference) {
      later.push(version.difference);
      version = version.difference.next;
    }
    const entries = new Map(version.held);
    for (const { key, was } of later.toReversed()) {
      if (was) entries.set(key, was.value);
      else entries.delete(key);
    }
    return entries;
  }
}
