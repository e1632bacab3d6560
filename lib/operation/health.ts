import type { Board, NodeReason } from "./board";

/** What `GET /context-edge/health` answers. */
export interface Health {
  readonly live: true;
  readonly ready: boolean;
  /** What keeps nodes from their work, and what somebody should look at; each names the node, the asset and the cause. */
  readonly reasons: readonly NodeReason[];
  /** Reasons that are left out, because there are so many. */
  readonly more: number;
  /** How many nodes of this package run. */
  readonly nodes: number;
}

/** A thousand channels that went stale with one PLC tell no more than a hundred. */
const MOST_REASONS = 100;

/** Ready: the flows run, and no configured node is down. A degraded one does its work. */
export function healthOf(board: Board): Health {
  const { reasons, parts } = board.inspect();
  const down = reasons.filter(({ severity }) => severity === "down");
  const degraded = reasons.filter(({ severity }) => severity === "degraded");
  const shown = [...down, ...degraded].slice(0, MOST_REASONS);
  const more = reasons.length - shown.length;
  return {
    live: true,
    ready: down.length === 0,
    reasons: shown,
    more,
    nodes: parts.filter(({ present }) => present).length,
  };
}
