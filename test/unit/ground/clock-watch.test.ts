import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ManualClock } from "../../../lib/clock";
import { ClockWatch, describeJump, type Jump } from "../../../lib/clock-watch";
import { LastTime } from "../../../lib/storage/last-time";
import { lastSynced } from "../../../lib/time-service";

const HOUR = 3_600_000;
const BUILT = Date.UTC(2025, 11, 1);
const START = Date.UTC(2026, 0, 1);
const BOOT = { id: "4b0e", offsetMs: 90_000 };

function watchOf(clock: ManualClock, synced: () => number | undefined = () => undefined): ClockWatch {
  return new ClockWatch({ clock, builtAt: BUILT, lastSynced: synced, boot: BOOT });
}

describe("the wall clock, watched", () => {
  it("that was never set cannot be believed, and records say so", () => {
    const watch = watchOf(new ManualClock(12_000));
    assert.match(
      watch.trouble() ?? "",
      /the clock says 1970-01-01T00:00:12.000Z, before this version was built \(2025-12-01/,
    );
    assert.deepEqual(watch.stamp(), { synced: false, skew_ms: null, boot: { id: "4b0e", ms: 90_000 } });
  });

  it("tells each jump once, both ways, and no small correction", () => {
    for (const by of [HOUR, -HOUR]) {
      const clock = new ManualClock(START);
      const watch = watchOf(clock);
      const jumps: Jump[] = [];
      const end = watch.follow((jump) => jumps.push(jump));
      clock.jump(900);
      clock.advance(5_000);
      assert.deepEqual(jumps, []);
      clock.jump(by - 900);
      clock.advance(5_000);
      assert.deepEqual(
        jumps.map(({ byMs }) => byMs),
        [by],
      );
      assert.equal(watch.steadyForMs, 4_000);
      const words = `the clock was set ${by > 0 ? "forward" : "back"} by 3,600 s: from 2026-01-01T00:00:06.000Z`;
      assert.ok(describeJump(jumps[0]).startsWith(words), describeJump(jumps[0]));
      end();
      clock.jump(HOUR);
      clock.advance(5_000);
      assert.equal(jumps.length, 1);
    }
  });

  it("small corrections add up to a jump", () => {
    const clock = new ManualClock(START);
    const watch = watchOf(clock);
    for (let i = 0; i < 9; i++) {
      clock.jump(125);
      clock.advance(60_000);
      watch.trouble();
    }
    assert.equal(watch.lastJump?.byMs, 1_000);
  });

  it("that lost its battery since the last run cannot be believed until somebody sets it", () => {
    const clock = new ManualClock(START);
    const watch = watchOf(clock);
    watch.notBefore(START + 40 * 24 * HOUR);
    assert.match(watch.trouble() ?? "", /before the time of the last run \(2026-02-10T00:00:00.000Z\)/);
    clock.jump(41 * 24 * HOUR);
    assert.equal(watch.trouble(), undefined);
    // It was set now: that it stood higher in an earlier run says nothing any more.
    watch.notBefore(START + 365 * 24 * HOUR);
    assert.equal(watch.trouble(), undefined);
  });

  it("a correction of minutes between two runs is no trouble, and a person may vouch for more", () => {
    const watch = watchOf(new ManualClock(START));
    watch.notBefore(START + 10 * 60_000);
    assert.equal(watch.trouble(), undefined);
    watch.notBefore(START + 70 * 365 * 24 * HOUR);
    assert.match(watch.trouble() ?? "", /2095-/);
    watch.trust();
    assert.equal(watch.trouble(), undefined);
  });

  it("a time service vouches for the clock for as long as the kernel would", () => {
    const clock = new ManualClock(START);
    const watch = watchOf(clock, () => START - 60_000);
    watch.notBefore(START + 24 * HOUR);
    assert.equal(watch.trouble(), undefined);
    assert.equal(watch.stamp().synced, true);
    clock.advance(8 * HOUR);
    assert.equal(watch.stamp().synced, true);
    clock.advance(HOUR);
    assert.equal(watch.stamp().synced, false);
    assert.equal(watchOf(clock).stamp().synced, null);
  });

  it("what a service said before a jump is not about this clock; what it says with its own step is", () => {
    const clock = new ManualClock(START);
    let said = START - 1_000;
    const watch = watchOf(clock, () => said);
    assert.equal(watch.stamp().synced, true);
    for (const by of [HOUR, -2 * HOUR]) {
      clock.jump(by);
      assert.equal(watch.stamp().synced, false, `after ${by}`);
      said = clock.now();
      clock.advance(10_000);
      assert.equal(watch.stamp().synced, true);
    }
  });

  it("the difference to another clock is stated until the next jump", () => {
    const clock = new ManualClock(START);
    const watch = watchOf(clock);
    watch.compare(START - 1_250);
    assert.equal(watch.stamp().skew_ms, 1_250);
    clock.jump(-HOUR);
    assert.equal(watch.stamp().skew_ms, null);
  });

  it("records of one boot lie apart by the difference of their ms, whatever is done to the clock", () => {
    const clock = new ManualClock(3_000);
    const watch = watchOf(clock);
    const wrong = { at: clock.now(), ...watch.stamp() };
    clock.advance(60_000);
    clock.jump(START);
    const right = { at: clock.now(), ...watch.stamp() };
    const truth = right.at - ((right.boot?.ms ?? 0) - (wrong.boot?.ms ?? 0));
    assert.equal(truth, START + 3_000);
  });
});

describe("what a data directory and the time services know of the time", () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), "ce-time-"))));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it("the latest touch of any service's file counts; without a file nothing is known", () => {
    const [a, b] = ["a", "b"].map((name) => join(dir, name)) as [string, string];
    assert.equal(lastSynced([a, b]), undefined);
    const closed = join(dir, "closed");
    symlinkSync(closed, closed);
    assert.equal(lastSynced([closed]), undefined, "what cannot be looked at says nothing");
    for (const [file, at] of [
      [a, START],
      [b, START + 1_000],
    ] as const) {
      writeFileSync(file, "");
      utimesSync(file, at / 1000, at / 1000);
    }
    assert.equal(lastSynced([a, join(dir, "none"), b]), START + 1_000);
  });

  it("a data directory remembers the latest time it has seen, by a clock that can be believed", () => {
    const warn = assert.ifError;
    const clock = new ManualClock(START);
    const first = new LastTime(dir, clock, watchOf(clock), warn);
    clock.advance(2 * HOUR);
    first.close();
    const dead = new ManualClock(0);
    const watch = watchOf(dead);
    const second = new LastTime(dir, dead, watch, warn);
    dead.advance(HOUR);
    second.close();
    assert.equal(statSync(join(dir, "last-time")).mtimeMs, START + 2 * HOUR);
    // The build is newer than 1970, but a month may lie between it and the last run.
    const early = new ManualClock(START - 20 * 24 * HOUR);
    const third = watchOf(early);
    new LastTime(dir, early, third, warn).close();
    assert.match(third.trouble() ?? "", /before the time of the last run \(2026-01-01T02:00:00.000Z\)/);
  });

  it("one that cannot be written is told of, and stops nothing", () => {
    const clock = new ManualClock(START);
    const told: unknown[] = [];
    writeFileSync(join(dir, "file"), "");
    new LastTime(join(dir, "file", "below"), clock, watchOf(clock), (error) => told.push(error)).close();
    assert.equal(told.length, 2);
  });
});
