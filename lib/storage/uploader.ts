import type { Clock } from "../clock";
import { EdgeError, asError } from "../errors";
import { backoffMs } from "./backoff";
import type { ObjectStore, PutOutcome } from "./object-store";
import type { Segment } from "./spool-file";

/** Where segments come from, and who must know what became of them. */
export interface UploadQueue {
  next(except: readonly number[]): Promise<Segment | null>;
  /** The segment is in the bucket. */
  uploaded(segment: Segment): Promise<void>;
  /** The store will not have the segment: it becomes a dead letter. */
  condemn(segment: Segment, reason: string): Promise<void>;
  /** Another writer has put other bytes under this segment's key: go on under another spool id. */
  renew(segment: Segment): Promise<void>;
  report(state: UploadState): void;
}

export type UploadState =
  | { readonly kind: "idle" }
  | { readonly kind: "retrying"; readonly error: EdgeError; readonly inMs: number }
  | { readonly kind: "refused"; readonly error: EdgeError; readonly inMs: number };

interface Refusals {
  count: number;
  /** Another segment got through since the last refusal. */
  storeTakes: boolean;
}

/** So many refusals, and a segment lets the next one pass. */
const PATIENCE = 5;

/**
 * Puts sealed segments into the store, one at a time, in order, the same bytes at every try, for as long as it takes. It
 * never gives up while the store takes nothing: a wrong key is corrected some day. A segment is condemned when it is refused
 * again right after another one got through; then it is this segment that the store will not have.
 */
export class Uploader {
  private readonly refusals = new Map<number, Refusals>();
  private failures = 0;
  private running = false;
  /** Something came while the queue was being asked: its answer may be old. */
  private again = false;
  private stopped = false;
  private cancelWait: (() => void) | undefined;

  constructor(
    private readonly queue: UploadQueue,
    private readonly store: ObjectStore,
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {}

  /** There is something to upload. It waits out a back-off that is under way, unless `now`. */
  wake(now = false): void {
    this.again = true;
    if (this.stopped || this.running || (this.cancelWait && !now)) return;
    this.cancelWait?.();
    this.cancelWait = undefined;
    this.running = true;
    void this.run().finally(() => {
      this.running = false;
    });
  }

  /** Starts nothing more. A put under way is left to itself: it is safe to repeat after the next start. */
  stop(): void {
    this.stopped = true;
    this.cancelWait?.();
    this.cancelWait = undefined;
  }

  private async run(): Promise<void> {
    try {
      for (;;) {
        this.again = false;
        const segment = await this.choose();
        if (this.stopped) return;
        if (!segment) {
          if (this.again) continue;
          this.queue.report({ kind: "idle" });
          return;
        }
        const proceed = await this.upload(segment);
        if (this.stopped || !proceed) return;
      }
    } catch (error) {
      if (!this.stopped)
        this.backOff(
          "retrying",
          error instanceof EdgeError ? error : new EdgeError("internal", asError(error).message),
        );
    }
  }

  private async choose(): Promise<Segment | null> {
    const aside = [...this.refusals].filter(([, { count }]) => count >= PATIENCE).map(([segment]) => segment);
    return (await this.queue.next(aside)) ?? (aside.length > 0 ? this.queue.next([]) : null);
  }

  /** @returns whether the next one may follow at once */
  private async upload(segment: Segment): Promise<boolean> {
    const outcome = await this.store.put(segment.key, segment.body, {
      condition: { ifNoneMatch: "*" },
      contentType: "application/x-ndjson",
      contentEncoding: "gzip",
      sha256: segment.sha256,
    });
    if (this.stopped) return false;
    return this.conclude(segment, outcome);
  }

  private async conclude(segment: Segment, outcome: PutOutcome): Promise<boolean> {
    if (outcome.kind === "stored" || outcome.kind === "exists-same") {
      await this.accept(segment);
      return true;
    }
    if (outcome.kind === "exists-other") {
      await this.queue.renew(segment);
      return true;
    }
    if (outcome.kind === "refused") return this.refuse(segment, outcome.error);
    this.backOff("retrying", outcome.error);
    return false;
  }

  private async accept(segment: Segment): Promise<void> {
    this.refusals.delete(segment.segment);
    await this.queue.uploaded(segment);
    this.failures = 0;
    for (const refusals of this.refusals.values()) {
      refusals.storeTakes = true;
      refusals.count = Math.min(refusals.count, PATIENCE - 1);
    }
  }

  private async refuse(segment: Segment, error: EdgeError): Promise<boolean> {
    const refusals = this.refusals.get(segment.segment) ?? { count: 0, storeTakes: false };
    this.refusals.set(segment.segment, refusals);
    refusals.count++;
    if (refusals.count >= PATIENCE && refusals.storeTakes) {
      this.refusals.delete(segment.segment);
      await this.queue.condemn(segment, error.message);
      return true;
    }
    refusals.storeTakes = false;
    this.backOff("refused", error);
    return false;
  }

  private backOff(kind: "retrying" | "refused", error: EdgeError): void {
    this.failures++;
    const inMs = backoffMs(this.failures, this.random());
    this.queue.report({ kind, error, inMs });
    this.cancelWait = this.clock.after(inMs, () => {
      this.cancelWait = undefined;
      this.wake();
    });
  }
}
