import { existsSync, readdirSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../clock";
import { asError, errorCode } from "../errors";
import type { ObjectStore } from "./object-store";
import { openSpool, type Spool } from "./spool";

export interface LeftBehindOptions {
  readonly dataDir: string;
  readonly store: ObjectStore;
  readonly binding: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly clockTrouble?: () => string | undefined;
  /** Names of the spools that have an owner here. */
  readonly owned: readonly string[];
  /** A spool that cannot be drained now; the next start tries again. */
  readonly warn: (error: Error) => void;
}

const FILE = /^spool-([a-z0-9][a-z0-9._-]*)\.db$/;
const LOOK_EVERY_MS = 5_000;
/** Nothing is added any more: what is open is sealed as soon as the clock can be believed. */
const AT_ONCE = { maxAgeMs: 0, urgentAgeMs: 0 };

/**
 * Uploads what spools hold that nobody opens any more: a node was deleted or renamed. A drained file is set aside as
 * `….drained`, so that it is not looked at again. One that another process has open belongs to that one.
 */
export class LeftBehind {
  private readonly open = new Map<string, Spool>();
  private cancel: (() => void) | undefined;
  private work: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(private readonly options: LeftBehindOptions) {}

  /** Names of spools in the data directory without an owner. */
  names(): string[] {
    const { dataDir, owned } = this.options;
    if (!existsSync(dataDir)) return [];
    const names = readdirSync(dataDir).map((file) => FILE.exec(file)?.[1]);
    return names.filter((name): name is string => name !== undefined && !owned.includes(name)).sort();
  }

  /** Opens what is left behind, seals it and uploads it; resolves when that is under way, not when it is done. */
  start(): Promise<void> {
    this.work = this.adoptAll().catch((error: unknown) => this.report(error));
    return this.work;
  }

  /** How many spools are still being drained. */
  get pending(): number {
    return this.open.size;
  }

  async close(): Promise<void> {
    this.closed = true;
    this.cancel?.();
    await this.work;
    await Promise.all([...this.open.values()].map((spool) => spool.close()));
    this.open.clear();
  }

  private async adoptAll(): Promise<void> {
    for (const name of this.names()) {
      if (this.closed) return;
      await this.adopt(name).catch((error: unknown) => this.report(error));
    }
    this.look();
  }

  private async adopt(name: string): Promise<void> {
    const { owned: _, warn: __, ...options } = this.options;
    const spool = await openSpool({ ...options, name, ages: AT_ONCE });
    this.open.set(name, spool);
    await spool.replayDeadLetters();
  }

  private report(error: unknown): void {
    if (errorCode(error) !== "database-locked") this.options.warn(asError(error));
  }

  private look(): void {
    if (this.closed || this.open.size === 0) return;
    this.cancel = this.options.clock.after(LOOK_EVERY_MS, () => {
      this.work = this.retireDrained().then(() => this.look());
    });
  }

  private async retireDrained(): Promise<void> {
    for (const [name, spool] of this.open) {
      if (spool.stats().backlogRows > 0) continue;
      this.open.delete(name);
      await this.retire(name, spool).catch((error: unknown) => this.report(error));
    }
  }

  private async retire(name: string, spool: Spool): Promise<void> {
    await spool.close();
    await rm(`${spool.file}-ballast`, { force: true });
    await rename(spool.file, join(this.options.dataDir, `spool-${name}.db.drained`));
  }
}
