import type { Node, NodeMessage } from "node-red";
import { asError } from "../../lib/errors";
import type { EdgeMessage } from "../../lib/messages";

/** One message per output, null where an output stays silent. */
export type Outputs = (EdgeMessage | EdgeMessage[] | null)[];
export type Send = (messages: EdgeMessage | Outputs) => void;

/**
 * Wires a node's input so that `done` is called exactly once per message and an error goes to Catch through `done`
 * alone. The handler itself is never async: a rejecting input handler ends Node-RED. It may return a promise.
 */
export function onInput(node: Node, handler: (message: EdgeMessage, send: Send) => void | Promise<void>): void {
  node.on("input", (message, rawSend, done) => {
    const send = rawSend as unknown as Send;
    let result: void | Promise<void>;
    try {
      result = handler(message, send);
    } catch (error) {
      done(asError(error));
      return;
    }
    if (result === undefined) done();
    else
      result.then(
        () => done(),
        (error: unknown) => done(asError(error)),
      );
  });
}

/** Wires a node's close to an asynchronous release; Node-RED waits for it (15 s at most). */
export function onClose(node: Node, release: (removed: boolean) => Promise<void> | void): void {
  node.on("close", (removed: boolean, done: () => void) => {
    Promise.resolve()
      .then(() => release(removed))
      .then(done, (error: unknown) => {
        node.warn(asError(error).message);
        done();
      });
  });
}

/** A configuration that cannot work: said once in the log and in the status, and every message is answered with it. */
export function refuseAll(node: Node, error: unknown): void {
  const reason = asError(error);
  node.error(reason.message);
  node.status({ fill: "red", shape: "ring", text: shorten(reason.message) });
  node.on("input", (_message, _send, done) => done(reason));
}

/** Sends outside of an input handler (a timer, a subscription). */
export function sendFrom(node: Node, outputs: Outputs): void {
  node.send(outputs as NodeMessage[]);
}

/** Status texts longer than this run over the neighbouring node. */
export function shorten(text: string, length = 40): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
