import type { Node, NodeMessage } from "node-red";
import { asError, EdgeError } from "../../lib/errors";
import type { EdgeMessage } from "../../lib/messages";
import type { Counts, Part, Queue, Waiting } from "../../lib/operation/part";
import { partOf } from "./operation";
import { showsStatus } from "./stopped";

export { onClose } from "./closing";

/** One message per output, null where an output stays silent. */
export type Outputs = (EdgeMessage | EdgeMessage[] | null)[];
export type Send = (messages: EdgeMessage | Outputs) => void;

/** A node whose handler never waits has no queue: a message is done before the next one comes. */
const AT_ONCE: Queue = { limit: Infinity, policy: "unjudged" };

/**
 * Wires a node's input so that `done` is called exactly once per message and an error goes to Catch through `done`
 * alone. The handler itself is never async: a rejecting input handler ends Node-RED. It may return a promise.
 * @param queue how many messages may be under way in the node, and what it does with one more: `queue-full` for the new
 *   one, or `queue-dropped` for the oldest, whose answer is then discarded
 */
export function onInput(
  node: Node,
  handler: (message: EdgeMessage, send: Send) => void | Promise<void>,
  queue: Queue = AT_ONCE,
): void {
  const part = partOf(node);
  part.queue = queue;
  node.on("input", (message, rawSend, done) => {
    const accepted = new Accepted(part, message, rawSend as unknown as Send, done);
    if (part.underWay > queue.limit && queue.policy !== "unjudged") makeRoom(part, queue, accepted);
    if (accepted.answered) return;
    let result: void | Promise<void>;
    try {
      result = handler(message, (messages) => accepted.send(messages));
    } catch (error) {
      accepted.failed(error);
      return;
    }
    if (result === undefined) accepted.finished();
    else accepted.answerWith(result);
  });
}

/** A message that the input has taken and not answered yet. */
class Accepted implements Waiting {
  answered = false;
  dropped = false;

  constructor(
    private readonly part: Part,
    private readonly message: EdgeMessage,
    private readonly rawSend: Send,
    private readonly done: (error?: Error) => void,
  ) {
    part.counts.received++;
    part.underWay++;
  }

  answerWith(result: Promise<void>): void {
    this.part.waiting.add(this);
    result.then(
      () => this.finished(),
      (error: unknown) => this.failed(error),
    );
  }

  send(messages: EdgeMessage | Outputs): void {
    // Dropped: whoever waits for it was told so.
    if (this.dropped) return;
    countSent(this.part.counts, messages);
    this.rawSend(messages);
  }

  finished(): void {
    if (this.leave()) this.done();
  }

  failed(thrown: unknown): void {
    if (!this.leave()) return;
    const error = named(asError(thrown), this.message);
    this.part.counts.failure(error);
    this.done(error);
  }

  private leave(): boolean {
    if (this.answered) return false;
    this.answered = true;
    this.part.counts.done++;
    this.part.waiting.delete(this);
    this.part.left();
    return true;
  }
}

function makeRoom(part: Part, { limit, policy }: Queue, newest: Accepted): void {
  part.lose();
  const [oldest] = policy === "drop-oldest" ? part.waiting : [];
  if (oldest) {
    oldest.dropped = true;
    oldest.failed(new EdgeError("queue-dropped", `${limit} newer messages were under way: this one was dropped`));
  } else {
    newest.failed(new EdgeError("queue-full", `${limit} messages are under way, the limit: this one was refused`));
  }
}

/** An error says which asset it concerns: of eight machines on one sheet, the node's name tells none. */
function named(error: Error, { asset }: EdgeMessage): Error {
  const id: unknown = asset?.id;
  if (typeof id !== "string" || id === "" || error.message.includes(id)) return error;
  const options = { cause: error };
  return error instanceof EdgeError ? new EdgeError(error.code, `${id}: ${error.message}`, options) : error;
}

/** A configuration that cannot work: said once in the log and in the status, and every message is answered with it. */
export function refuseAll(node: Node, error: unknown): void {
  const reason = asError(error);
  partOf(node).refused = reason;
  node.error(reason.message);
  showsStatus(node);
  node.status({ fill: "red", shape: "ring", text: shorten(reason.message) });
  onInput(node, () => {
    throw reason;
  });
}

/** Sends outside of an input handler (a timer, a subscription). */
export function sendFrom(node: Node, outputs: Outputs): void {
  countSent(partOf(node).counts, outputs);
  node.send(outputs as NodeMessage[]);
}

function countSent({ sent }: Counts, messages: EdgeMessage | Outputs): void {
  if (!Array.isArray(messages)) {
    sent[0] = (sent[0] ?? 0) + 1;
    return;
  }
  for (let output = 0; output < messages.length; output++) {
    const what = messages[output];
    const count = Array.isArray(what) ? what.length : what ? 1 : 0;
    sent[output] = (sent[output] ?? 0) + count;
  }
}

/** Status texts longer than this run over the neighbouring node. */
export function shorten(text: string, length = 40): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
