import assert from "node:assert/strict";
import { uuidv7 } from "../../../lib/ids";

const START = Date.UTC(2026, 0, 1);

describe("ids, when the wall clock jumps", () => {
  it("sort by the clock that made them, and are never the same", () => {
    const forward = [START, START + 3_600_000].map(uuidv7);
    assert.deepEqual(forward.toSorted(), forward);
    const back = uuidv7(START);
    assert.ok(back < forward[1], "set back, ids sort back: what counts on order uses sequence numbers");
    const again = Array.from({ length: 10_000 }, () => uuidv7(START));
    assert.equal(new Set([...again, ...forward, back]).size, 10_003);
  });

  it("are well formed in 1970, before it, and when the 48 bits end", () => {
    for (const at of [0, 1, 12_345.678, -1, 2 ** 48 - 1])
      assert.match(uuidv7(at), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.ok(uuidv7(0).startsWith("00000000-0000-7"));
  });
});
