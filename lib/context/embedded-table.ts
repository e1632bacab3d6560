/**
 * The contexts of one database: all of them in memory for reading, each write on the disk. A write is visible at once, and
 * answered when it is on the disk; one that fails is taken back.
 */
import { EdgeError } from "../errors";
import type { Database, Statement } from "../storage/database";

const STEPS = ["CREATE TABLE contexts (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"];
const UPSERT = "INSERT INTO contexts (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
const DELETE = "DELETE FROM contexts WHERE key = ?";

/** One per database, shared by all config nodes that use it: they keep the same rows in the same memory. */
const opened = new WeakMap<Database, Promise<EmbeddedTable>>();

/** Key and new text; undefined removes. */
export type Change = readonly [key: string, text: string | undefined];

export class EmbeddedTable {
  private readonly texts = new Map<string, string>();
  private readonly listeners = new Set<() => void>();
  private characters = 0;

  private constructor(
    private readonly database: Database,
    private readonly maxCharacters: number,
  ) {}

  /**
   * @param maxCharacters of keys and values together: what the memory may take
   * @throws EdgeError as `Database.migrate` and `read`
   */
  static open(database: Database, maxCharacters: number): Promise<EmbeddedTable> {
    const known = opened.get(database);
    if (known) return known;
    const table = new EmbeddedTable(database, maxCharacters).load();
    opened.set(database, table);
    table.catch(() => opened.delete(database));
    return table;
  }

  get size(): number {
    return this.texts.size;
  }

  get(key: string): string | undefined {
    return this.texts.get(key);
  }

  /** Calls back when the number of contexts changes. Returns what ends it. */
  watch(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** All changes or none. @throws EdgeError `store-full`, `disk-full`, and as `Database.write` */
  async change(changes: readonly Change[]): Promise<void> {
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
      await this.database.write(changes.map(statement));
    } catch (error) {
      const written = new Map(changes);
      for (const [key, text] of before) if (this.texts.get(key) === written.get(key)) this.hold(key, text);
      throw error;
    } finally {
      for (const listener of this.listeners) listener();
    }
  }

  private async load(): Promise<this> {
    await this.database.migrate("contexts", STEPS);
    for (const { key, value } of await this.database.read<{ key: string; value: string }>(
      "SELECT key, value FROM contexts",
    )) {
      this.hold(key, value);
    }
    return this;
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

function statement([key, text]: Change): Statement {
  return text === undefined ? { sql: DELETE, params: [key] } : { sql: UPSERT, params: [key, text] };
}
