import assert from "node:assert/strict";
import { ManualClock } from "../../../lib/clock";
import { Deadlines, type Waiting } from "../../../lib/context/deadlines";

describe("a deadline of 10 ms", () => {
  let clock: ManualClock;
  let deadlines: Deadlines;
  let expired: string[];

  beforeEach(() => {
    clock = new ManualClock();
    deadlines = new Deadlines(10, clock, (task) => task());
    expired = [];
  });

  function wait(name: string): Waiting & { settled: boolean } {
    const item = { due: clock.monotonic() + 10, settled: false, expire: () => void expired.push(name) };
    deadlines.add(item);
    return item;
  }

  it("comes for each that waits, in its own time", () => {
    wait("first");
    clock.advance(4);
    wait("second");
    clock.advance(6);
    assert.deepEqual(expired, ["first"]);
    clock.advance(4);
    assert.deepEqual(expired, ["first", "second"]);
  });

  it("does not come for what was answered", () => {
    wait("first").settled = true;
    wait("second").settled = true;
    clock.advance(50);
    assert.deepEqual(expired, []);
  });

  it("holds for one that waits among many that are answered", () => {
    wait("before").settled = true;
    clock.advance(2);
    wait("hung");
    for (let i = 0; i < 7; i++) {
      clock.advance(1);
      wait("after").settled = true;
    }
    assert.deepEqual(expired, []);
    clock.advance(3);
    assert.deepEqual(expired, ["hung"]);
    wait("late");
    clock.advance(10);
    assert.deepEqual(expired, ["hung", "late"]);
  });

  it("is now for all who wait when it is closed", () => {
    wait("first");
    wait("second").settled = true;
    deadlines.close();
    assert.deepEqual(expired, ["first"]);
  });
});
