import { workerData } from "node:worker_threads";
import { EdgeError } from "../errors";
import { Ballast } from "./ballast";
import { serveBatches, type BatchServer, type Outcome } from "./batch-protocol";
import { SpoolFile, type Line, type SpoolFileOptions } from "./spool-file";
import { SqliteFile } from "./sqlite-file";

/** What the worker is asked. */
export type SpoolRequest =
  | { readonly kind: "append"; readonly line: Line }
  | { readonly kind: "seal"; readonly at: number }
  | { readonly kind: "next"; readonly except: readonly number[] }
  | { readonly kind: "uploaded"; readonly segment: number }
  | { readonly kind: "condemn"; readonly segment: number; readonly reason: string }
  | { readonly kind: "renew" }
  | { readonly kind: "replay" }
  | { readonly kind: "counts" };

export interface SpoolWorkerOptions extends SpoolFileOptions {
  readonly file: string;
  readonly quotaBytes: number;
}

type Change = Exclude<SpoolRequest, { kind: "next" }>;

/** Below the quota, for what frees space: sealing takes some pages before it gives more back. */
const HEADROOM = 1 << 20;
/** What a line takes beside its text and twice its id: cells, pointers, part of a page. */
const ROW_OVERHEAD = 64;
const HOLD_EVERY_MS = 2_000;

/** The worker thread behind openSpool. */
class SpoolServer implements BatchServer<SpoolRequest> {
  private readonly sqlite: SqliteFile;
  private readonly spool: SpoolFile;
  private readonly ballast: Ballast;
  /** Bytes that may be appended before the quota is reached. */
  private room = 0;
  private diskFull = false;
  private heldAt = -Infinity;
  private held: string | undefined;

  constructor(private readonly options: SpoolWorkerOptions) {
    const ballastBytes = Math.min(8 << 20, Math.floor(options.quotaBytes / 4));
    this.ballast = new Ballast(`${options.file}-ballast`, ballastBytes);
    this.sqlite = new SqliteFile(options.file, options.quotaBytes - ballastBytes);
    this.spool = new SpoolFile(this.sqlite, options);
    const [prepared] = this.sqlite.group([() => this.spool.prepare()]);
    if (prepared && "error" in prepared) {
      this.sqlite.close();
      throw prepared.error;
    }
  }

  /** Neighbouring changes share a commit; a segment is handed out only after the commit that sealed it. */
  answer(batch: readonly SpoolRequest[]): Outcome<unknown>[] {
    this.measure();
    const outcomes: Outcome<unknown>[] = [];
    let changes: Change[] = [];
    const commit = (): void => {
      outcomes.push(...this.commit(changes));
      changes = [];
    };
    for (const request of batch) {
      if (request.kind !== "next") {
        changes.push(request);
        continue;
      }
      commit();
      outcomes.push(...this.sqlite.group([() => this.spool.next(request.except)]));
    }
    commit();
    return outcomes;
  }

  private commit(changes: readonly Change[]): Outcome<unknown>[] {
    const outcomes = this.sqlite.group(changes.map((change) => () => this.apply(change)));
    if (!outcomes.some(isDiskFull)) return outcomes;
    this.giveWay();
    return outcomes.map((outcome, i) => {
      const change = changes[i] as Change;
      if (!isDiskFull(outcome)) return outcome;
      return change.kind === "append"
        ? { error: this.full() }
        : (this.sqlite.group([() => this.apply(change)])[0] as Outcome<unknown>);
    });
  }

  private apply(change: Change): unknown {
    switch (change.kind) {
      case "append":
        return this.append(change.line);
      case "seal":
        return { sealed: this.spool.seal(change.at), counts: this.spool.counts() };
      case "uploaded":
        return { uploaded: this.spool.uploaded(change.segment), counts: this.spool.counts() };
      case "condemn":
        this.spool.condemn(change.segment, change.reason);
        return this.spool.counts();
      case "renew":
        this.spool.renew();
        return this.spool.counts();
      case "replay":
        return { replayed: this.spool.replay(), counts: this.spool.counts() };
      case "counts":
      default:
        return this.spool.counts();
    }
  }

  private append(line: Line): "stored" | "duplicate" {
    const bytes = Buffer.byteLength(line.line) + 2 * line.id.length + ROW_OVERHEAD;
    if (this.diskFull || bytes > this.room) {
      if (this.spool.has(line.id)) return "duplicate";
      throw this.full();
    }
    this.room -= bytes;
    return this.spool.append(line);
  }

  /** Bytes that records may fill; the rest of the quota is set aside. */
  private get limit(): number {
    return this.sqlite.mainLimit - HEADROOM;
  }

  private measure(): void {
    this.held = undefined;
    this.room = this.limit - this.sqlite.usedBytes();
    if ((this.diskFull || this.heldAt === -Infinity) && performance.now() - this.heldAt > HOLD_EVERY_MS) {
      this.heldAt = performance.now();
      this.diskFull = !this.ballast.hold();
    }
  }

  /** The disk is full: room for what deletes, none for what adds. */
  private giveWay(): void {
    this.diskFull = true;
    this.heldAt = performance.now();
    this.ballast.release();
    this.sqlite.checkpoint();
  }

  private full(): EdgeError {
    // Counted once a batch: refusing must stay cheaper than taking.
    this.held ??= this.describeHeld();
    const { held, limit } = this;
    const { file, quotaBytes } = this.options;
    if (this.diskFull)
      return new EdgeError("spool-full", `the disk of ${file} is full: ${held}`, { remedy: "free disk space" });
    const quota = `quota ${quotaBytes} bytes, ${quotaBytes - limit} of them set aside for its log, sealing and a full disk`;
    return new EdgeError("spool-full", `${file} is full: ${held} of ${limit} (${quota})`, {
      remedy: "bring the object store back, or raise the quota",
    });
  }

  private describeHeld(): string {
    const { open, sealed, dead } = this.spool.counts();
    const bytes = this.diskFull ? this.sqlite.bytes() : this.sqlite.usedBytes();
    return `${open.rows + sealed.rows + dead.rows} records wait in ${bytes} bytes`;
  }

  close(): void {
    this.sqlite.close();
  }
}

function isDiskFull(outcome: Outcome<unknown>): boolean {
  return "error" in outcome && outcome.error.code === "disk-full";
}

serveBatches(() => new SpoolServer(workerData as SpoolWorkerOptions));
