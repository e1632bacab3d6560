import type { Clock } from "../clock";
import { EdgeError } from "../errors";
import type { Spool } from "../storage/spool";

/** After a spool could not be opened: another process may let go of it. */
export const OPEN_AGAIN_MS = 5_000;

/** A spool that is open, and what ends with it. */
export interface OpenSpool {
  readonly spool: Spool;
  close(): Promise<void>;
}

export interface SpoolLease {
  /** The device's spool. @throws EdgeError why it cannot be opened; it is tried again some seconds later */
  spool(): Promise<Spool>;
  /** To be called once; the last user's release closes the spool. */
  release(): Promise<void>;
}

interface Shared {
  readonly settings: string;
  readonly open: () => Promise<OpenSpool>;
  users: number;
  opened: Promise<OpenSpool> | undefined;
  /** Monotonic; undefined while it is open or being opened. */
  failedAt: number | undefined;
}

/** Spools of this process by data directory: a file has one writer, however many nodes and deploys there are. */
export class SpoolRegistry {
  private readonly shared = new Map<string, Shared>();
  private readonly closing = new Map<string, Promise<unknown>>();

  constructor(private readonly clock: Clock) {}

  /**
   * @param settings what users of one spool must agree in
   * @throws EdgeError `spool-settings` when another user has opened it with other settings
   */
  lease(dataDir: string, settings: object, open: () => Promise<OpenSpool>): SpoolLease {
    const asked = JSON.stringify(settings);
    const held = this.shared.get(dataDir) ?? {
      settings: asked,
      open,
      users: 0,
      opened: undefined,
      failedAt: undefined,
    };
    if (held.settings !== asked) {
      throw new EdgeError(
        "spool-settings",
        `another ldo-emit of this device has other settings: ${held.settings}, here ${asked}`,
        {
          remedy: "give them the same, or a device with another data folder",
        },
      );
    }
    held.users++;
    this.shared.set(dataDir, held);
    return {
      spool: async () => (await this.opened(dataDir, held)).spool,
      release: () => this.release(dataDir, held),
    };
  }

  private opened(dataDir: string, held: Shared): Promise<OpenSpool> {
    const failed = held.failedAt !== undefined && this.clock.monotonic() - held.failedAt >= OPEN_AGAIN_MS;
    if (held.opened && !failed) return held.opened;
    held.failedAt = undefined;
    const before = this.closing.get(dataDir) ?? Promise.resolve();
    held.opened = before.then(
      () => held.open(),
      () => held.open(),
    );
    held.opened.catch(() => {
      held.failedAt = this.clock.monotonic();
    });
    return held.opened;
  }

  private async release(dataDir: string, held: Shared): Promise<void> {
    held.users--;
    if (held.users > 0) return;
    this.shared.delete(dataDir);
    const closed = this.closed(held).finally(() => {
      if (this.closing.get(dataDir) === closed) this.closing.delete(dataDir);
    });
    this.closing.set(dataDir, closed);
    await closed;
  }

  private async closed(held: Shared): Promise<void> {
    // One that was never open: whoever asked for it was told why.
    const opened = await held.opened?.catch(() => undefined);
    await opened?.close();
  }
}
