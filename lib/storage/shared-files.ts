import type { Clock } from "../clock";
import { EdgeError } from "../errors";

/** After a file could not be opened: another process may let go of it. */
export const OPEN_AGAIN_MS = 5_000;

interface Closable {
  close(): Promise<void>;
}

export interface FileLease<T> {
  /** What is open. @throws EdgeError why it cannot be opened; it is tried again some seconds later */
  opened(): Promise<T>;
  /** To be called once; the last user's release closes it. */
  release(): Promise<void>;
}

interface Shared<T> {
  readonly settings: string;
  readonly open: () => Promise<T>;
  users: number;
  opened: Promise<T> | undefined;
  /** Monotonic; undefined while it is open or being opened. */
  failedAt: number | undefined;
}

/**
 * Files of one kind that this process has open, by data directory: a file has one writer, however many nodes and deploys
 * there are.
 */
export class SharedFiles<T extends Closable> {
  private readonly shared = new Map<string, Shared<T>>();
  private readonly closing = new Map<string, Promise<unknown>>();

  /** @param code of the error when users do not agree, @param what opened it, for the message: "ldo-emit" */
  constructor(
    private readonly clock: Clock,
    private readonly code: string,
    private readonly what: string,
  ) {}

  /**
   * @param settings what users of one file must agree in
   * @throws EdgeError with `code` when another user has it with other settings
   */
  lease(dataDir: string, settings: object, open: () => Promise<T>): FileLease<T> {
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
        this.code,
        `another ${this.what} uses ${dataDir} with other settings: ${held.settings}, here ${asked}`,
        { remedy: "give them the same, or a device with another data folder" },
      );
    }
    held.users++;
    this.shared.set(dataDir, held);
    return { opened: () => this.opened(dataDir, held), release: () => this.release(dataDir, held) };
  }

  private opened(dataDir: string, held: Shared<T>): Promise<T> {
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

  private async release(dataDir: string, held: Shared<T>): Promise<void> {
    held.users--;
    if (held.users > 0) return;
    this.shared.delete(dataDir);
    const closed = this.closed(held).finally(() => {
      if (this.closing.get(dataDir) === closed) this.closing.delete(dataDir);
    });
    this.closing.set(dataDir, closed);
    await closed;
  }

  private async closed(held: Shared<T>): Promise<void> {
    // One that was never open: whoever asked for it was told why.
    const opened = await held.opened?.catch(() => undefined);
    await opened?.close();
  }
}
