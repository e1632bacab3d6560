import { EdgeError } from "../errors";
import type { Fault, ModelRef, Prediction } from "../messages";
import type { Model, Release } from "./backend";
import { calibrate } from "./calibrate";
import { Encoder } from "./encode";
import { Feeds, feedLayout, type FeedLayout } from "./feeds";
import { baselines, effects } from "./why";

/** A loaded model with all that is prepared once so that a message costs little. */
export class ActiveModel {
  readonly encoder: Encoder;
  readonly ref: ModelRef;
  readonly baseline: Float32Array;
  /** Rows of the largest batch; a sample with its occlusions always fits. */
  readonly maxRows: number;
  private readonly layout: readonly FeedLayout[];
  private readonly idle: Feeds[] = [];
  private readonly p: Float64Array;
  private readonly q: Float64Array;
  private users = 0;
  private retired = false;

  constructor(
    readonly release: Release,
    readonly model: Model,
  ) {
    const { manifest } = release;
    this.encoder = new Encoder(manifest);
    this.ref = Object.freeze({ name: manifest.name, version: manifest.version, sha256: release.sha256 });
    this.baseline = baselines(this.encoder, release.golden);
    this.layout = feedLayout(manifest);
    this.maxRows = Math.max(model.info.maxRows, 1 + manifest.channels.length);
    this.p = new Float64Array(manifest.labels.length);
    this.q = new Float64Array(manifest.labels.length);
  }

  /** Arrays for one batch; give them back with `recycle`. The model is not released while any are out. */
  take(): Feeds {
    this.users++;
    return this.idle.pop() ?? new Feeds(this.layout, this.maxRows);
  }

  /** @returns a promise that settles when the model has been released, if this was its last batch */
  recycle(feeds: Feeds): Promise<void> | undefined {
    this.users--;
    this.idle.push(feeds);
    return this.retired && this.users === 0 ? this.model.release() : undefined;
  }

  /** No new batch will be taken: released now, or with the last batch that is out. */
  retire(): Promise<void> | undefined {
    if (this.retired) return undefined;
    this.retired = true;
    return this.users === 0 ? this.model.release() : undefined;
  }

  /**
   * What the logits of a row say.
   * @param why the rows after it hold its occlusions, one per channel
   */
  read(
    logits: Float32Array,
    row: number,
    why: boolean,
    unknown: Record<string, string> | undefined,
    latencyMs: number,
  ): Prediction {
    const { labels, calibration } = this.release.manifest;
    const spec = calibration[this.release.precision] ?? calibration.fp32;
    const best = calibrate(logits, row, spec, this.p);
    if (best < 0)
      return this.faulty({ code: "runtime", message: "the model answered a value that is not a number" }, latencyMs);
    const probabilities: Record<string, number> = {};
    for (let i = 0; i < labels.length; i++) probabilities[(labels[i] as { name: string }).name] = this.p[i] as number;
    const confidence = this.p[best] as number;
    const prediction: Prediction = {
      label: (labels[best] as { name: string }).name,
      confidence,
      probabilities,
      model: this.ref,
      backend: this.model.info.backend,
      latency_ms: latencyMs,
    };
    if (unknown !== undefined) prediction.unknown = unknown;
    if (why) {
      const without = this.baseline.map((_, i) =>
        calibrate(logits, row + 1 + i, spec, this.q) < 0 ? NaN : (this.q[best] as number),
      );
      if (without.every(Number.isFinite)) prediction.why = effects(this.release.manifest, confidence, without);
    }
    return prediction;
  }

  faulty(fault: Fault, latencyMs: number): Prediction {
    return { ...NOTHING, model: this.ref, backend: this.model.info.backend, latency_ms: latencyMs, fault };
  }

  /**
   * The model must answer its golden samples as it did when it was trained.
   * @throws EdgeError `golden-mismatch` with row, label and both probabilities
   */
  async verifyGolden(): Promise<void> {
    const { golden, precision } = this.release;
    const rounded = precision === "int8" && golden.int8_tolerance !== undefined;
    const tolerance = rounded ? (golden.int8_tolerance as number) : golden.tolerance;
    const feeds = new Feeds(this.layout, this.maxRows);
    for (const [index, row] of golden.rows.entries()) {
      const at = `golden sample ${index + 1} of ${golden.rows.length}`;
      const { fault } = this.encoder.encode(row, feeds, 0);
      if (fault) throw new EdgeError("golden-mismatch", `${at} cannot be encoded: ${fault.message}`);
      const { probabilities, fault: failed } = this.read(await this.model.run(feeds, 1), 0, false, undefined, 0);
      if (!probabilities) throw new EdgeError("golden-mismatch", `${at}: ${failed?.message}`);
      for (const [label, expected] of Object.entries((rounded && row.int8) || row.probabilities)) {
        const found = probabilities[label] as number;
        if (Math.abs(found - expected) > tolerance) {
          throw new EdgeError(
            "golden-mismatch",
            `${at}: ${label} is ${found.toFixed(4)}, must be ${expected.toFixed(4)} ± ${tolerance}`,
          );
        }
      }
    }
  }
}

const NOTHING = { label: null, confidence: null, probabilities: null, model: null, backend: null } as const;

/** A prediction that says why there is none. */
export function faultPrediction(code: string, message: string): Prediction {
  return { ...NOTHING, latency_ms: 0, fault: { code, message } };
}
