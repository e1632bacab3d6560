import assert from "node:assert/strict";
import { StatusCodes } from "node-opcua-client";
import { isNewer, stampIn } from "../../../lib/fusion/opcua/stamp";

const AT = Date.UTC(2026, 0, 1);
const value = (stamp: number | null, statusCode = StatusCodes.Good) => ({
  statusCode,
  sourceTimestamp: stamp === null ? null : new Date(stamp),
});
const reported = { lastSource: AT, fresh: false };

describe("source timestamps", () => {
  it("of the year 1601 are none, whatever they are asked for", () => {
    const year1601 = Date.UTC(1601, 0, 1);
    for (const none of [null, year1601, NaN]) {
      assert.equal(stampIn(value(none)), undefined);
      for (const before of [reported, { ...reported, fresh: true }, { lastSource: undefined, fresh: false }])
        assert.equal(isNewer(before, value(none)), false);
    }
    assert.equal(stampIn(value(AT)), AT);
  });

  it("tell a newer value from the one that was reported, and from the first of which nothing was", () => {
    assert.equal(isNewer(reported, value(AT + 1)), true);
    assert.equal(isNewer(reported, value(AT)), false);
    assert.equal(isNewer({ ...reported, fresh: true }, value(AT)), true);
    assert.equal(isNewer(reported, value(AT + 1, StatusCodes.BadSensorFailure)), false);
  });
});
