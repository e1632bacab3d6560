/**
 * What stands under nodes that Node-RED has stopped and does not start again: because a node type is missing, because
 * somebody stopped the flows, in safe mode. Node-RED keeps the last status of each, and a green one would go on saying
 * that it works.
 */
import type { Node } from "node-red";

/** Nodes that were closed and not deleted, by id: those that come back take themselves off. */
const closed = new Map<string, Node>();

/** To be called by whatever sets the node's status. */
export function showsStatus(node: Node): void {
  closed.delete(node.id);
  node.on("close", (removed: boolean, done: () => void) => {
    if (!removed) closed.set(node.id, node);
    done();
  });
}

/** Every node that is to run runs: who is closed now was deleted with its flow, or is disabled. */
export function forgetClosed(): void {
  closed.clear();
}

/** Says so under every node that is closed: its flow is not started. */
export function showStopped(): void {
  for (const node of closed.values()) node.status({ fill: "grey", shape: "ring", text: "stopped" });
}

/** What Node-RED tells of its flows. */
export interface RuntimeState {
  readonly state?: unknown;
  /** Why it does not start them. */
  readonly error?: unknown;
  /** They are stopped to be started again. */
  readonly deploy?: unknown;
  readonly types?: unknown;
  readonly modules?: unknown;
}

/** @returns why the flows do not run, undefined where they do or will at once */
export function whyStopped({ state, error, deploy, types, modules }: RuntimeState): string | undefined {
  if (error === "missing-types") return `the flows are not started: no node is installed for ${listed(types)}`;
  if (error === "missing-modules") return `the flows are not started: a module is not installed: ${listed(modules)}`;
  if (error === "safe-mode") return "the flows are not started: Node-RED is in safe mode";
  if (state === "stop" && deploy !== true) return "the flows are stopped";
  return undefined;
}

function listed(what: unknown): string {
  const names = Array.isArray(what) ? what.map((one: unknown) => nameOf(one)) : [];
  return names.length === 0 ? "(not named)" : names.join(", ");
}

/** A type is named as it is, a module by an object. */
function nameOf(one: unknown): string {
  return typeof one === "object" && one !== null ? String((one as { module?: unknown }).module) : String(one);
}
