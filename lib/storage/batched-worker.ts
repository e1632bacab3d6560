import { Worker } from "node:worker_threads";
import type { Clock } from "../clock";
import { EdgeError } from "../errors";
import { fromWire, type FromWorker } from "./batch-protocol";

/** A batch is no larger than this: copying it to the worker must not stall the event loop. */
const MAX_REQUESTS = 512;
const MAX_BYTES = 1 << 20;
/**
 * A batch and a segment being packed need some MB. Left alone, V8 lets the young generation grow to 192 MB under load and
 * keeps what it has: on a gateway that is memory for nothing. The old one must hold all embedded contexts once, at the
 * start: 64 million characters of up to two bytes.
 */
const HEAP_LIMITS = { maxYoungGenerationSizeMb: 6, maxOldGenerationSizeMb: 256 };

interface Waiting<Request> {
  readonly request: Request;
  readonly bytes: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A worker that died this soon after its start is not started again before the time is over. */
const RESTART_MS = 5_000;

/**
 * Requests to a worker thread, answered in order. One batch is under way at a time; whatever is asked meanwhile forms the
 * next one. That is what makes one fsync serve everybody who waits, without a timer that would delay the first. A worker
 * that dies rejects what it had not answered, and the next call starts another: what it had committed is in its file.
 */
export class BatchedWorker<Request> {
  private worker: Worker | undefined;
  private queue: Waiting<Request>[] = [];
  private underWay: Waiting<Request>[] = [];
  private scheduled = false;
  private startedAt = -Infinity;
  private restarting: Promise<void> | undefined;
  private lost: EdgeError | undefined;
  private onLost: (reason: EdgeError) => void = () => undefined;
  private closing: Promise<void> | undefined;
  private drained: (() => void) | undefined;

  private constructor(
    private readonly script: string,
    private readonly workerData: unknown,
    private readonly what: string,
    private readonly clock: Pick<Clock, "monotonic">,
  ) {}

  /**
   * Starts the worker thread; resolves when it has opened its file.
   * @param script path of a module that calls serveBatches
   * @throws EdgeError whatever the worker failed with
   */
  static async start<Request>(
    script: string,
    workerData: unknown,
    what: string,
    clock: Pick<Clock, "monotonic">,
  ): Promise<BatchedWorker<Request>> {
    const self = new BatchedWorker<Request>(script, workerData, what, clock);
    await self.launch();
    return self;
  }

  /** Calls back when the worker died; a call made then starts the next one. */
  whenLost(listener: (reason: EdgeError) => void): void {
    this.onLost = listener;
  }

  /** @param bytes roughly how much the request copies to the worker */
  call<T>(request: Request, bytes = 0): Promise<T> {
    if (this.closing) return Promise.reject(new EdgeError("database-closed", `${this.what} is closed`));
    if (!this.worker && !this.restarting) {
      if (this.lost && this.clock.monotonic() - this.startedAt < RESTART_MS) return Promise.reject(this.lost);
      this.restart();
    }
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
    await this.restarting;
    if (this.worker && (this.queue.length > 0 || this.underWay.length > 0)) {
      await new Promise<void>((resolve) => {
        this.drained = resolve;
      });
    }
    const { worker } = this;
    if (!worker) return;
    const exited = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
    worker.ref();
    worker.postMessage("close");
    await exited;
  }

  /** Resolves when the worker serves; rejects when it is gone, so that its file is free again. */
  private launch(): Promise<void> {
    this.startedAt = this.clock.monotonic();
    return new Promise((resolve, reject) => {
      const worker = new Worker(this.script, { workerData: this.workerData, resourceLimits: HEAP_LIMITS });
      let reason: EdgeError | undefined;
      worker.on("message", (message: FromWorker) => {
        if ("outcomes" in message) this.settle(message.outcomes);
        else if ("failed" in message) reason = fromWire(message.failed);
        else {
          worker.unref();
          this.worker = worker;
          resolve();
        }
      });
      worker.on("error", (error) => {
        reason = new EdgeError("database", `the worker of ${this.what} failed: ${error.message}`, { cause: error });
      });
      worker.on("exit", (code) => {
        reason ??= new EdgeError("database", `the worker of ${this.what} ended (exit code ${code})`);
        reject(reason);
        if (this.worker === worker) this.end(reason);
      });
    });
  }

  private restart(): void {
    this.restarting = this.launch()
      .then(
        () => this.post(),
        (error: EdgeError) => this.end(error),
      )
      .finally(() => {
        this.restarting = undefined;
      });
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
    const { worker } = this;
    if (!worker || this.underWay.length > 0 || this.queue.length === 0) return;
    let count = 0;
    let bytes = 0;
    while (count < this.queue.length && count < MAX_REQUESTS && (count === 0 || bytes < MAX_BYTES)) {
      bytes += (this.queue[count] as Waiting<Request>).bytes;
      count++;
    }
    this.underWay = this.queue.splice(0, count);
    worker.ref();
    worker.postMessage(this.underWay.map((waiting) => waiting.request));
  }

  private settle(outcomes: Extract<FromWorker, { outcomes: unknown }>["outcomes"]): void {
    const answered = this.underWay;
    this.underWay = [];
    this.worker?.unref();
    this.post();
    answered.forEach((waiting, i) => {
      const outcome = outcomes[i];
      if (outcome && "value" in outcome) waiting.resolve(outcome.value);
      else waiting.reject(outcome ? fromWire(outcome.error) : new EdgeError("database", `${this.what}: no answer`));
    });
    if (this.underWay.length === 0 && this.queue.length === 0) this.drained?.();
  }

  private end(reason: EdgeError): void {
    const died = this.worker !== undefined;
    this.worker = undefined;
    this.lost = reason;
    const unanswered = [...this.underWay, ...this.queue];
    this.underWay = [];
    this.queue = [];
    for (const waiting of unanswered) waiting.reject(reason);
    this.drained?.();
    if (died && !this.closing) this.onLost(reason);
  }
}
