/**
 * The waiting line before the models of a slot. One batch runs at a time; what arrives meanwhile is gathered and goes as
 * the next batch. So answers come in the order of their questions, also across a swap and through a worker; nobody
 * waits when nothing runs; and under load a run is shared instead of queued for. Beyond the limit a sample is answered at
 * once, before those that wait: memory is bounded, order then is not kept.
 */
import { asError, errorCode } from "../errors";
import type { Fault, Prediction } from "../messages";
import type { ActiveModel } from "./active";
import { occlude } from "./why";
import type { Feeds } from "./feeds";
import type { Sample } from "./encode";

interface Entry {
  readonly resolve: (prediction: Prediction) => void;
  /** First row in the batch; −1 for an entry that only waits for its turn with `settled`. */
  readonly row: number;
  readonly why: boolean;
  readonly unknown: Record<string, string> | undefined;
  readonly from: number;
  readonly settled: Prediction | undefined;
}

interface Batch {
  readonly active: ActiveModel;
  readonly feeds: Feeds;
  readonly entries: Entry[];
  rows: number;
}

export interface LineEvents {
  /** A run failed, or worked again after one that failed. */
  run(fault: Fault | undefined): void;
  /** A retired model could not be released. */
  warn(error: Error): void;
}

export class InferenceLine {
  private readonly batches: Batch[] = [];
  private running: Batch | undefined;
  private waiting = 0;
  /** Samples refused because `limit` were waiting. */
  refused = 0;

  constructor(
    readonly limit: number,
    private readonly monotonic: () => number,
    private readonly events: LineEvents,
  ) {}

  get size(): number {
    return this.waiting;
  }

  /** Judges a sample. Never rejects: what goes wrong stands in the prediction's fault. */
  ask(active: ActiveModel, sample: Sample, why: boolean): Promise<Prediction> {
    const from = this.monotonic();
    if (this.waiting >= this.limit) {
      this.refused++;
      return Promise.resolve(
        active.faulty(
          { code: "overload", message: `${this.waiting} samples wait for the model, limit ${this.limit}` },
          0,
        ),
      );
    }
    const occlusions = why ? active.baseline.length : 0;
    const batch = this.open(active, 1 + occlusions);
    const row = batch.rows;
    const { fault, unknown } = active.encoder.encode(sample, batch.feeds, row);
    if (fault) {
      const prediction = active.faulty(fault, this.monotonic() - from);
      this.discard(batch);
      return this.inTurn(prediction);
    }
    if (why) occlude(active.release.manifest, batch.feeds, row, active.baseline);
    batch.rows += 1 + occlusions;
    return new Promise((resolve) => {
      batch.entries.push({ resolve, row, why, unknown, from, settled: undefined });
      this.waiting++;
      this.pump();
    });
  }

  /** A prediction that is known already, handed over after those that were asked for before it. */
  inTurn(settled: Prediction): Promise<Prediction> {
    const last = this.batches.at(-1);
    if (!last || this.waiting >= this.limit) return Promise.resolve(settled);
    return new Promise((resolve) => {
      last.entries.push({ resolve, row: -1, why: false, unknown: undefined, from: 0, settled });
      this.waiting++;
    });
  }

  private open(active: ActiveModel, rows: number): Batch {
    const last = this.batches.at(-1);
    if (last && last !== this.running && last.active === active && last.rows + rows <= active.maxRows) return last;
    const batch: Batch = { active, feeds: active.take(), entries: [], rows: 0 };
    this.batches.push(batch);
    return batch;
  }

  /** Takes a batch that nothing went into out of the line again. */
  private discard(batch: Batch): void {
    if (batch.entries.length > 0) return;
    this.batches.splice(this.batches.indexOf(batch), 1);
    this.recycle(batch);
  }

  private pump(): void {
    const batch = this.batches[0];
    if (this.running || !batch) return;
    this.running = batch;
    batch.active.model.run(batch.feeds, batch.rows).then(
      (logits) => this.finish(batch, undefined, logits),
      (error: unknown) =>
        this.finish(batch, { code: errorCode(error, "runtime"), message: asError(error).message }, undefined),
    );
  }

  private finish(batch: Batch, fault: Fault | undefined, logits: Float32Array | undefined): void {
    const now = this.monotonic();
    const { active } = batch;
    for (const { resolve, row, why, unknown, from, settled } of batch.entries) {
      if (settled) resolve(settled);
      else if (logits) resolve(active.read(logits, row, why, unknown, now - from));
      else resolve(active.faulty(fault as Fault, now - from));
    }
    this.waiting -= batch.entries.length;
    this.batches.shift();
    this.running = undefined;
    this.recycle(batch);
    this.events.run(fault);
    this.pump();
  }

  private recycle({ active, feeds }: Batch): void {
    active.recycle(feeds)?.catch((error: unknown) => this.events.warn(asError(error)));
  }
}
