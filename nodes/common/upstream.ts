import type { Node, NodeAPI } from "node-red";
import type { Offer, Offering } from "../../lib/inference/fit";

/** The nodes of this process that make samples, and what is in them: who judges samples finds them here, by the wires. */
const offering = new Map<Node, readonly Offer[]>();

/** Says what a node's samples hold, until the returned function is called. */
export function offer(node: Node, offers: readonly Offer[]): () => void {
  offering.set(node, offers);
  return () => offering.delete(node);
}

/** What the nodes offer whose first output leads to `node`, over whatever stands between. */
export function offeredTo(RED: NodeAPI, node: Node): Offering[] {
  const links = linksOf(RED);
  const found: Offering[] = [];
  for (const [from, offers] of offering) {
    if (leadsTo(RED, links, from, node.id)) found.push({ by: from.name || from.type, offers });
  }
  return found;
}

/** What a node of this process offers; undefined for one that makes no samples. */
export function offeredBy(RED: NodeAPI, id: string): Offering | undefined {
  const node = RED.nodes.getNode(id) as Node | null;
  const offers = node ? offering.get(node) : undefined;
  return node && offers ? { by: node.name || node.type, offers } : undefined;
}

/** All nodes of this process that make samples. */
export function allOffered(): Offering[] {
  return [...offering].map(([node, offers]) => ({ by: node.name || node.type, offers }));
}

const waiting = new Set<() => void>();
const tellAll = (): void => {
  for (const listener of waiting) listener();
};

/** Calls `listener` after every deploy, when all nodes stand; until the returned function is called. */
export function onDeployed(RED: NodeAPI, listener: () => void): () => void {
  // One listener for all nodes: Node.js warns of a leak from the eleventh.
  if (waiting.size === 0) RED.events.on("flows:started", tellAll);
  waiting.add(listener);
  return () => {
    waiting.delete(listener);
    if (waiting.size === 0) RED.events.off("flows:started", tellAll);
  };
}

type Wired = Node & {
  readonly wires?: readonly (readonly string[])[];
  /** In an instance of a subflow: the id in the subflow. */
  readonly _alias?: string;
  /** In an instance of a subflow: its nodes, by their ids in the subflow. */
  readonly _flow?: { readonly node_map?: Readonly<Record<string, { readonly id: string } | undefined>> };
};

/**
 * The far ends of links and of link calls, as they stand on the sheets and in the subflows: there are no wires to them. What
 * is called by a name in the message is not known before it comes. The answer to a call leaves by the call's own wires.
 */
function linksOf(RED: NodeAPI): ReadonlyMap<string, readonly string[]> {
  const links = new Map<string, readonly string[]>();
  RED.nodes.eachNode((config) => {
    const {
      id,
      type,
      links: ends,
      linkType,
    } = config as { id: string; type: string; links?: unknown; linkType?: unknown };
    const fixed = type === "link out" || (type === "link call" && linkType !== "dynamic");
    if (fixed && Array.isArray(ends)) links.set(id, ends as string[]);
  });
  return links;
}

/** Where a node's links lead to: within an instance of a subflow, to the nodes of that instance. */
function linkedFrom({ id, _alias, _flow }: Wired, links: ReadonlyMap<string, readonly string[]>): string[] {
  const ends = links.get(_alias ?? id) ?? [];
  return ends.map((end) => _flow?.node_map?.[end]?.id ?? end);
}

function leadsTo(RED: NodeAPI, links: ReadonlyMap<string, readonly string[]>, from: Wired, id: string): boolean {
  const seen = new Set<string>();
  // Output 2 tells what is not usable: nothing of it is judged.
  const next = [...(from.wires?.[0] ?? [])];
  for (let at = next.pop(); at !== undefined; at = next.pop()) {
    if (at === id) return true;
    if (seen.has(at)) continue;
    seen.add(at);
    const node = RED.nodes.getNode(at) as Wired | null;
    // Another node that makes samples keeps only its own.
    if (!node || offering.has(node)) continue;
    next.push(...linkedFrom(node, links), ...(node.wires ?? []).flat());
  }
  return false;
}
