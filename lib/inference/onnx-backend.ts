import type { Backend, LoadOptions, Model, ModelInfo, Placement, Release } from "./backend";
import { feedLayout, type Feeds } from "./feeds";
import { BATCH_ROWS, OnnxSession, requireRuntime, warmUp, type SessionSpec, type WarmUp } from "./onnx-session";
import { OnnxThread } from "./onnx-thread";

/** Creating a session blocks the loop too: some milliseconds for a file of this size, 58 ms and more for a ResNet-18. */
const MAX_IN_PROCESS_BYTES = 4 * 1024 * 1024;

/**
 * ONNX Runtime on the CPU. "auto" loads in a worker first, off the loop, and takes the model in process only if its
 * file is small and the worker measured that a run does not stall the loop: for a small model the way to a worker and
 * back costs more than the model.
 */
export class OnnxBackend implements Backend {
  readonly kind = "onnx";

  /** @param runtime brings ONNX Runtime into this process (a worker requires its own) */
  constructor(private readonly runtime: () => unknown = requireRuntime) {}

  async load(release: Release, options: LoadOptions): Promise<Model> {
    const spec: SessionSpec = {
      onnx: release.onnx,
      threads: options.threads,
      layout: feedLayout(release.manifest),
      output: release.manifest.output.name,
    };
    if (options.placement === "in-process") return this.inProcess(spec, release, options);
    const thread = await OnnxThread.start(spec);
    const small = thread.warm.warmRunMs <= options.maxBlockMs && release.onnx.length <= MAX_IN_PROCESS_BYTES;
    if (options.placement === "worker" || !small)
      return new ThreadModel(thread, describe(release, options, "worker", thread.warm));
    await thread.release();
    return this.inProcess(spec, release, options);
  }

  private async inProcess(spec: SessionSpec, release: Release, options: LoadOptions): Promise<Model> {
    const session = await OnnxSession.create(spec, this.runtime);
    return new InProcessModel(session, describe(release, options, "in-process", await warmUp(session, spec.layout)));
  }
}

function describe(release: Release, options: LoadOptions, placement: Placement, warm: WarmUp): ModelInfo {
  const rows = Math.floor((BATCH_ROWS * options.maxBlockMs) / warm.batchRunMs);
  return {
    backend: { kind: "onnx", provider: "cpu", device: "CPU", precision: release.precision, fallback: options.fallback },
    placement,
    title: placement === "worker" ? "ONNX · CPU, worker" : "ONNX · CPU",
    warmRunMs: warm.warmRunMs,
    maxRows: placement === "worker" ? BATCH_ROWS : Math.max(1, Math.min(BATCH_ROWS, rows)),
  };
}

class InProcessModel implements Model {
  constructor(
    private readonly session: OnnxSession,
    readonly info: ModelInfo,
  ) {}

  run(feeds: Feeds, rows: number): Promise<Float32Array> {
    return this.session.run(feeds, rows);
  }

  /** What runs in this process is lost only with it. */
  onLost(): void {}

  release(): Promise<void> {
    return this.session.release();
  }
}

class ThreadModel implements Model {
  constructor(
    private readonly thread: OnnxThread,
    readonly info: ModelInfo,
  ) {}

  run(feeds: Feeds, rows: number): Promise<Float32Array> {
    return this.thread.run(feeds, rows);
  }

  onLost(listener: (reason: Error) => void): void {
    this.thread.onLost(listener);
  }

  release(): Promise<void> {
    return this.thread.release();
  }
}
