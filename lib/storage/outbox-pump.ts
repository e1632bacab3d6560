/**
 * Brings what waits in an outbox into a spool, and so into the bucket. The spool is open only while there is something to
 * bring or to upload: an open one costs a thread and some MB, and alarms are rare.
 */
import type { Clock } from "../clock";
import { EdgeError, asError, errorCode } from "../errors";
import type { Outbox, WaitingLine } from "./outbox";
import type { Spool } from "./spool";

export interface OutboxPumpOptions {
  readonly outbox: () => Promise<Outbox>;
  readonly open: () => Promise<Spool>;
  /** True when the spool's file is there: an earlier run may have left something in it. */
  readonly exists: () => boolean;
  readonly clock: Clock;
  /** What somebody must mend before lines get into the spool and the bucket; undefined when nothing any more. */
  readonly report: (trouble: EdgeError | undefined) => void;
}

const BATCH = 200;
const AGAIN_MS = 5_000;
/** Looks after this long whether the spool is empty and can be closed. */
const IDLE_MS = 10_000;

export class OutboxPump {
  private spool: Spool | undefined;
  private outbox: Outbox | undefined;
  private unfollow: (() => void) | undefined;
  private work: Promise<void> = Promise.resolve();
  private queued = false;
  private closed = false;
  private failure: EdgeError | undefined;
  /** Of the open spool: a store that refuses, a full quota. That a store is away mends itself. */
  private refusal: EdgeError | undefined;
  private reported: EdgeError | undefined;
  private cancel: (() => void) | undefined;

  constructor(private readonly options: OutboxPumpOptions) {}

  /** Brings what is there; then what comes, as it comes. */
  start(): void {
    this.wake();
  }

  /** Seals and uploads what was told of before. */
  async flush(): Promise<void> {
    this.wake();
    await this.work;
    await this.spool?.flush();
  }

  /** Puts what the store refused back into the line; resolves with the number of segments. */
  async replayDeadLetters(): Promise<number> {
    await this.work;
    return (await this.spool?.replayDeadLetters()) ?? 0;
  }

  /** Of the spool; undefined while nothing is under way. */
  stats(): ReturnType<Spool["stats"]> | undefined {
    return this.spool?.stats();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.cancel?.();
    this.unfollow?.();
    await this.work;
    await this.spool?.close();
    this.spool = undefined;
  }

  /** One round at a time; what is told of meanwhile makes one more. */
  private wake(): void {
    if (this.queued || this.closed) return;
    this.queued = true;
    this.work = this.work.then(() => this.round());
  }

  private async round(): Promise<void> {
    this.queued = false;
    if (this.closed) return;
    try {
      await this.bring();
      this.fail(undefined);
      this.later(IDLE_MS);
    } catch (error) {
      if (this.closed) return;
      this.fail(error instanceof EdgeError ? error : new EdgeError("internal", asError(error).message));
      this.later(AGAIN_MS);
    }
  }

  private async bring(): Promise<void> {
    this.outbox ??= await this.follow();
    // Opened before the first line too: what an earlier run left is uploaded from the start.
    if (this.options.exists()) await this.opened();
    for (;;) {
      const lines = await this.outbox.next(BATCH);
      const last = lines.at(-1);
      if (last === undefined || this.closed) break;
      const spool = await this.opened();
      await Promise.all(lines.map((line) => append(spool, line)));
      await this.outbox.taken(last.n);
    }
    await this.closeIdle();
  }

  private async follow(): Promise<Outbox> {
    const outbox = await this.options.outbox();
    await outbox.prepare();
    this.unfollow = outbox.onTold(() => this.wake());
    return outbox;
  }

  private async closeIdle(): Promise<void> {
    const { spool } = this;
    if (!spool || spool.stats().backlogRows > 0) return;
    this.spool = undefined;
    this.refusal = undefined;
    await spool.close();
  }

  private async opened(): Promise<Spool> {
    if (this.spool) return this.spool;
    const spool = await this.options.open();
    spool.onState(({ health, error }) => {
      this.refusal = health === "ok" || health === "retrying" ? undefined : error;
      this.tell();
    });
    this.spool = spool;
    return spool;
  }

  private later(ms: number): void {
    this.cancel?.();
    this.cancel = undefined;
    if (this.closed || (!this.spool && !this.failure)) return;
    this.cancel = this.options.clock.after(ms, () => this.wake());
  }

  private fail(trouble: EdgeError | undefined): void {
    this.failure = trouble;
    this.tell();
  }

  private tell(): void {
    const trouble = this.failure ?? this.refusal;
    if (this.closed || trouble?.message === this.reported?.message) return;
    this.reported = trouble;
    this.options.report(trouble);
  }
}

/** A line that no segment can hold must not keep all others back: its record stays in the database. */
async function append(spool: Spool, { id, line, urgent }: WaitingLine): Promise<void> {
  try {
    await spool.append(id, line, { urgent });
  } catch (error) {
    if (errorCode(error) !== "spool-line") throw error;
  }
}
