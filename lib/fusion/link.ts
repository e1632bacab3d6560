import type { Clock } from "../clock";
import { asError } from "../errors";
import { backoffMs } from "../storage/backoff";
import { pause } from "../waiting";

/**
 * Serves one connection until it is lost: connects, reads, calls `works` whenever an answer came. Rejects with what went
 * wrong; when `signal` aborts it lets go of everything and returns.
 */
export type Serve = (signal: AbortSignal, works: () => void) => Promise<void>;

/** What a watcher hears before the first attempt came to an end. */
export const CONNECTING = "connecting";

/** How long to wait after this many failures in a row. @param random from [0, 1) @returns milliseconds */
export type Pause = (failures: number, random: number) => number;

const SHORT_PAUSE: Pause = (failures, random) => 100 + backoffMs(failures, random, 250, 1500);

/**
 * Keeps a connection alive for as long as somebody needs it: after every loss it waits a little (0.1 to 1.6 s, with jitter,
 * unless told otherwise) and begins anew, from nothing. A library's own reconnection is never used: it may resume a session that delivers no
 * data.
 */
export class Link {
  private readonly watchers = new Set<(trouble: string) => void>();
  private trouble: string = CONNECTING;
  private controller: AbortController | undefined;
  private ended: Promise<void> = Promise.resolve();

  constructor(
    private readonly serve: Serve,
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly pauseMs: Pause = SHORT_PAUSE,
  ) {}

  /** Connects, unless it is connected or connecting. */
  start(): void {
    if (this.controller) return;
    const controller = new AbortController();
    this.controller = controller;
    // One connection at a time: the one before may still be letting go.
    this.ended = this.ended.then(() => this.run(controller.signal));
  }

  /** Disconnects; resolves when everything is released. */
  stop(): Promise<void> {
    this.controller?.abort();
    this.controller = undefined;
    return this.ended;
  }

  /** Calls `watcher` now and on every change with what is wrong, "" when the connection works. */
  watch(watcher: (trouble: string) => void): () => void {
    this.watchers.add(watcher);
    watcher(this.trouble);
    return () => this.watchers.delete(watcher);
  }

  private async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    const works = (): void => {
      failures = 0;
      this.say("");
    };
    while (!signal.aborted) {
      try {
        // Sequential on purpose: a connection must be gone before the next is made.
        // oxlint-disable-next-line no-await-in-loop
        await this.serve(signal, works);
      } catch (error) {
        if (!signal.aborted) this.say(asError(error).message);
      }
      if (signal.aborted) break;
      failures++;
      // oxlint-disable-next-line no-await-in-loop
      await pause(this.pauseMs(failures, this.random()), signal, this.clock);
    }
    this.trouble = CONNECTING;
  }

  private say(trouble: string): void {
    if (trouble === this.trouble) return;
    this.trouble = trouble;
    for (const watcher of this.watchers) watcher(trouble);
  }
}
