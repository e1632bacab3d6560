/**
 * Contexts kept on the device itself: all of them in memory for reading, each write in the device's database. A write is
 * visible at once, and answered when it is on the disk; one that fails is taken back.
 */
import { EdgeError } from "../errors";
import type { Context } from "../messages";
import type { Database, Statement } from "../storage/database";
import {
  encodeContext,
  parseContext,
  type ContextStore,
  type Entry,
  type Known,
  type Sink,
  type StoreState,
} from "./store";

const STEPS = ["CREATE TABLE contexts (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"];
/** All contexts are in memory: characters of keys and values together. */
const MAX_CHARACTERS = 64 * 1024 * 1024;

const UPSERT = "INSERT INTO contexts (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
const DELETE = "DELETE FROM contexts WHERE key = ?";

/** One per database, shared by all config nodes that use it: they keep the same table in the same memory. */
const opened = new WeakMap<Database, EmbeddedStore>();

export class EmbeddedStore implements ContextStore {
  readonly kind = "embedded";
  private readonly texts = new Map<string, string>();
  private characters = 0;
  private readonly listeners = new Set<(state: StoreState) => void>();

  private constructor(
    private readonly database: Database,
    private readonly maxCharacters: number,
  ) {}

  /** @throws EdgeError as `database.migrate` and `read` */
  static async open(database: Database, maxCharacters = MAX_CHARACTERS): Promise<EmbeddedStore> {
    const known = opened.get(database);
    if (known) return known;
    const store = new EmbeddedStore(database, maxCharacters);
    await database.migrate("contexts", STEPS);
    for (const { key, value } of await database.read<{ key: string; value: string }>(
      "SELECT key, value FROM contexts",
    )) {
      store.hold(key, value);
    }
    const first = opened.get(database);
    if (first) return first;
    opened.set(database, store);
    return store;
  }

  get state(): StoreState {
    return { phase: "ready", text: `embedded · ${this.texts.size}` };
  }

  read(key: string, sink: Sink, slot: number): void {
    sink.answered(slot, this.texts.get(key) ?? null, "embedded", 0);
  }

  lastKnown(key: string): Known | undefined {
    const text = this.texts.get(key);
    return text === undefined ? undefined : { text, ageMs: 0 };
  }

  async replace(entries: readonly Entry[]): Promise<void> {
    await this.change(entries.map(({ key, value }) => [key, encodeContext(key, value)]));
  }

  async update(key: string, change: (before: Context | undefined) => Context): Promise<void> {
    const text = this.texts.get(key);
    const after = change(text === undefined ? undefined : parseContext(key, text));
    await this.change([[key, encodeContext(key, after)]]);
  }

  async remove(keys: readonly string[]): Promise<number> {
    const there = [...new Set(keys)].filter((key) => this.texts.has(key));
    await this.change(there.map((key) => [key, undefined]));
    return there.length;
  }

  use(): void {
    // Everything is in memory already.
  }

  async release(): Promise<void> {
    // The database belongs to the device.
  }

  watch(listener: (state: StoreState) => void): () => void {
    this.listeners.add(listener);
    listener(this.state);
    return () => this.listeners.delete(listener);
  }

  private async change(changes: readonly (readonly [string, string | undefined])[]): Promise<void> {
    if (changes.length === 0) return;
    const before = new Map(changes.map(([key]) => [key, this.texts.get(key)]));
    for (const [key, text] of changes) this.hold(key, text);
    try {
      if (this.characters > this.maxCharacters) {
        throw new EdgeError(
          "store-full",
          `the embedded contexts would take ${this.characters} characters, limit ${this.maxCharacters}`,
          {
            remedy: "delete some, or keep contexts in Redis",
          },
        );
      }
      await this.database.write(
        changes.map(([key, text]): Statement =>
          text === undefined ? { sql: DELETE, params: [key] } : { sql: UPSERT, params: [key, text] },
        ),
      );
    } catch (error) {
      const written = new Map(changes);
      for (const [key, text] of before) if (this.texts.get(key) === written.get(key)) this.hold(key, text);
      throw error;
    }
    for (const listener of this.listeners) listener(this.state);
  }

  private hold(key: string, text: string | undefined): void {
    const old = this.texts.get(key);
    if (old !== undefined) this.characters -= key.length + old.length;
    if (text === undefined) this.texts.delete(key);
    else {
      this.texts.set(key, text);
      this.characters += key.length + text.length;
    }
  }
}
