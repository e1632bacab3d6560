import type { Node } from "node-red";
import { isPassing } from "../../lib/context/lookup";
import type { ContextStore, StoreState } from "../../lib/context/store";
import type { Report } from "../../lib/operation/part";
import { shorten } from "../common/adapter";
import { StatusLine, type Shown } from "../common/status";

/** What became of the latest scan. */
export interface LastScan {
  /** Why it has no context, undefined when it has one. */
  readonly fault: string | undefined;
  /** It was answered with the last known context. */
  readonly stale: boolean;
}

const NONE: LastScan = { fault: undefined, stale: false };

/**
 * Red: lookups fail, or would. Yellow: they are answered, but somebody should look: from memory, without the cache, or a code
 * that nobody stored. The store is named wherever it is the cause.
 */
export function shownFor({ phase, text, peer }: StoreState, place: string, { fault, stale }: LastScan): Shown {
  const failing = fault !== undefined && isPassing(fault);
  const cause = brief(text);
  if (phase === "failed") return ["red", "ring", cause];
  if (stale) return ["yellow", "dot", `from memory · ${cause}`];
  if (phase === "waiting") {
    const away = typeof peer === "object" && peer.away !== "";
    return [away || failing ? "red" : "yellow", "ring", cause];
  }
  if (failing)
    return ["red", "dot", `${place} · ${fault === "context-deadline" ? "no answer in time" : "lookups fail"}`];
  if (phase === "degraded") return ["yellow", "dot", cause];
  if (fault !== undefined) return ["yellow", "dot", `${fault} · ${cause}`];
  return ["green", "dot", cause];
}

/** Without what mends it, for which a status has no room: that stands in the log and in health. */
function brief(text: string): string {
  return shorten(text.split(/: | \(/)[0] ?? text, 60);
}

/** The store's state, or what is wrong with the scans of late. */
export class ScanStatus {
  private state: StoreState = { phase: "waiting", text: "" };
  private last = NONE;
  private imported: string | undefined;
  private readonly line: StatusLine;

  constructor(
    private readonly node: Node,
    private readonly place: string,
  ) {
    this.line = new StatusLine(node);
  }

  store(state: StoreState): void {
    const lacking = state.phase === "degraded" || state.phase === "failed";
    // The status has no room for the rule that mends it.
    if (lacking && state.text !== this.state.text) this.node.warn(state.text);
    // It is back: what it failed to answer before says no more how it is.
    if (this.state.phase === "waiting" && state.phase !== "waiting") this.last = NONE;
    this.state = state;
    this.show();
  }

  scan(fault: string | undefined, stale: boolean): void {
    if (fault === this.last.fault && stale === this.last.stale) return;
    this.last = { fault, stale };
    this.show();
  }

  /** @param rows read so far, undefined when the import has ended; @param doing what is done with them */
  importing(rows: number | undefined, doing: "importing" | "checking" = "importing"): void {
    const imported = rows === undefined ? undefined : `${doing} · ${rows} rows`;
    if (imported === this.imported) return;
    this.imported = imported;
    this.show();
  }

  /** What that means for the health of the device. */
  tell(report: Report, { kind, state: { phase, text } }: ContextStore): void {
    const works = phase === "ready" || phase === "degraded";
    const { fault, stale } = this.last;
    report.gauge("store_up", works ? 1 : 0, { store: kind });
    if (phase === "waiting" && stale)
      report.reason({ severity: "degraded", code: "context-store", cause: `answered from memory: ${text}` });
    else if (phase !== "ready")
      report.reason({ severity: works ? "degraded" : "down", code: "context-store", cause: text });
    else if (fault !== undefined && isPassing(fault))
      report.reason({ severity: "degraded", code: fault, cause: `${this.place} failed to answer the latest lookup` });
  }

  close(): void {
    this.line.close();
  }

  private show(): void {
    if (this.imported !== undefined) this.line.set("blue", "dot", this.imported);
    else this.line.set(...shownFor(this.state, this.place, this.last));
  }
}
