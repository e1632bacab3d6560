import assert from "node:assert/strict";
import { once } from "../../../lib/once";

describe("what is made once", () => {
  it("is made at the first call, for all who ask meanwhile and after", async () => {
    let calls = 0;
    const get = once(async () => ++calls);
    assert.equal(calls, 0);
    assert.deepEqual(await Promise.all([get(), get()]), [1, 1]);
    assert.equal(await get(), 1);
  });

  it("is made again after a failure, which all who waited for it see", async () => {
    let calls = 0;
    const get = once(async () => {
      if (++calls === 1) throw new Error("full");
      return calls;
    });
    const first = await Promise.allSettled([get(), get()]);
    assert.deepEqual(
      first.map(({ status }) => status),
      ["rejected", "rejected"],
    );
    assert.equal(await get(), 2);
  });
});
