/**
 * The nodes of this process that are at work, and what they count. Config and flow nodes put themselves up when they start
 * and take themselves down when they end; what was counted waits for the same node to come back with the next start of the
 * flows, and is forgotten when it does not.
 */
import { errorCode } from "../errors";
import type { MetricName } from "./catalogue";
import { Counts, Part, type Identity, type Inspect, type Reason, type Report } from "./part";

export interface NodeReason extends Reason, Identity {}

/** One value, with the labels of its node. */
export interface Value {
  readonly metric: MetricName;
  readonly value: number;
  readonly part: Identity | undefined;
  readonly labels: Readonly<Record<string, string>> | undefined;
}

export interface Inspection {
  readonly reasons: readonly NodeReason[];
  readonly values: readonly Value[];
  readonly parts: readonly Part[];
}

export class Board {
  private readonly parts = new Map<string, Part>();
  private readonly general = new Set<Inspect>();
  /** "" while the flows run. */
  private halted = "the flows are not started";

  /** A node starts. One that was here before goes on counting. */
  join(identity: Identity): Part {
    const before = this.parts.get(identity.id);
    const counts = before?.identity.type === identity.type ? before.counts : new Counts();
    const part = new Part(identity, counts);
    this.parts.set(identity.id, part);
    return part;
  }

  /** The node ends; it may come back. What it had accepted and not answered, Node-RED answers no more. */
  leave(part: Part): void {
    part.present = false;
    part.inspect = undefined;
  }

  /** What is asked for beside the nodes: of the process, of the clock. */
  also(inspect: Inspect): void {
    this.general.add(inspect);
  }

  /** Every node that is to run runs. */
  started(): void {
    this.halted = "";
    for (const [id, part] of this.parts) if (!part.present) this.parts.delete(id);
  }

  stopped(why: string): void {
    this.halted = why;
  }

  inspect(): Inspection {
    const reasons: NodeReason[] = [];
    const values: Value[] = [];
    const ask = (identity: Identity | undefined, inspect: Inspect): void => {
      const report: Report = {
        reason: (reason) => reasons.push({ ...(identity ?? NODE_RED), ...reason }),
        gauge: (metric, value, labels) => values.push({ metric, value, part: identity, labels }),
      };
      try {
        inspect(report);
      } catch (error) {
        // A node that cannot say how it is, is not well; the others must still be heard.
        report.reason({ severity: "down", cause: `cannot be asked: ${String(error)}` });
      }
    };
    if (this.halted !== "") reasons.push({ ...NODE_RED, severity: "down", cause: this.halted });
    for (const part of this.parts.values()) {
      const { refused } = part;
      if (refused)
        reasons.push({ ...part.identity, severity: "down", code: errorCode(refused), cause: refused.message });
      if (part.inspect) ask(part.identity, part.inspect);
    }
    for (const inspect of this.general) ask(undefined, inspect);
    return { reasons, values, parts: [...this.parts.values()] };
  }
}

const NODE_RED: Identity = { id: "", type: "node-red", name: "" };

/** The board of this process. */
export const board = new Board();
