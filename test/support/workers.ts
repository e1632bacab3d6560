import type { Worker } from "node:worker_threads";

/** Worker threads that this process starts, so that a test can kill one as a crash does. */
export class WorkerWatch {
  private readonly workers: Worker[] = [];
  private readonly note = (worker: Worker): void => void this.workers.push(worker);

  constructor() {
    process.on("worker", this.note);
  }

  /** How many were started since the watch began. */
  get started(): number {
    return this.workers.length;
  }

  /** Ends the one that was started first; resolves when its thread is gone. */
  async killFirst(): Promise<void> {
    await this.workers[0]?.terminate();
  }

  /** Ends the one that was started last; resolves when its thread is gone. */
  async killLast(): Promise<void> {
    await this.workers.at(-1)?.terminate();
  }

  stop(): void {
    process.off("worker", this.note);
  }
}
