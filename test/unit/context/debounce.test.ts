import assert from "node:assert/strict";
import { ManualClock } from "../../../lib/clock";
import { Debounce } from "../../../lib/context/debounce";

describe("debouncing", () => {
  it("counts repeats of a code at its reader and tells them with the next code", () => {
    const clock = new ManualClock();
    const debounce = new Debounce(300, clock);
    assert.equal(debounce.admit("r1", "A"), 0);
    for (let i = 0; i < 5; i++) {
      clock.advance(200);
      assert.equal(debounce.admit("r1", "A"), undefined, "the window moves on with each repeat");
    }
    assert.equal(debounce.admit("r1", "B"), 5);
    assert.equal(debounce.admit("r1", "A"), 0, "another code was read in between");
  });

  it("lets the same code pass again after the window", () => {
    const clock = new ManualClock();
    const debounce = new Debounce(300, clock);
    debounce.admit("r1", "A");
    clock.advance(300);
    assert.equal(debounce.admit("r1", "A"), 0);
  });

  it("keeps readers apart", () => {
    const debounce = new Debounce(300, new ManualClock());
    assert.equal(debounce.admit("r1", "A"), 0);
    assert.equal(debounce.admit("r2", "A"), 0);
  });

  it("tries again what failed for a passing reason", () => {
    const debounce = new Debounce(300, new ManualClock());
    debounce.admit("r1", "A");
    debounce.forget("r1", "B");
    assert.equal(debounce.admit("r1", "A"), undefined);
    debounce.forget("r1", "A");
    assert.equal(debounce.admit("r1", "A"), 0);
  });

  it("of 0 ms is off", () => {
    const debounce = new Debounce(0, new ManualClock());
    assert.equal(debounce.admit("r1", "A"), 0);
    assert.equal(debounce.admit("r1", "A"), 0);
  });
});
