import assert from "node:assert/strict";
import { AssetTable } from "../../../lib/assets";
import { systemClock } from "../../../lib/clock";
import { PictureReader } from "../../../lib/context/picture";
import { NoRead } from "../../../lib/context/scan";
import { ScanToContext } from "../../../lib/context/scan-to-context";
import { EdgeError } from "../../../lib/errors";
import { RandomMessages, shown } from "../../support/random-messages";
import { lookupBench } from "./support";

const MESSAGES = 250_000;
const AT_ONCE = 400;
const QUEUE = 256;

const ASSETS = new AssetTable([
  { id: "motor-1", line: "l1", station: "s1", readers: ["reader-1"] },
  { id: "motor-2", line: "l1", station: "s2", readers: ["reader-2"] },
]);

interface Insides {
  ordered: { lines: Map<string, unknown>; size: number };
  debounce: { readers: Map<string, { at: Map<string, number> }> };
}

describe("scans: a quarter of a million messages of which anything may come", function () {
  this.timeout(120_000);

  it("are each sent once with a context or a reason, counted as a repeat, or refused", async () => {
    const { clock, store, lookup } = lookupBench();
    const pictures = new PictureReader(systemClock);
    const scans = new ScanToContext(
      lookup,
      pictures,
      ASSETS,
      { noRead: new NoRead(["NOREAD"]), debounceMs: 300, queue: QUEUE },
      clock,
    );
    const messages = new RandomMessages({ payload: 90, topic: 60, reader: 40, scan: 5, asset: 5 }, 77);
    const outcomes = { found: 0, unusable: 0, repeat: 0, refused: 0 };
    let delivered = 0;
    for (let n = 0; n < MESSAGES; n += AT_ONCE) {
      const under: Promise<void>[] = [];
      for (let i = 0; i < AT_ONCE; i++) {
        const message = messages.next();
        under.push(
          scans
            .handle(message, (complete, result) => {
              delivered++;
              assert.ok(complete.scan);
              assert.equal(result === "found", complete.context !== undefined && complete.unusable === undefined);
            })
            .then(
              (result) => void outcomes[result]++,
              (error: unknown) => {
                if (!(error instanceof EdgeError)) throw new Error(`thrown at ${shown(message)}`, { cause: error });
                assert.equal(error.code, "queue-full");
                outcomes.refused++;
              },
            ),
        );
      }
      answerSome(store.asked.splice(0), messages);
      clock.advance(10 + messages.draw(20));
      await Promise.all(under);
    }
    const { found, unusable, repeat, refused } = outcomes;
    assert.equal(found + unusable + repeat + refused, MESSAGES);
    assert.equal(delivered, found + unusable);
    for (const [outcome, count] of Object.entries(outcomes)) assert.ok(count > 0, `none was ${outcome}`);
    const { ordered, debounce } = scans as unknown as Insides;
    assert.deepEqual([ordered.lines.size, ordered.size], [0, 0]);
    assert.ok(debounce.readers.size <= 1_000);
    assert.ok([...debounce.readers.values()].every(({ at }) => at.size <= 16));
    await pictures.close();
  });
});

const STORED = [null, "{}", '{"asset_id":"motor-2"}', '{"asset_id":7}', "[]", "{", '{"product":"A","asset_id":"new"}'];

/** What a store answers: an object, nothing, what is none; the rest is left to the deadline. */
function answerSome(asked: ReturnType<typeof lookupBench>["store"]["asked"], messages: RandomMessages): void {
  for (const { sink, slot } of asked) {
    const drawn = messages.draw(10);
    if (drawn === 0) continue;
    if (drawn === 1) sink.failed(slot, new EdgeError("context-unavailable", "by hand"));
    else sink.answered(slot, STORED[messages.draw(STORED.length)] ?? null, "redis", 0);
  }
}
