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
    assert.equal(debounce.admit("r1", "A"), undefined, "though another code was read in between");
    assert.equal(debounce.admit("r1", "C"), 1);
  });

  it("sends each of two codes once that a reader sees in turns", () => {
    const clock = new ManualClock();
    const debounce = new Debounce(300, clock);
    const sent: string[] = [];
    for (let i = 0; i < 20; i++) {
      for (const code of ["A", "B".repeat(1000)]) if (debounce.admit("r1", code) !== undefined) sent.push(code);
      clock.advance(100);
    }
    assert.deepEqual(sent, ["A", "B".repeat(1000)]);
  });

  it("remembers no more readers and codes than it says", () => {
    const debounce = new Debounce(300, new ManualClock());
    for (let i = 0; i < 3_000; i++) debounce.admit(`r${i}`, "A");
    for (let i = 0; i < 100; i++) debounce.admit("r", `${i}`);
    const { readers } = debounce as unknown as { readers: Map<string, { at: Map<string, number> }> };
    assert.equal(readers.size, 1000);
    assert.equal(readers.get("r")?.at.size, 16);
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
    assert.equal(debounce.admit("r1", "A"), 1, "and tells of the repeat");
  });

  it("of 0 ms is off", () => {
    const debounce = new Debounce(0, new ManualClock());
    assert.equal(debounce.admit("r1", "A"), 0);
    assert.equal(debounce.admit("r1", "A"), 0);
  });
});
