import type { Node } from "node-red";
import type { ContextStore, StoreState } from "../../lib/context/store";
import type { Report } from "../../lib/operation/part";
import { shorten } from "../common/adapter";
import { StatusLine, type Fill } from "../common/status";

const FILLS: Readonly<Record<StoreState["phase"], Fill>> = {
  ready: "green",
  degraded: "yellow",
  waiting: "yellow",
  failed: "red",
};

/** What the store's state means for the health of the device. */
export function tell(report: Report, { kind, state }: ContextStore): void {
  const works = state.phase === "ready" || state.phase === "degraded";
  report.gauge("store_up", works ? 1 : 0, { store: kind });
  if (state.phase === "ready") return;
  report.reason({ severity: works ? "degraded" : "down", code: "context-store", cause: state.text });
}

/** The store's state, or what is wrong with the scans of late. */
export class ScanStatus {
  private state: StoreState = { phase: "waiting", text: "" };
  private fault: string | undefined;
  private imported: string | undefined;
  private readonly line: StatusLine;

  constructor(private readonly node: Node) {
    this.line = new StatusLine(node);
  }

  store(state: StoreState): void {
    const lacking = state.phase === "degraded" || state.phase === "failed";
    // The status has no room for the rule that mends it.
    if (lacking && state.text !== this.state.text) this.node.warn(state.text);
    this.state = state;
    this.show();
  }

  /** @param fault why the latest scan has no context, undefined when it has one */
  scan(fault: string | undefined): void {
    if (fault === this.fault) return;
    this.fault = fault;
    this.show();
  }

  /** @param rows read so far, undefined when the import has ended; @param doing what is done with them */
  importing(rows: number | undefined, doing: "importing" | "checking" = "importing"): void {
    const imported = rows === undefined ? undefined : `${doing} · ${rows} rows`;
    if (imported === this.imported) return;
    this.imported = imported;
    this.show();
  }

  close(): void {
    this.line.close();
  }

  private show(): void {
    const { phase, text } = this.state;
    const works = phase === "ready" || phase === "degraded";
    if (this.imported !== undefined) this.line.set("blue", "dot", this.imported);
    else if (phase === "ready" && this.fault !== undefined) this.line.set("yellow", "dot", `${this.fault} · ${text}`);
    else this.line.set(FILLS[phase], works ? "dot" : "ring", shorten(text, 60));
  }
}
