import { systemClock, type Clock } from "../clock";
import { asError } from "../errors";
import { sha256 } from "./hash";

/** A hold on a shared thing; release it once. */
export interface Lease<T> {
  readonly value: T;
  release(): void;
}

interface Held<T> {
  readonly value: T;
  users: number;
  cancelClose: (() => void) | undefined;
}

/**
 * Things of a process that outlive the nodes using them: found by a stable name and the hash of their configuration,
 * closed a few seconds after their last user went. A deploy ends every node and starts it again; what did not change is
 * found here as it was, so deploying around a model reloads nothing.
 */
export class Registry<T extends { close(): Promise<void> }> {
  private readonly held = new Map<string, Held<T>>();

  constructor(
    private readonly clock: Clock = systemClock,
    private readonly lingerMs = 5_000,
    private readonly warn: (error: Error) => void = (error) => process.emitWarning(error),
  ) {}

  get size(): number {
    return this.held.size;
  }

  /** @param create called only when no such thing is held */
  acquire(name: string, config: unknown, create: () => T): Lease<T> {
    const key = `${name}:${sha256(JSON.stringify(config))}`;
    let held = this.held.get(key);
    if (!held) this.held.set(key, (held = { value: create(), users: 0, cancelClose: undefined }));
    held.users++;
    held.cancelClose?.();
    held.cancelClose = undefined;
    return this.lease(key, held);
  }

  private lease(key: string, held: Held<T>): Lease<T> {
    let released = false;
    return {
      value: held.value,
      release: () => {
        if (released) return;
        released = true;
        if (--held.users > 0) return;
        held.cancelClose = this.clock.after(this.lingerMs, () => {
          this.held.delete(key);
          held.value.close().catch((error: unknown) => this.warn(asError(error)));
        });
      },
    };
  }
}
