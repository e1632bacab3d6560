import { Worker } from "node:worker_threads";
import { EdgeError, asError } from "../errors";
import type { Feeds } from "./feeds";
import type { RunRequest, WorkerAnswer } from "./onnx-worker";
import type { SessionSpec, WarmUp } from "./onnx-session";

/** A worker that owes an answer for longer is given up; ten times what the slowest vision model here takes to load. */
const ANSWER_MS = 30_000;

/**
 * A session in a worker thread. Its death (a crash of the worker's code, out of memory, no answer in time) rejects what
 * is under way with `model-lost` and is told once; it never takes Node-RED along.
 */
export class OnnxThread {
  private pending: { resolve: (logits: Float32Array) => void; reject: (error: Error) => void } | undefined;
  private lost: Error | undefined;
  private lostListener: ((reason: Error) => void) | undefined;
  private releasing = false;
  warm: WarmUp = { warmRunMs: 0, batchRunMs: 0 };

  private overdue: NodeJS.Timeout | undefined;

  private constructor(
    private readonly worker: Worker,
    private readonly answerMs: number,
  ) {
    worker.on("message", (answer: WorkerAnswer) => this.answered(answer));
    worker.on("error", (error) =>
      this.die(
        new EdgeError("model-lost", `the worker of the model died: ${asError(error).message}`, { cause: error }),
      ),
    );
    worker.on("exit", (code) =>
      this.die(new EdgeError("model-lost", `the worker of the model ended with code ${code}`)),
    );
  }

  /** @throws EdgeError `runtime-missing`, `runtime`, `model-lost` */
  static async start(spec: SessionSpec, answerMs = ANSWER_MS): Promise<OnnxThread> {
    const worker = new Worker(require.resolve("./onnx-worker"), { workerData: spec, name: "context-edge model" });
    const thread = new OnnxThread(worker, answerMs);
    try {
      await thread.answer();
      return thread;
    } catch (error) {
      await thread.release();
      throw error;
    }
  }

  run(feeds: Feeds, rows: number): Promise<Float32Array> {
    if (this.lost) return Promise.reject(this.lost);
    const arrays = feeds.slice(rows);
    const answer = this.answer();
    this.worker.postMessage(
      { arrays, rows } satisfies RunRequest,
      Object.values(arrays).map((array) => array.buffer as ArrayBuffer),
    );
    return answer;
  }

  onLost(listener: (reason: Error) => void): void {
    this.lostListener = listener;
    if (this.lost) listener(this.lost);
  }

  async release(): Promise<void> {
    this.releasing = true;
    clearTimeout(this.overdue);
    await this.worker.terminate();
  }

  /** The worker holds the process only while it owes an answer. */
  private answer(): Promise<Float32Array> {
    this.worker.ref();
    this.overdue = setTimeout(() => {
      this.die(new EdgeError("model-lost", `the worker of the model did not answer for ${this.answerMs} ms`));
    }, this.answerMs);
    return new Promise((resolve, reject) => (this.pending = { resolve, reject }));
  }

  private answered(answer: WorkerAnswer): void {
    const { pending } = this;
    this.pending = undefined;
    clearTimeout(this.overdue);
    this.worker.unref();
    if (!pending) return;
    if (answer.kind === "failed") pending.reject(new EdgeError(answer.code, answer.message));
    else if (answer.kind === "logits") pending.resolve(answer.logits);
    else {
      this.warm = answer.warm;
      pending.resolve(new Float32Array());
    }
  }

  private die(reason: Error): void {
    if (this.lost) return;
    this.lost = reason;
    clearTimeout(this.overdue);
    const { pending } = this;
    this.pending = undefined;
    pending?.reject(reason);
    if (!this.releasing) this.lostListener?.(reason);
  }
}
