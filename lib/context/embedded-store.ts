/** Contexts kept on the device itself, in its database: the store that needs nothing else. */
import { systemClock, type Clock } from "../clock";
import { EdgeError, asError } from "../errors";
import type { Context } from "../messages";
import type { Database } from "../storage/database";
import { EmbeddedTable } from "./embedded-table";
import { Opening } from "./opening";
import {
  encodeContext,
  parseContext,
  type ContextStore,
  type Entry,
  type Known,
  type Sink,
  type StoreState,
} from "./store";

const MAX_CHARACTERS = 64 * 1024 * 1024;
/** Reads that wait while the table is being loaded. */
const MAX_WAITING = 4_096;

export class EmbeddedStore implements ContextStore {
  readonly kind = "embedded";
  readonly place = "embedded";
  private table: EmbeddedTable | undefined;
  private loading: Promise<EmbeddedTable> | undefined;
  private first: Opening | undefined;
  private fault: EdgeError | undefined;
  private waiting: { key: string; sink: Sink; slot: number }[] = [];
  private readonly users = new Set<object>();
  private readonly listeners = new Set<(state: StoreState) => void>();
  private unwatch: (() => void) | undefined;

  /** @param database opened at first use; it belongs to the device, which closes it */
  constructor(
    private readonly database: () => Promise<Database>,
    private readonly maxCharacters = MAX_CHARACTERS,
    private readonly clock: Clock = systemClock,
  ) {}

  get opening(): Promise<void> | undefined {
    return this.first?.pending;
  }

  get state(): StoreState {
    if (this.table) return { phase: "ready", text: `embedded · ${this.table.size}` };
    if (this.fault) return { phase: "failed", text: this.fault.message };
    return { phase: "waiting", text: "embedded · loading" };
  }

  use(user: object): void {
    this.users.add(user);
    // A failure to open is said in the status and to every lookup.
    this.open().catch(() => undefined);
  }

  async release(user: object): Promise<void> {
    this.users.delete(user);
    if (this.users.size > 0) return;
    this.unwatch?.();
    this.unwatch = undefined;
    this.table = undefined;
    this.loading = undefined;
    this.first?.end();
    this.fault = undefined;
  }

  watch(listener: (state: StoreState) => void): () => void {
    this.listeners.add(listener);
    listener(this.state);
    return () => this.listeners.delete(listener);
  }

  read(key: string, sink: Sink, slot: number): void {
    if (this.table) sink.answered(slot, this.table.get(key) ?? null, "embedded", 0);
    else if (this.fault) sink.failed(slot, this.fault);
    else if (this.waiting.length >= MAX_WAITING)
      sink.failed(slot, new EdgeError("context-unavailable", "the embedded contexts are still being loaded"));
    else this.waiting.push({ key, sink, slot });
  }

  lastKnown(key: string): Known | undefined {
    const text = this.table?.get(key);
    return text === undefined ? undefined : { text, ageMs: 0 };
  }

  async replace(entries: readonly Entry[]): Promise<void> {
    const changes = entries.map(({ key, value }) => [key, encodeContext(key, value)] as const);
    await (await this.open()).change(changes);
  }

  async update(key: string, change: (before: Context | undefined) => Context): Promise<void> {
    const table = await this.open();
    const text = table.get(key);
    const after = change(text === undefined ? undefined : parseContext(key, text));
    await table.change([[key, encodeContext(key, after)]]);
  }

  async remove(keys: readonly string[]): Promise<number> {
    const table = await this.open();
    const there = [...new Set(keys)].filter((key) => table.get(key) !== undefined);
    await table.change(there.map((key) => [key, undefined]));
    return there.length;
  }

  private open(): Promise<EmbeddedTable> {
    this.loading ??= this.load();
    return this.loading;
  }

  private async load(): Promise<EmbeddedTable> {
    const first = (this.first = new Opening(this.clock));
    try {
      const table = await EmbeddedTable.open(await this.database(), this.maxCharacters);
      // Whoever used it may have gone meanwhile.
      if (this.users.size > 0) {
        this.table = table;
        this.unwatch = table.watch(() => this.tell());
      }
      return table;
    } catch (error) {
      this.fault = new EdgeError(
        "context-unavailable",
        `the embedded contexts cannot be opened: ${asError(error).message}`,
        { cause: error },
      );
      throw this.fault;
    } finally {
      first.end();
      this.tell();
      const { waiting } = this;
      this.waiting = [];
      for (const { key, sink, slot } of waiting) this.read(key, sink, slot);
    }
  }

  private tell(): void {
    for (const listener of this.listeners) listener(this.state);
  }
}
