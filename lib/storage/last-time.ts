import { closeSync, openSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../clock";
import type { ClockWatch } from "../clock-watch";

const TOUCH_EVERY_MS = 600_000;

/**
 * The latest time that a data directory has seen, as the time stamp of a file `last-time` in it: a board whose battery
 * died wakes up long before it. It is carried on every ten minutes, by a clock that can be believed alone.
 */
export class LastTime {
  private readonly file: string;
  private cancel: (() => void) | undefined;

  /** @param warn when the file cannot be written; nothing else depends on it */
  constructor(
    dataDir: string,
    private readonly clock: Clock,
    private readonly watch: Pick<ClockWatch, "notBefore" | "trouble">,
    private readonly warn: (error: unknown) => void,
  ) {
    this.file = join(dataDir, "last-time");
    const seen = statSync(this.file, { throwIfNoEntry: false });
    if (seen) watch.notBefore(seen.mtimeMs);
    this.touch();
    this.arm();
  }

  close(): void {
    this.cancel?.();
    this.touch();
  }

  private arm(): void {
    this.cancel = this.clock.after(TOUCH_EVERY_MS, () => {
      this.touch();
      this.arm();
    });
  }

  private touch(): void {
    if (this.watch.trouble() !== undefined) return;
    try {
      closeSync(openSync(this.file, "a"));
      const seconds = this.clock.now() / 1000;
      utimesSync(this.file, seconds, seconds);
    } catch (error) {
      this.warn(error);
    }
  }
}
