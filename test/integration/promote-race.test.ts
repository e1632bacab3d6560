import assert from "node:assert/strict";
import { systemClock } from "../../lib/clock";
import { errorCode } from "../../lib/errors";
import { newKey } from "../../lib/release/keys";
import { channelKey } from "../../lib/release/objects";
import { readPointer } from "../../lib/release/pointer";
import { commitPromotion, planPromotion, type Promotion } from "../../lib/release/promote";
import { sha256 } from "../../lib/storage/hash";
import { openTestStore, startVersitygw } from "../support/s3";

const CHANNEL = { model: "small", ring: "stable" };
const ROUNDS = 3;
const WRITERS = 6;

describe("promotions that race on a real S3 server", function () {
  this.timeout(120_000);

  it("one of those that build on the same pointer wins, the others are told, and no number is given twice", async () => {
    const server = await startVersitygw();
    const store = openTestStore(server);
    const by = newKey();
    try {
      for (let round = 1; round <= ROUNDS; round++) {
        const plans = await Promise.all(
          Array.from({ length: WRITERS }, (_, writer) => {
            const promotion: Promotion = {
              ...CHANNEL,
              version: `${round}.0.${writer}`,
              releaseSha256: sha256(`${round} ${writer}`),
              releaseDigest: sha256(`root ${round} ${writer}`),
              reason: "a race",
              revoke: [],
            };
            return planPromotion(store, promotion, [by.public], systemClock);
          }),
        );
        const told = await Promise.all(
          plans.map((plan) =>
            commitPromotion(store, plan, by, [], systemClock).then(
              () => "won",
              (error: unknown) => errorCode(error),
            ),
          ),
        );
        const won = plans.filter((_, i) => told[i] === "won").map(({ pointer }) => pointer);
        assert.deepEqual(
          told.toSorted((a, b) => a.localeCompare(b)),
          [...Array<string>(WRITERS - 1).fill("pointer-moved"), "won"],
        );
        const stands = await store.get(channelKey(CHANNEL));
        const { pointer } = readPointer(stands?.body ?? Buffer.of(), [by.public], CHANNEL);
        assert.deepEqual(pointer, won[0]);
        assert.deepEqual([pointer.pointer_seq, pointer.recent_epochs.length], [round, round - 1]);
      }
    } finally {
      await store.close();
      await server.stop();
    }
  });
});
