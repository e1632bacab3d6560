import assert from "node:assert/strict";
import { ManualClock } from "../../../lib/clock";
import { answerOf } from "../../../nodes/common/test-route";

const HERE = "10.0.0.7:502";

function wrong(): never {
  throw new Error("port is 0");
}

describe("a connection test", () => {
  it("ends by itself where a disk or a server never answers, and names the place", async () => {
    const clock = new ManualClock();
    const hanging = answerOf(
      () => new Promise(() => undefined),
      () => HERE,
      clock,
    );
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(15_000);
    assert.deepEqual(await hanging, {
      ok: false,
      code: "timeout",
      text: `${HERE}: the test: no answer within 15,000 ms`,
    });
  });

  it("names the place once", async () => {
    const said = async (text: string) =>
      (
        await answerOf(
          async () => ({ ok: true, text }),
          () => HERE,
          new ManualClock(),
        )
      ).text;
    assert.equal(await said("it works"), `${HERE}: it works`);
    assert.equal(await said(`connecting to ${HERE}`), `connecting to ${HERE}`);
  });

  it("says what is wrong where the settings name no place", async () => {
    assert.deepEqual(await answerOf(wrong, wrong, new ManualClock()), { ok: false, text: "port is 0" });
  });
});
