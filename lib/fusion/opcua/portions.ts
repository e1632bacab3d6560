import { asError, EdgeError } from "../../errors";

/** What servers answer to a request that is too large for them, in one way or another. */
const TOO_MUCH = [
  "BadTooManyOperations",
  "BadRequestTooLarge",
  "BadResponseTooLarge",
  "BadEncodingLimitsExceeded",
  "BadTcpMessageTooLarge",
];

/**
 * Sends many operations in as few requests as the server takes. Its limit is found by trying (halves after each refusal)
 * and kept: OperationLimits are told by few servers, and not always truly.
 */
export class Portions {
  constructor(private size: number) {}

  /**
   * @param send one request; its answers stand in the order of its items
   * @throws what `send` throws for another reason, or for a single item; EdgeError `opcua-connection` when it does not
   * answer each item
   */
  async each<T, R>(items: readonly T[], send: (portion: T[]) => Promise<readonly R[]>): Promise<R[]> {
    const answers: R[] = [];
    while (answers.length < items.length) {
      const portion = items.slice(answers.length, answers.length + this.size);
      try {
        // One request at a time: a small server has few buffers.
        // oxlint-disable-next-line no-await-in-loop
        const answer = await send(portion);
        if (answer.length !== portion.length) throw incomplete(portion.length, answer.length);
        answers.push(...answer);
      } catch (error) {
        const { message } = asError(error);
        if (portion.length < 2 || !TOO_MUCH.some((code) => message.includes(code))) throw error;
        this.size = Math.ceil(portion.length / 2);
      }
    }
    return answers;
  }
}

function incomplete(asked: number, answered: number): EdgeError {
  return new EdgeError("opcua-connection", `the server answered a request of ${asked} operations with ${answered}`);
}
