import assert from "node:assert/strict";
import { channelSpec } from "../../../lib/fusion/channel";
import { badReading, goodReading, silentReading } from "../../../lib/fusion/reading";
import { setUp } from "./fuser-rig";

const NOBODY = "10.0.0.5:502: nothing listens there";

describe("a source that says why nothing comes", () => {
  const channels = [channelSpec({ name: "temperature", source: "modbus", match: "40", maxAgeMs: 2000 })];

  it("leaves the last value standing until it is stale, and then gives the reason", () => {
    const { clock, fuser, notices } = setUp({ channels });
    fuser.takeOwn(0, undefined, goodReading(82));
    clock.advance(500);
    fuser.takeOwn(0, undefined, silentReading(NOBODY));
    assert.equal(fuser.trouble(), undefined);
    clock.advance(1502);
    assert.equal(notices.length, 1);
    assert.equal(notices[0].unusable?.reason, `temperature is stale: 2,001 ms old, limit 2,000 ms (${NOBODY})`);
    fuser.takeOwn(0, undefined, goodReading(83));
    assert.equal(notices.at(-1)?.event?.kind, "channel-good");
    clock.advance(2002);
    assert.equal(notices.at(-1)?.unusable?.reason, "temperature is stale: 2,001 ms old, limit 2,000 ms");
  });

  it("is told within the maximum age also where no value ever came", () => {
    const { clock, fuser, notices } = setUp({ channels });
    fuser.takeOwn(0, undefined, silentReading(NOBODY));
    clock.advance(1000);
    fuser.takeOwn(0, undefined, silentReading(NOBODY));
    clock.advance(1002);
    assert.deepEqual(notices[0]?.unusable, {
      code: "channel-missing",
      channel: "temperature",
      reason: `temperature is missing: ${NOBODY}`,
    });
  });

  it("does not make a bad channel better", () => {
    const { fuser } = setUp({ channels });
    fuser.takeOwn(0, undefined, badReading("its registers hold NaN"));
    fuser.takeOwn(0, undefined, silentReading(NOBODY));
    assert.equal(fuser.trouble()?.code, "channel-bad");
  });
});
