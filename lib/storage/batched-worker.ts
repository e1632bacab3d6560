import { Worker } from "node:worker_threads";
import { EdgeError } from "../errors";
import { fromWire, type FromWorker } from "./batch-protocol";

/** A batch is no larger than this: copying it to the worker must not stall the event loop. */
const MAX_REQUESTS = 512;
const MAX_BYTES = 1 << 20;

interface Waiting<Request> {
  readonly request: Request;
  readonly bytes: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Requests to a worker thread, answered in order. One batch is under way at a time; whatever is asked meanwhile forms the
 * next one. That is what makes one fsync serve everybody who waits, without a timer that would delay the first.
 */
export class BatchedWorker<Request> {
  private queue: Waiting<Request>[] = [];
  private underWay: Waiting<Request>[] = [];
  private scheduled = false;
  private ended: EdgeError | undefined;
  private closing: Promise<void> | undefined;
  private drained: (() => void) | undefined;

  private constructor(
    private readonly worker: Worker,
    private readonly what: string,
  ) {}

  /**
   * Starts the worker thread; resolves when it has opened its file.
   * @param script path of a module that calls serveBatches
   * @throws EdgeError whatever the worker failed with
   */
  static start<Request>(script: string, workerData: unknown, what: string): Promise<BatchedWorker<Request>> {
    return new Promise((resolve, reject) => {
      const worker = new Worker(script, { workerData });
      const self = new BatchedWorker<Request>(worker, what);
      worker.on("message", (message: FromWorker) => {
        if ("outcomes" in message) self.settle(message.outcomes);
        else if ("failed" in message) reject(fromWire(message.failed));
        else {
          worker.unref();
          resolve(self);
        }
      });
      worker.on("error", (error) => {
        reject(self.end(new EdgeError("database", `the worker of ${what} failed: ${error.message}`, { cause: error })));
      });
      worker.on("exit", (code) => {
        reject(self.end(new EdgeError("database", `the worker of ${what} ended (exit code ${code})`)));
      });
    });
  }

  /** @param bytes roughly how much the request copies to the worker */
  call<T>(request: Request, bytes = 0): Promise<T> {
    if (this.closing) return Promise.reject(new EdgeError("database-closed", `${this.what} is closed`));
    if (this.ended) return Promise.reject(this.ended);
    return new Promise<T>((resolve, reject) => {
      this.queue.push({ request, bytes, resolve: resolve as (value: unknown) => void, reject });
      this.schedule();
    });
  }

  /** Answers everything that was asked before, then ends the worker. */
  close(): Promise<void> {
    this.closing ??= this.finish();
    return this.closing;
  }

  private async finish(): Promise<void> {
    if (this.ended) return;
    if (this.queue.length > 0 || this.underWay.length > 0) {
      await new Promise<void>((resolve) => {
        this.drained = resolve;
      });
    }
    if (this.ended) return;
    const exited = new Promise<void>((resolve) => this.worker.once("exit", () => resolve()));
    this.worker.ref();
    this.worker.postMessage("close");
    await exited;
  }

  private schedule(): void {
    if (this.scheduled || this.underWay.length > 0) return;
    this.scheduled = true;
    queueMicrotask(() => {
      this.scheduled = false;
      this.post();
    });
  }

  private post(): void {
    if (this.ended || this.underWay.length > 0 || this.queue.length === 0) return;
    let count = 0;
    let bytes = 0;
    while (count < this.queue.length && count < MAX_REQUESTS && (count === 0 || bytes < MAX_BYTES)) {
      bytes += (this.queue[count] as Waiting<Request>).bytes;
      count++;
    }
    this.underWay = this.queue.splice(0, count);
    this.worker.ref();
    this.worker.postMessage(this.underWay.map((waiting) => waiting.request));
  }

  private settle(outcomes: Extract<FromWorker, { outcomes: unknown }>["outcomes"]): void {
    const answered = this.underWay;
    this.underWay = [];
    this.worker.unref();
    this.post();
    answered.forEach((waiting, i) => {
      const outcome = outcomes[i];
      if (outcome && "value" in outcome) waiting.resolve(outcome.value);
      else waiting.reject(outcome ? fromWire(outcome.error) : new EdgeError("database", `${this.what}: no answer`));
    });
    if (this.underWay.length === 0 && this.queue.length === 0) this.drained?.();
  }

  private end(reason: EdgeError): EdgeError {
    this.ended ??= reason;
    const lost = [...this.underWay, ...this.queue];
    this.underWay = [];
    this.queue = [];
    for (const waiting of lost) waiting.reject(this.ended);
    this.drained?.();
    return this.ended;
  }
}
