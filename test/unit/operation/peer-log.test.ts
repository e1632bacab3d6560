import assert from "node:assert/strict";
import { ManualClock } from "../../../lib/clock";
import { PeerLog } from "../../../lib/operation/peer-log";

describe("the log of a peer", () => {
  let clock: ManualClock;
  let lines: string[];
  let peer: PeerLog;
  beforeEach(() => {
    clock = new ManualClock();
    lines = [];
    const say = (level: string) => (text: string) => void lines.push(`${level}: ${text}`);
    peer = new PeerLog("redis at 10.0.0.5", { warn: say("warn"), log: say("log") }, clock);
  });

  it("says a loss once, whatever follows, and the return once", () => {
    peer.lost("");
    peer.working();
    peer.working();
    peer.lost("");
    peer.lost("ECONNREFUSED");
    peer.lost("ETIMEDOUT");
    clock.advance(3_600_000);
    peer.working();
    assert.deepEqual(lines, [
      "warn: redis at 10.0.0.5 is away: the connection was closed",
      "log: redis at 10.0.0.5 is back",
    ]);
  });

  it("says what was never reached, and says it no second time after a deploy", () => {
    peer.lost("ECONNREFUSED");
    peer.unused();
    clock.advance(3_600_000);
    peer.lost("");
    peer.lost("ECONNREFUSED");
    assert.deepEqual(lines, ["warn: redis at 10.0.0.5 is away: ECONNREFUSED"]);
  });

  it("counts no stop as a loss", () => {
    peer.working();
    peer.unused();
    peer.lost("");
    peer.working();
    assert.deepEqual(lines, []);
  });

  it("says of one that flaps once a minute that it is away, and misses no loss that lasts", () => {
    peer.working();
    for (let second = 0; second < 120; second++) {
      peer.lost(`at ${second} s`);
      clock.advance(500);
      peer.working();
      clock.advance(500);
    }
    assert.deepEqual(
      lines.filter((line) => line.startsWith("warn")),
      ["warn: redis at 10.0.0.5 is away: at 0 s", "warn: redis at 10.0.0.5 is away: at 60 s"],
    );
    lines = [];
    clock.advance(1_000);
    peer.lost("for long");
    clock.advance(60_000);
    assert.equal(lines.at(-1), "warn: redis at 10.0.0.5 is away: for long");
  });
});
