import type { Node, NodeStatus } from "node-red";
import type { Part } from "../../lib/operation/part";
import { partOf } from "./operation";
import { showsStatus } from "./stopped";

export type Shown = [fill: Fill, shape: "dot" | "ring", text: string];

export type Fill = "red" | "green" | "yellow" | "blue" | "grey";

/**
 * A status set at most twice a second and only when it changed: a flood of statuses crashes browsers. Messages that found the
 * node's queue full are counted behind it.
 */
export class StatusLine {
  private shown = "";
  private next: NodeStatus | undefined;
  private timer: NodeJS.Timeout | undefined;
  private lastAt = -Infinity;
  private closed = false;
  private last: Shown | undefined;
  private readonly part: Part;

  constructor(
    private readonly node: Node,
    private readonly everyMs = 500,
  ) {
    showsStatus(node);
    this.part = partOf(node);
    this.part.onLost = () => this.last && this.set(...this.last);
  }

  /** @param shape "dot" for a state that holds, "ring" for one that is being reached or is lacking */
  set(...shown: Shown): void {
    this.last = shown;
    const [fill, shape] = shown;
    const text = this.withLost(shown[2]);
    const key = `${fill} ${shape} ${text}`;
    if (this.closed || (key === this.shown && this.next === undefined)) return;
    this.next = { fill, shape, text };
    if (this.timer) return;
    const wait = this.lastAt + this.everyMs - performance.now();
    if (wait <= 0) this.show();
    else {
      this.timer = setTimeout(() => this.show(), wait);
      this.timer.unref();
    }
  }

  /** What is set from then on belongs to a node that is gone, and is not shown. */
  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.next = undefined;
  }

  private withLost(text: string): string {
    const { lost, queue } = this.part;
    if (lost === 0) return text;
    const word = queue?.policy === "drop-oldest" ? "dropped" : queue?.policy === "unjudged" ? "not judged" : "refused";
    return `${text} · ${lost.toLocaleString("en-US")} ${word}`;
  }

  private show(): void {
    this.timer = undefined;
    const next = this.next;
    this.next = undefined;
    if (!next) return;
    const { fill, shape, text } = next as { fill: string; shape: string; text: string };
    const key = `${fill} ${shape} ${text}`;
    if (key === this.shown) return;
    this.shown = key;
    this.lastAt = performance.now();
    this.node.status(next);
  }
}
