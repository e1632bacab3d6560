/** Which messages were answered, each by itself: an answer that came twice must not make up for one that never came. */
export class Answers {
  private readonly waiting = new Set<object>();
  /** Messages that were answered. */
  answered = 0;
  /** Answers to a message that had its answer, or that nobody sent. */
  tooMany = 0;

  /** How many messages have no answer. */
  get missing(): number {
    return this.waiting.size;
  }

  /** To be called before the message is on its way. */
  expect(message: object): void {
    this.waiting.add(message);
  }

  take(message: object): void {
    if (this.waiting.delete(message)) this.answered++;
    else this.tooMany++;
  }
}
