/**
 * ONNX Runtime, required when first used: it is optional, 80 MB in memory, and missing where its install was blocked.
 * What runs here blocks the thread it runs in (run() is a setImmediate and a blocking call).
 */
import type * as Ort from "onnxruntime-node";
import { EdgeError, asError, errorCode } from "../errors";
import { Feeds, type FeedArray, type FeedLayout } from "./feeds";

type Runtime = typeof Ort;

/** What a session is made of; plain data, so that it can go to a worker. */
export interface SessionSpec {
  readonly onnx: Uint8Array;
  readonly threads: number;
  readonly layout: readonly FeedLayout[];
  readonly output: string;
}

/** Rows of the largest batch: a run of 64 rows of the bundled model takes about twice as long as one of a single row. */
export const BATCH_ROWS = 64;

export const requireRuntime = (): unknown => require("onnxruntime-node");

/** @throws EdgeError `runtime-missing` with the line that mends it */
export function loadRuntime(load: () => unknown = requireRuntime): Runtime {
  try {
    return load() as Runtime;
  } catch (error) {
    throw missing(error);
  }
}

function missing(error: unknown): EdgeError {
  const { message } = asError(error);
  const options = (remedy: string): { cause: unknown; remedy: string } => ({ cause: error, remedy });
  if (errorCode(error) === "ERR_DLOPEN_FAILED") {
    return new EdgeError(
      "runtime-missing",
      `ONNX Runtime cannot be loaded on this system: ${message.split("\n")[0]}`,
      options("it needs glibc 2.28 or later, which Alpine images do not have: use a Debian-based Node-RED image"),
    );
  }
  if (errorCode(error) === "MODULE_NOT_FOUND" && message.includes("onnxruntime_binding")) {
    return new EdgeError(
      "runtime-missing",
      `onnxruntime-node has no build for ${process.platform}/${process.arch}`,
      options("run Node-RED on linux x64 or arm64, Windows or macOS"),
    );
  }
  return new EdgeError(
    "runtime-missing",
    "ONNX Runtime is not installed",
    options(
      "in the Node-RED user directory run `npm install onnxruntime-node` (behind a firewall `ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node`) and restart",
    ),
  );
}

export class OnnxSession {
  private readonly tensors = new WeakMap<Feeds, Record<string, Ort.Tensor>[]>();

  private constructor(
    private readonly runtime: Runtime,
    private readonly session: Ort.InferenceSession,
    private readonly spec: Pick<SessionSpec, "layout" | "output">,
  ) {}

  /** @throws EdgeError `runtime-missing`, `runtime` */
  static async create(spec: SessionSpec, load?: () => unknown): Promise<OnnxSession> {
    const runtime = loadRuntime(load);
    try {
      const session = await runtime.InferenceSession.create(spec.onnx, {
        executionProviders: ["cpu"],
        intraOpNumThreads: spec.threads,
        interOpNumThreads: 1,
        executionMode: "sequential",
        // Waiting threads would otherwise spin: whole cores burnt between two parts on the line.
        extra: { session: { intra_op: { allow_spinning: "0" }, inter_op: { allow_spinning: "0" } } },
      });
      const { layout, output } = spec;
      return new OnnxSession(runtime, session, { layout, output });
    } catch (error) {
      throw new EdgeError("runtime", `ONNX Runtime refuses the model: ${asError(error).message}`, { cause: error });
    }
  }

  /** @returns logits, rows × labels. @throws EdgeError `runtime` */
  async run(feeds: Feeds, rows: number): Promise<Float32Array> {
    try {
      const answer = await this.session.run(this.feed(feeds, rows));
      return answer[this.spec.output]?.data as Float32Array;
    } catch (error) {
      throw new EdgeError("runtime", `ONNX Runtime failed: ${asError(error).message}`, { cause: error });
    }
  }

  release(): Promise<void> {
    return this.session.release();
  }

  /** Tensors are views of the batch's arrays, made once per number of rows. */
  private feed(feeds: Feeds, rows: number): Record<string, Ort.Tensor> {
    let byRows = this.tensors.get(feeds);
    if (!byRows) this.tensors.set(feeds, (byRows = []));
    return (byRows[rows] ??= Object.fromEntries(
      this.spec.layout.map((one) => [one.input, this.tensor(one, feeds.arrays[one.input] as FeedArray, rows)]),
    ));
  }

  private tensor({ dtype, width }: FeedLayout, array: FeedArray, rows: number): Ort.Tensor {
    const view = array.subarray(0, rows * Math.max(width, 1));
    const dims = width === 0 ? [rows] : [rows, width];
    return dtype === "float32"
      ? new this.runtime.Tensor("float32", view as Float32Array, dims)
      : new this.runtime.Tensor("int64", view as BigInt64Array, dims);
  }
}

export interface WarmUp {
  /** Milliseconds of a run with one row. */
  readonly warmRunMs: number;
  /** The same with BATCH_ROWS rows. */
  readonly batchRunMs: number;
}

/**
 * Measures a session that has just been created. The first runs allocate and other work disturbs some, so the lower
 * quartile tells what a run costs.
 */
export async function warmUp(session: OnnxSession, layout: readonly FeedLayout[]): Promise<WarmUp> {
  const feeds = new Feeds(layout, BATCH_ROWS);
  const warmRunMs = await timedRun(session, feeds, 1);
  return { warmRunMs, batchRunMs: await timedRun(session, feeds, BATCH_ROWS) };
}

async function timedRun(session: OnnxSession, feeds: Feeds, rows: number): Promise<number> {
  const times: number[] = [];
  const until = performance.now() + 200;
  while (times.length < 3 || (times.length < 15 && performance.now() < until)) {
    const from = performance.now();
    await session.run(feeds, rows);
    times.push(performance.now() - from);
  }
  return times.toSorted((a, b) => a - b)[times.length >> 2] as number;
}
