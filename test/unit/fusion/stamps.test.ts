import assert from "node:assert/strict";
import { runInNewContext } from "node:vm";
import { ManualClock } from "../../../lib/clock";
import { Cell } from "../../../lib/fusion/cell";
import { channelSpec, type ChannelSpec } from "../../../lib/fusion/channel";
import { badReading, goodReading, silentReading, type Reading } from "../../../lib/fusion/reading";
import { skewInWords, stampOf, ToldSkew } from "../../../lib/fusion/stamps";

const HOUR = 3_600_000;

function setUp(row: Partial<ChannelSpec> = {}) {
  const clock = new ManualClock();
  const cell = new Cell(channelSpec({ name: "temperature", unit: "°C", ...row }));
  /** @param stamp epoch ms */
  const take = (what: number | Reading, stamp?: number): void => {
    const reading = typeof what === "number" ? goodReading(what) : what;
    cell.take(stamp === undefined ? reading : { ...reading, stamp }, clock.monotonic(), clock.now());
  };
  const state = () => cell.state(clock.monotonic());
  const reason = (): string | undefined => cell.trouble(clock.monotonic())?.reason;
  return { clock, cell, take, state, reason };
}

const TRUSTED = { trustStamps: true };

describe("stamps", () => {
  it("are Dates of any realm, ISO 8601, and Unix time in milliseconds or seconds", () => {
    const at = Date.UTC(2026, 0, 1);
    for (const raw of [new Date(at), at, at / 1000, "2026-01-01T00:00:00Z", runInNewContext(`new Date(${at})`)])
      assert.equal(stampOf(raw), at);
    for (const raw of ["yesterday", "2026", new Date(NaN), NaN, -1, null, {}, true])
      assert.equal(stampOf(raw), undefined);
  });
});

describe("age by arrival", () => {
  for (const [what, jump] of [
    ["an hour ahead", HOUR],
    ["an hour back", -HOUR],
    ["to 1970", -Date.UTC(2026, 0, 1)],
  ] as const) {
    it(`does not mind this device's clock jumping ${what}, nor what the source stamps`, () => {
      const { clock, take, state } = setUp();
      take(20, clock.now() - 5 * HOUR);
      clock.jump(jump);
      clock.advance(1500);
      const { quality, age_ms } = state();
      assert.deepEqual([quality, age_ms], ["good", 1500]);
      take(21, 0);
      assert.deepEqual([state().quality, state().age_ms], ["good", 0]);
      clock.jump(-jump);
      clock.advance(2001);
      assert.equal(state().quality, "stale");
    });
  }
});

describe("age by trusted stamps", () => {
  it("is what the stamp says on arrival, and then grows by this device's monotonic clock", () => {
    const { clock, take, state } = setUp(TRUSTED);
    take(20, clock.now() - 700);
    clock.jump(HOUR);
    clock.advance(300);
    assert.deepEqual([state().quality, state().age_ms], ["good", 1000]);
    clock.advance(1001);
    assert.equal(state().quality, "stale");
  });

  it("tells of a stamp that does not move while values arrive", () => {
    const { clock, take, reason } = setUp(TRUSTED);
    const stamp = clock.now();
    for (let i = 0; i < 5; i++) {
      take(20 + i, stamp);
      clock.advance(500);
    }
    assert.equal(
      reason(),
      "temperature is stale: 2,500 ms old, limit 2,000 ms; the stamp of its last 5 readings is the same",
    );
  });

  it("refuses a stamp from the future, and a reading without one", () => {
    const { clock, take, reason } = setUp(TRUSTED);
    take(20, clock.now() + HOUR);
    assert.equal(
      reason(),
      "temperature is bad: its stamp is 3,600,000 ms ahead of this device's clock: one of the two is wrong",
    );
    take(20, clock.now() + 900);
    assert.equal(reason(), undefined, "a little ahead is no harm");
    take(20);
    assert.equal(reason(), "temperature is bad: its source is trusted for its stamps and gave none");
  });

  it("does not let what a reconnection delivers late stand in the place of what came since", () => {
    const { clock, cell, take, state } = setUp(TRUSTED);
    take(20, clock.now());
    take(15, clock.now() - 1000);
    assert.equal(cell.usable(clock.monotonic()), 20);
    clock.advance(2500);
    take(16, clock.now() - 500);
    assert.deepEqual([cell.usable(clock.monotonic()), state().age_ms], [16, 500]);
  });
});

describe("a trusted source whose clock is behind", () => {
  for (const [what, reading, stamped] of [
    ["a bad reading without a stamp", badReading("sensor fault"), undefined],
    ["a reading that lacks its stamp", goodReading(19), undefined],
    ["a stamp from the future", goodReading(19), HOUR],
    ["silence before its first reading", silentReading("connection lost"), undefined],
  ] as const) {
    it(`is heard again at once after ${what}`, () => {
      const { clock, take, reason } = setUp({ ...TRUSTED, maxAgeMs: 5000 });
      if (!reading.silent) take(20, clock.now() - 1500);
      clock.advance(500);
      take(reading, stamped === undefined ? undefined : clock.now() + stamped);
      clock.advance(100);
      take(21, clock.now() - 1500);
      assert.equal(reason(), undefined);
    });
  }

  it("does not bring old values back by way of a bad one", () => {
    const { clock, take, reason } = setUp({ ...TRUSTED, maxAgeMs: 5000 });
    take(20, clock.now());
    take(badReading("sensor fault"));
    clock.advance(100);
    take(15, clock.now() - 1000);
    assert.equal(reason(), "temperature is bad: sensor fault");
  });
});

describe("age that a source knows without a stamp to trust", () => {
  it("counts, and leaves the measured skew as the stamps have it", () => {
    const { clock, cell, take, state } = setUp();
    take(20, clock.now() + HOUR);
    clock.advance(1500);
    const stuck = { ...goodReading(21), stamp: clock.now() + HOUR - 1500, ageMs: 1500 };
    cell.take(stuck, clock.monotonic(), clock.now());
    assert.deepEqual([cell.usable(clock.monotonic()), state().age_ms, state().skew_ms], [21, 1500, HOUR]);
    clock.advance(501);
    assert.equal(state().quality, "stale");
  });

  it("gives way to a stamp where that is trusted", () => {
    const { clock, cell, state } = setUp(TRUSTED);
    const reading = { ...goodReading(21), stamp: clock.now() - 300, ageMs: 0 };
    cell.take(reading, clock.monotonic(), clock.now());
    assert.equal(state().age_ms, 300);
  });
});

describe("skew", () => {
  it("is the largest lead of the stamps: the reading that waited least on its way", () => {
    const { clock, take, state } = setUp();
    assert.equal("skew_ms" in state(), false, "nothing is known of a source that does not stamp");
    for (const late of [120, 15, 300, 40]) {
      take(20, clock.now() + 5000 - late);
      clock.advance(100);
    }
    assert.equal(state().skew_ms, 4985);
    for (let i = 0; i < 64; i++) take(20, clock.now() - 30);
    assert.equal(state().skew_ms, -30, "the last 64 count");
  });

  it("is measured anew when this device's own clock was set", () => {
    const { clock, take, state } = setUp();
    take(20, clock.now() - 20);
    clock.jump(-HOUR);
    take(20, clock.now() + HOUR - 25);
    assert.equal(state().skew_ms, HOUR - 25);
    clock.jump(HOUR);
    take(20, clock.now() - 20);
    assert.equal(state().skew_ms, -20);
  });
});

describe("the skew in a status", () => {
  it("is rounded, and told anew only when it is another in earnest", () => {
    const told: (number | undefined)[] = [];
    const skew = new ToldSkew((ms) => told.push(ms));
    let now = 0;
    const noteAll = (ms: number): void => {
      for (let n = 0; n < 128; n++) {
        now += 20;
        skew.note(now + ms, now, now);
      }
    };
    for (const ms of [-12_340, -12_600, -12_900, -14_900, -14_100, 30, -400, 900, 1600, 3_600_123, 3_700_000])
      noteAll(ms);
    assert.deepEqual(told, [-12_500, -15_000, 0, 1500, 3_600_000]);
    skew.forget();
    skew.forget();
    assert.deepEqual(told.slice(5), [undefined]);
    noteAll(-12_340);
    assert.equal(told.at(-1), -12_500, "nothing of before counts");
  });

  it("is said in words", () => {
    assert.deepEqual([0, 999, -12_500, 3_600_000].map(skewInWords), [
      "in step",
      "in step",
      "12.5 s behind",
      "3,600 s ahead",
    ]);
  });
});
