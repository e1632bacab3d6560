/**
 * A durable spool: lines go in, segments come out in the bucket. The promise: when `append` resolves, the line is on the
 * disk, and it will be in the bucket exactly once per id, whatever is killed or cut off meanwhile. A spool that has no room
 * refuses; it never drops. A slow store stalls uploads alone, never an append.
 */
import { join } from "node:path";
import type { Clock } from "../clock";
import { EdgeError } from "../errors";
import { BatchedWorker } from "./batched-worker";
import { assertPrefix } from "./keys";
import type { ObjectStore } from "./object-store";
import { SEGMENT_LIMITS, type SegmentLimits } from "./pack";
import { SealSchedule, type SealAges } from "./seal-schedule";
import type { Segment, SpoolCounts, Uploaded } from "./spool-file";
import type { SpoolRequest, SpoolWorkerOptions } from "./spool-worker";
import { Uploader, type UploadState } from "./uploader";

export interface SpoolOptions {
  readonly dataDir: string;
  /** Of the file, `spool-<name>.db`: one spool per kind of record. */
  readonly name: string;
  /** "ldo/v1/dev=edge-1": stands before "/<spool-id>/<seq>.ndjson.gz". Absent: the one that the file has. */
  readonly keyPrefix?: string;
  /** The machine this runs on: the board's serial, else the install id. On another one a copied spool gets a new id. */
  readonly binding: string;
  readonly store: ObjectStore;
  readonly clock: Clock;
  /** From [0, 1), for the back-off. */
  readonly random: () => number;
  /** Of database, log and ballast together; 1 GiB unless said otherwise, 8 MiB at least. */
  readonly quotaBytes?: number;
  readonly limits?: Partial<SegmentLimits>;
  readonly ages?: Partial<SealAges>;
  /** Ids remembered after their upload, 100,000 unless said otherwise: a message sent again that late is known. */
  readonly rememberIds?: number;
  /**
   * Why the wall clock cannot be believed, undefined when it can; segments wait until it can, unless `flush` asks. A board
   * without a battery starts in 1970.
   */
  readonly clockTrouble?: () => string | undefined;
}

export type SpoolHealth = "ok" | "retrying" | "refused" | "two-writers" | "full" | "failed" | "clock";

export interface SpoolStats extends SpoolCounts {
  readonly health: SpoolHealth;
  /** Why health is not "ok". */
  readonly error: EdgeError | undefined;
  /** Records not yet in the bucket, dead letters included. */
  readonly backlogRows: number;
  /** Milliseconds that the oldest record waits that is not in the bucket, dead letters not counted; 0 when none waits. */
  readonly oldestMs: number;
  readonly duplicates: number;
  readonly refused: number;
  /** Attempts that the store did not take, since the start. */
  readonly failedUploads: number;
  /** Milliseconds since 1970; null when nothing was uploaded since the start. */
  readonly lastUploadAt: number | null;
}

export interface AppendOptions {
  /** An alert or a label: its segment is sealed within minutes. */
  readonly urgent?: boolean;
}

export interface Spool {
  readonly file: string;
  /**
   * Keeps one line (JSON, without line feed) under its id. Durable when it resolves; "duplicate" when the id is known.
   * @throws EdgeError `spool-full`, `spool-line` (too long, or with a line feed), `database…`
   */
  append(id: string, line: string, options?: AppendOptions): Promise<"stored" | "duplicate">;
  /**
   * Seals what was appended before, whatever the clock says, and uploads without waiting out a back-off. Resolves when it
   * is sealed.
   */
  flush(): Promise<void>;
  /** Puts what the store refused back into the line; resolves with the number of segments. */
  replayDeadLetters(): Promise<number>;
  stats(): SpoolStats;
  /** Calls back after each upload; returns what ends that. */
  onUploaded(listener: (uploaded: Uploaded) => void): () => void;
  /** Calls back when health changes. */
  onState(listener: (stats: SpoolStats) => void): () => void;
  /** Leaves what is not uploaded to the next start. */
  close(): Promise<void>;
}

const GIB = 1 << 30;
const MIN_QUOTA = 8 << 20;
const REMEMBER_IDS = 100_000;
const RECOVER_AGAIN_MS = 5_000;
/** What an append fails with when the disk does, and not the line. */
const DISK_FAILS = ["disk-read-only", "disk-io", "disk-full", "database-corrupt"];
const SET_CLOCK = "set the clock or wait for the time service; if the clock is right, send flush";

/** @throws EdgeError `database-locked` when another process has the spool, `spool-quota`, `database…` */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const { quotaBytes = GIB, limits, rememberIds = REMEMBER_IDS } = options;
  if (quotaBytes < MIN_QUOTA)
    throw new EdgeError("spool-quota", `a spool of ${quotaBytes} bytes is too small: ${MIN_QUOTA} at least`);
  if (options.keyPrefix !== undefined) assertPrefix(`${options.keyPrefix}/`);
  const workerOptions: SpoolWorkerOptions = {
    file: join(options.dataDir, `spool-${options.name}.db`),
    quotaBytes,
    keyPrefix: options.keyPrefix,
    binding: options.binding,
    limits: { ...SEGMENT_LIMITS, ...limits },
    rememberIds,
  };
  const worker = await BatchedWorker.start<SpoolRequest>(
    require.resolve("./spool-worker"),
    workerOptions,
    workerOptions.file,
    options.clock,
  );
  try {
    const counts = await worker.call<SpoolCounts>({ kind: "counts" });
    return new DurableSpool(options, workerOptions, worker, counts);
  } catch (error) {
    await worker.close();
    throw error;
  }
}

class DurableSpool implements Spool {
  readonly file: string;
  private readonly limits: SegmentLimits;
  private readonly uploader: Uploader;
  private readonly schedule: SealSchedule;
  private readonly uploadListeners = new Set<(uploaded: Uploaded) => void>();
  private readonly stateListeners = new Set<(stats: SpoolStats) => void>();
  private duplicates = 0;
  private refused = 0;
  private failedUploads = 0;
  private lastUploadAt: number | null = null;
  private upload: UploadState = { kind: "idle" };
  private full: EdgeError | undefined;
  private writers: EdgeError | undefined;
  private sealFault: EdgeError | undefined;
  private workerFault: EdgeError | undefined;
  private clockFault: EdgeError | undefined;
  private appendFault: EdgeError | undefined;
  private cancelRecovery: (() => void) | undefined;
  private shown: SpoolHealth = "ok";
  private closed = false;

  constructor(
    private readonly options: SpoolOptions,
    { file, limits }: SpoolWorkerOptions,
    private readonly worker: BatchedWorker<SpoolRequest>,
    private counts: SpoolCounts,
  ) {
    this.file = file;
    this.limits = limits;
    const { store, clock, random, ages = {}, clockTrouble = () => undefined } = options;
    this.uploader = new Uploader(
      {
        next: (except) => worker.call({ kind: "next", except }),
        uploaded: (segment) => this.uploaded(segment),
        condemn: (segment, reason) => this.condemn(segment, reason),
        renew: (segment) => this.renew(segment),
        report: (state) => this.report(state),
      },
      store,
      clock,
      random,
    );
    this.schedule = new SealSchedule({
      clock,
      ages,
      limits,
      clockTrouble,
      waits: (trouble) => this.waitForClock(trouble),
      seal: () => this.seal(),
    });
    worker.whenLost((reason) => this.lost(reason));
    this.schedule.adopt(counts.open);
    if (counts.sealed.segments > 0) this.uploader.wake();
  }

  append(id: string, line: string, { urgent = false }: AppendOptions = {}): Promise<"stored" | "duplicate"> {
    const bytes = Buffer.byteLength(line);
    if (bytes > this.limits.lineBytes || line.includes("\n")) return Promise.reject(this.badLine(id, bytes));
    const request: SpoolRequest = {
      kind: "append",
      line: { id, line, urgent, at: this.schedule.steadyNow() },
    };
    return this.worker.call<"stored" | "duplicate">(request, line.length).then(
      (outcome) => {
        if (outcome === "stored") this.schedule.added(bytes + 1, urgent);
        else this.duplicates++;
        if (this.full) this.setFull(undefined);
        if (this.appendFault) this.setAppendFault(undefined);
        return outcome;
      },
      (error: EdgeError) => {
        this.refused++;
        if (error.code === "spool-full") this.setFull(error);
        else if (DISK_FAILS.includes(error.code)) this.setAppendFault(error);
        throw error;
      },
    );
  }

  private badLine(id: string, bytes: number): EdgeError {
    this.refused++;
    return bytes > this.limits.lineBytes
      ? new EdgeError("spool-line", `${id} has ${bytes} bytes, limit ${this.limits.lineBytes}`)
      : new EdgeError("spool-line", `${id} holds a line feed: one record is one line`);
  }

  async flush(): Promise<void> {
    await this.schedule.sealAll();
    this.uploader.wake(true);
  }

  async replayDeadLetters(): Promise<number> {
    const { replayed, counts } = await this.worker.call<{ replayed: number; counts: SpoolCounts }>({ kind: "replay" });
    this.adopt(counts);
    if (replayed > 0) this.uploader.wake(true);
    return replayed;
  }

  stats(): SpoolStats {
    const { sealed, dead } = this.counts;
    const { rows, bytes } = this.schedule;
    const since = Math.min(this.counts.open.since ?? Infinity, sealed.since ?? Infinity);
    return {
      ...this.counts,
      open: { ...this.counts.open, rows, bytes },
      health: this.health(),
      error: this.full ?? this.fault ?? this.writers ?? this.uploadError ?? this.clockFault,
      backlogRows: rows + sealed.rows + dead.rows,
      oldestMs: since === Infinity ? 0 : Math.max(0, this.schedule.steadyNow() - since),
      duplicates: this.duplicates,
      refused: this.refused,
      failedUploads: this.failedUploads,
      lastUploadAt: this.lastUploadAt,
    };
  }

  onUploaded(listener: (uploaded: Uploaded) => void): () => void {
    this.uploadListeners.add(listener);
    return () => this.uploadListeners.delete(listener);
  }

  onState(listener: (stats: SpoolStats) => void): () => void {
    this.stateListeners.add(listener);
    return () => this.stateListeners.delete(listener);
  }

  async close(): Promise<void> {
    this.schedule.stop();
    this.uploader.stop();
    this.closed = true;
    this.cancelRecovery?.();
    await this.worker.close();
  }

  /** @returns whether there was something to seal */
  private async seal(): Promise<boolean> {
    try {
      const request: SpoolRequest = { kind: "seal", at: this.schedule.steadyNow() };
      const { sealed, counts } = await this.worker.call<{ sealed: boolean; counts: SpoolCounts }>(request);
      this.sealFault = undefined;
      this.adopt(counts);
      if (sealed) this.uploader.wake();
      return sealed;
    } catch (error) {
      this.sealFault = error as EdgeError;
      this.tell();
      throw error;
    }
  }

  private async uploaded(segment: Segment): Promise<void> {
    const request: SpoolRequest = { kind: "uploaded", segment: segment.segment };
    const { uploaded, counts } = await this.worker.call<{ uploaded: Uploaded; counts: SpoolCounts }>(request);
    this.adopt(counts);
    this.lastUploadAt = this.options.clock.now();
    this.full = undefined;
    this.report({ kind: "idle" });
    for (const listener of this.uploadListeners) listener(uploaded);
  }

  private async condemn({ segment }: Segment, reason: string): Promise<void> {
    this.adopt(await this.worker.call<SpoolCounts>({ kind: "condemn", segment, reason }));
    this.tell();
  }

  private async renew(segment: Segment): Promise<void> {
    this.adopt(await this.worker.call<SpoolCounts>({ kind: "renew" }));
    this.writers = new EdgeError(
      "spool-two-writers",
      `another writer uses spool ${segment.spoolId}: segment ${segment.seq} is in the bucket with other bytes; this one goes on as ${this.counts.spoolId}`,
      { remedy: "look for a second device that runs on a copy of this one's data folder" },
    );
    this.tell();
  }

  private adopt(counts: SpoolCounts): void {
    this.counts = counts;
    this.schedule.adopt(counts.open);
  }

  /** The worker died, and with it the answers to what was under way: what came of that, the file says. */
  private lost(reason: EdgeError): void {
    this.workerFault = reason;
    this.tell();
    this.recover();
  }

  private recover(): void {
    this.worker.call<SpoolCounts>({ kind: "counts" }).then(
      (counts) => {
        this.workerFault = undefined;
        this.adopt(counts);
        this.tell();
        this.uploader.wake(true);
      },
      (error: EdgeError) => {
        if (this.closed) return;
        this.workerFault = error;
        this.cancelRecovery?.();
        this.cancelRecovery = this.options.clock.after(RECOVER_AGAIN_MS, () => this.recover());
      },
    );
  }

  private get uploadError(): EdgeError | undefined {
    return this.upload.kind === "idle" ? undefined : this.upload.error;
  }

  private waitForClock(trouble: string | undefined): void {
    this.clockFault =
      trouble === undefined
        ? undefined
        : new EdgeError("clock", `records wait to be sealed: ${trouble}`, { remedy: SET_CLOCK });
    this.tell();
  }

  private get fault(): EdgeError | undefined {
    return this.workerFault ?? this.appendFault ?? this.sealFault;
  }

  private report(state: UploadState): void {
    if (state.kind !== "idle") this.failedUploads++;
    this.upload = state;
    this.tell();
  }

  private setAppendFault(error: EdgeError | undefined): void {
    this.appendFault = error;
    this.tell();
  }

  private setFull(error: EdgeError | undefined): void {
    this.full = error;
    this.tell();
  }

  private health(): SpoolHealth {
    if (this.full) return "full";
    if (this.fault) return "failed";
    if (this.writers) return "two-writers";
    if (this.upload.kind !== "idle") return this.upload.kind;
    return this.clockFault ? "clock" : "ok";
  }

  private tell(): void {
    const health = this.health();
    if (health === this.shown) return;
    this.shown = health;
    for (const listener of this.stateListeners) listener(this.stats());
  }
}
