import type { Node } from "node-red";
import { board } from "../../lib/operation/board";
import type { Inspect, Part } from "../../lib/operation/part";

const parts = new WeakMap<Node, Part>();

/** A node's place on the board: taken at the first call, given up when the node closes. */
export function partOf(node: Node): Part {
  let part = parts.get(node);
  if (!part) {
    const mine = board.join({ id: node.id, type: node.type, name: node.name ?? "" });
    part = mine;
    parts.set(node, mine);
    node.on("close", () => board.leave(mine));
  }
  return part;
}

/** What the node tells when somebody asks for health or metrics: why it is not in working order, and its gauges. */
export function inspect(node: Node, tell: Inspect): void {
  partOf(node).inspect = tell;
}
