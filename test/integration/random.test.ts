import assert from "node:assert/strict";
import { soakRandom } from "../soak/random/run";

const MESSAGES = 100_000;

describe("random messages on every node's input", function () {
  this.timeout(240_000);

  it(`are answered once each, all ${MESSAGES.toLocaleString("en-US")}, and nothing grows`, async () => {
    const { sent, answered, grown } = await soakRandom(MESSAGES, 20_260_101, () => undefined);
    assert.deepEqual({ sent, answered }, { sent: MESSAGES, answered: MESSAGES });
    assert.ok(grown < 32 * 2 ** 20, `${grown} bytes more on the heap`);
  });
});
