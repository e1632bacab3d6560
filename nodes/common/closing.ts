/**
 * The order in which nodes end. Node-RED closes all at once: a node that is still answering would find its database gone.
 * Here a flow node first answers what it has accepted, and a config node ends after the flow nodes that end with it.
 */
import type { Node } from "node-red";
import { asError, EdgeError } from "../../lib/errors";
import type { Part } from "../../lib/operation/part";
import { partOf } from "./operation";

/** Longer than a lookup or a write takes on a busy machine. Both together stay below the 15 s after which Node-RED gives up. */
const DRAIN_MS = 5_000;
const RELEASE_MS = 7_000;

/** Flow nodes that are being closed. */
const closing = new Set<Promise<void>>();

/** Wires a node's close to an asynchronous release; Node-RED waits for it (15 s at most). */
export function onClose(node: Node, release: (removed: boolean) => Promise<void> | void): void {
  const part = partOf(node);
  node.on("close", (removed: boolean, done: () => void) => {
    const finish = async (): Promise<void> => {
      try {
        await release(removed);
      } catch (error) {
        node.warn(`while closing: ${asError(error).message}`);
      }
    };
    if (part.queue === undefined) void flowNodesClosed().then(finish).then(done);
    else {
      const closed = closeFlowNode(node, part, finish).finally(() => closing.delete(closed));
      closing.add(closed);
      void closed.then(done);
    }
  });
}

async function closeFlowNode(node: Node, part: Part, finish: () => Promise<void>): Promise<void> {
  await drained(part);
  node.removeAllListeners("input");
  // Releasing may answer some more; one that hangs keeps nobody waiting.
  await Promise.race([finish(), after(RELEASE_MS)]);
  const late = new EdgeError("node-closed", "the node was closed before it had answered");
  for (const accepted of part.waiting) accepted.failed(late);
}

/** What was on its way to the node when it was stopped still comes, with the next turn of the loop. */
async function drained(part: Part): Promise<void> {
  await nextTurn();
  if (part.underWay === 0) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, DRAIN_MS);
    part.onIdle = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

/** By the next turn every node that Node-RED stops together has begun to close. */
async function flowNodesClosed(): Promise<void> {
  await nextTurn();
  await Promise.all(closing);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
