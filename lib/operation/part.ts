import { EdgeError } from "../errors";
import type { MetricName, TallyName } from "./catalogue";
import { Histogram } from "./histogram";

/** Codes of errors that are told apart per node; more would be another program's, without end. */
const MOST_CODES = 40;

/** A step whose time is measured. */
export type Step = "lookup" | "fuse" | "infer" | "total";

/** A count per word. Words are those of the code, not of the plant: there are few. */
export type Tally = Map<string, number>;

export function add(tally: Tally, word: string, by = 1): void {
  const known = tally.get(word);
  if (known !== undefined) tally.set(word, known + by);
  else if (tally.size < MOST_CODES) tally.set(word, by);
  else tally.set("other", (tally.get("other") ?? 0) + by);
}

/**
 * What one node has counted, as plain numbers: a message costs some additions, and whoever wants to know reads them. The
 * counts live as long as the node stands on its sheet; a deploy sets none of them back.
 */
export class Counts {
  received = 0;
  done = 0;
  /** Per output. */
  readonly sent: number[] = [];
  readonly failed: Tally = new Map();
  /** Messages that found the queue full: refused, or dropped for a newer one. */
  lost = 0;
  /** What the node counts of its own, by metric and word. */
  readonly tallies = new Map<TallyName, Tally>();
  readonly steps = new Map<Step, Histogram>();

  /** Counts one `word` of a metric that has one label of its own. */
  count(metric: TallyName, word: string, by = 1): void {
    let tally = this.tallies.get(metric);
    if (!tally) this.tallies.set(metric, (tally = new Map()));
    add(tally, word, by);
  }

  took(step: Step, ms: number): void {
    let histogram = this.steps.get(step);
    if (!histogram) this.steps.set(step, (histogram = new Histogram()));
    histogram.observe(ms);
  }

  /** A message ended in an error. Codes that are not ours are one: a library may have any. */
  failure(error: Error): void {
    add(this.failed, error instanceof EdgeError ? error.code : "internal");
  }
}

/** Down: it does not do what it is there for. Degraded: it does, but somebody should look. */
export type Severity = "down" | "degraded";

export interface Reason {
  readonly severity: Severity;
  readonly cause: string;
  readonly asset?: string;
  readonly code?: string;
}

/** What a node is asked for when somebody looks. */
export interface Report {
  reason(reason: Reason): void;
  /** @param labels those that the catalogue names for the metric */
  gauge(metric: MetricName, value: number, labels?: Readonly<Record<string, string>>): void;
}

export type Inspect = (report: Report) => void;

export interface Identity {
  readonly id: string;
  readonly type: string;
  /** As it stands on the sheet; "" where it has none. */
  readonly name: string;
}

/** What becomes of a message that finds the queue full. */
export type QueuePolicy = "refuse" | "drop-oldest" | "unjudged";

export interface Queue {
  /** Infinity where a message never waits. */
  readonly limit: number;
  readonly policy: QueuePolicy;
}

/** A message that is under way. */
export interface Waiting {
  /** What it sends from now on is discarded. */
  dropped: boolean;
  failed(error: Error): void;
}

/** A node on the board. */
export class Part {
  present = true;
  /** Set where messages come in. */
  queue: Queue | undefined;
  underWay = 0;
  /** Those under way that something must still come for, the oldest first. */
  readonly waiting = new Set<Waiting>();
  /** Called when nothing is under way any more. */
  onIdle: () => void = () => undefined;
  /** Messages that found the queue full since this start. */
  lost = 0;
  /** Called when `lost` has grown. */
  onLost: () => void = () => undefined;
  /** Why its configuration cannot work. */
  refused: Error | undefined;
  inspect: Inspect | undefined;

  constructor(
    readonly identity: Identity,
    readonly counts: Counts,
  ) {}

  /** A message was answered. */
  left(): void {
    this.underWay--;
    if (this.underWay === 0) this.onIdle();
  }

  /** A message found the queue full. */
  lose(): void {
    this.lost++;
    this.counts.lost++;
    this.onLost();
  }
}
