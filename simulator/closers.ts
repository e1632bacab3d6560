import { EdgeError, asError } from "../lib/errors";

/** What has to be closed, last opened first; one that fails does not keep the others open. */
export class Closers {
  private readonly all: (() => Promise<void>)[] = [];

  add(close: () => Promise<void>): void {
    this.all.push(close);
  }

  /** @throws EdgeError `close` naming everything that failed */
  async closeAll(): Promise<void> {
    const failures: string[] = [];
    for (let close = this.all.pop(); close; close = this.all.pop()) {
      await close().catch((error: unknown) => failures.push(asError(error).message));
    }
    if (failures.length > 0) throw new EdgeError("close", `could not close cleanly: ${failures.join("; ")}`);
  }
}
