import type { Board, NodeReason } from "./board";

/** What `GET /context-edge/health` answers. */
export interface Health {
  readonly live: true;
  readonly ready: boolean;
  /** What keeps nodes from their work, and what somebody should look at; each names the node, the asset and the cause. */
  readonly reasons: readonly NodeReason[];
  /** How many nodes of this package run. */
  readonly nodes: number;
}

/** Ready: the flows run, and no configured node is down. A degraded one does its work. */
export function healthOf(board: Board): Health {
  const { reasons, parts } = board.inspect();
  const ready = reasons.every(({ severity }) => severity !== "down");
  return { live: true, ready, reasons, nodes: parts.filter(({ present }) => present).length };
}
