import assert from "node:assert/strict";
import { Answers } from "../../soak/random/answers";

describe("the random soak's judge", () => {
  const messages = [{ n: 1 }, { n: 2 }, { n: 3 }] as const;
  const [first, second, third] = messages;

  const judged = (...answers: readonly object[]): object => {
    const judge = new Answers();
    for (const message of messages) judge.expect(message);
    for (const message of answers) judge.take(message);
    const { answered, missing, tooMany } = judge;
    return { answered, missing, tooMany };
  };

  it("is content when each message has its answer, in any order", () =>
    assert.deepEqual(judged(third, first, second), { answered: 3, missing: 0, tooMany: 0 }));

  it("tells a lost answer though another came twice", () =>
    assert.deepEqual(judged(first, first, third), { answered: 2, missing: 1, tooMany: 1 }));

  it("takes an equal message for another one", () =>
    assert.deepEqual(judged(first, second, { n: 3 }), { answered: 2, missing: 1, tooMany: 1 }));
});
