/**
 * The seam between the slot and whatever runs a model: ONNX Runtime now; a TensorRT worker process and a KServe client
 * fill the same two interfaces.
 */
import type { BackendRef, Golden, Manifest } from "../messages";
import type { Feeds } from "./feeds";

/** A model file with all that is needed to judge it, as one verified whole. */
export interface Release {
  readonly manifest: Manifest;
  readonly golden: Golden;
  /** The file that `precision` names. The bytes that were hashed are the bytes that are parsed. */
  readonly onnx: Uint8Array;
  readonly precision: "fp32" | "int8";
  /** SHA-256 over the files' digests (see digest.ts): what a release is known by. */
  readonly sha256: string;
}

export type Placement = "in-process" | "worker";

export interface LoadOptions {
  readonly placement: "auto" | Placement;
  /** Threads within one operator; 1 suits models of microseconds, 0 leaves it to the runtime. */
  readonly threads: number;
  /** Longest run, in milliseconds, that may block the event loop: beyond it "auto" takes a worker. */
  readonly maxBlockMs: number;
  /** Set when another backend was asked for: stands on every prediction. */
  readonly fallback: BackendRef["fallback"];
}

export interface ModelInfo {
  readonly backend: BackendRef;
  readonly placement: Placement;
  /** For a status: "ONNX · CPU". */
  readonly title: string;
  /** Milliseconds of a run with one row, measured at the warm-up. */
  readonly warmRunMs: number;
  /** Rows that may go in one run without blocking for longer than allowed. */
  readonly maxRows: number;
}

/** A loaded model. One run at a time: the slot sees to it. */
export interface Model {
  readonly info: ModelInfo;
  /**
   * @param rows how many rows of `feeds` are filled; they must not change until the promise settles
   * @returns logits, rows × labels, row-major
   * @throws EdgeError `runtime` when the runtime refuses, `model-lost` when what ran the model is gone
   */
  run(feeds: Feeds, rows: number): Promise<Float32Array>;
  /** Called once if the model is lost other than by `release` (its worker died). */
  onLost(listener: (reason: Error) => void): void;
  release(): Promise<void>;
}

export interface Backend {
  readonly kind: string;
  /**
   * Loads and warms up, without stalling the event loop where the placement allows.
   * @throws EdgeError `runtime-missing` with the line that mends it, `runtime` when the file is refused
   */
  load(release: Release, options: LoadOptions): Promise<Model>;
}

export const DEFAULT_LOAD: LoadOptions = { placement: "auto", threads: 1, maxBlockMs: 1, fallback: null };
