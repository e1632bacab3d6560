import assert from "node:assert/strict";
import { Patience } from "../../../lib/fusion/opcua/patience";

const INTERVAL = 500;
const HALF = 0.5;

describe("the patience of an OPC UA source", () => {
  it("gives values at least three intervals, and what the watchdog was set to, however long", () => {
    assert.deepEqual([new Patience(10_000, 5000).silentMs, new Patience(10_000, 5000).allSilentMs], [30_000, 30_000]);
    assert.deepEqual(
      [new Patience(INTERVAL, 600_000).silentMs, new Patience(INTERVAL, 600_000).allSilentMs],
      [600_000, 600_000],
    );
    assert.equal(new Patience(INTERVAL, 0).silentMs, 0, "never");
  });

  it("doubles while a new connection does not help, up to five minutes, and begins anew with the next value", () => {
    const patience = new Patience(INTERVAL, 5000);
    const times: number[] = [];
    for (let silences = 0; silences < 8; silences++) {
      times.push(patience.allSilentMs);
      patience.ended("opcua-silent", 10_000);
    }
    assert.deepEqual(times, [5000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
    patience.heard();
    assert.equal(patience.allSilentMs, 5000);
  });

  it("leaves a server alone half a minute at first that shows that nothing has moved", () => {
    const patience = new Patience(INTERVAL, 5000);
    const times: number[] = [];
    for (let silences = 0; silences < 5; silences++) {
      times.push(patience.stillMs);
      patience.ended("opcua-silent", 10_000);
    }
    assert.deepEqual(times, [30_000, 60_000, 120_000, 240_000, 300_000]);
    assert.equal(new Patience(INTERVAL, 60_000).stillMs, 60_000, "never sooner than the watchdog");
  });

  it("asks less and less often for a user who is refused, so as not to have it locked", () => {
    const patience = new Patience(INTERVAL, 5000);
    const pauses: number[] = [];
    for (let refusals = 1; refusals < 9; refusals++) {
      patience.ended("opcua-user", 0);
      pauses.push(patience.pauseMs(refusals, HALF) / 1000);
    }
    assert.deepEqual(pauses, [5, 10, 20, 40, 80, 160, 300, 300]);
    patience.ended("opcua-unreachable", 0);
    patience.ended("opcua-user", 0);
    assert.equal(patience.pauseMs(10, HALF), 5000, "the server was away: somebody may have changed it");
  });

  it("goes back at once after the first loss, and waits where sessions are refused or end at once", () => {
    const patience = new Patience(INTERVAL, 5000);
    patience.ended("opcua-connection", 60_000);
    assert.equal(patience.pauseMs(1, HALF), 225);
    patience.ended("opcua-unreachable", 0);
    patience.ended("opcua-unreachable", 0);
    assert.ok(patience.pauseMs(3, 1) <= 1600);
    patience.ended("opcua-connection", 200);
    assert.equal(patience.pauseMs(4, HALF), 3000);
    patience.ended("opcua-untrusted", 0);
    assert.equal(patience.pauseMs(5, HALF), 5000);
  });

  it("waits from the second session on that ended at once, also where the next ends at the greeting", () => {
    const patience = new Patience(INTERVAL, 5000);
    patience.ended("opcua-connection", 60_000);
    patience.ended("opcua-connection", 80);
    assert.equal(patience.pauseMs(1, HALF), 225, "once is no habit");
    patience.ended("opcua-connection", 80);
    assert.equal(patience.pauseMs(2, HALF), 3000);
    patience.ended("opcua-unreachable", 0);
    assert.equal(patience.pauseMs(3, 0), 3000);
    patience.ended("opcua-unreachable", 0, 2000);
    assert.equal(patience.pauseMs(4, 0), 1000, "one that hangs has had two seconds for its greeting");
  });

  it("puts a session on probation once one was lost: it may be the first of many", () => {
    const patience = new Patience(INTERVAL, 5000);
    const after = (code: string, heldMs: number): number => {
      patience.ended(code, heldMs);
      return patience.probationMs;
    };
    assert.equal(patience.probationMs, 0);
    assert.equal(after("opcua-unreachable", 0), 0, "nobody was there");
    assert.equal(after("opcua-connection", 60_000), 250);
    assert.equal(after("opcua-connection", 80), 250);
    assert.equal(after("opcua-unreachable", 0), 250);
    assert.ok(patience.pauseMs(1, HALF) + patience.probationMs < 4000, "back within five seconds all the same");
  });
});
