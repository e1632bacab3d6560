import assert from "node:assert/strict";
import { array, assert as check, integer, property, string } from "fast-check";
import { assertKey } from "../../../lib/storage/keys";
import { assertCause, dueMonth, manualCause, triggerKey } from "../../../lib/training/cause";

const utc = (text: string): number => Date.parse(`${text}Z`);
const monthly = { day: 1, hour: 3 };

describe("the cause of a training", () => {
  it("names a key of the store, whatever passes", () => {
    check(
      property(string({ maxLength: 120 }), (text) => {
        let good = true;
        try {
          assertCause(text);
        } catch {
          good = false;
        }
        if (good) assertKey(triggerKey("motor-faults", text));
      }),
      { numRuns: 2000 },
    );
    for (const cause of ["count-20261124T013000Z-ab12cd34", "month-2026-11", "fpr-ab12cd34-1"]) assertCause(cause);
    for (const cause of ["", "../x", "a/b", "a..b", " ", 7, undefined, "x".repeat(101)])
      assert.throws(() => assertCause(cause), { code: "training-cause" });
  });

  it("is one of its own at each start by hand", () => {
    const cause = manualCause(utc("2026-11-24T01:36:37.123"), "019a-000000001234abcd");
    assert.equal(cause, "manual-20261124T013637Z-1234abcd");
    assertCause(cause);
  });
});

describe("the calendar", () => {
  it("is due once in a month, at its moment", () => {
    const before = utc("2026-11-01T02:59:59");
    const at = utc("2026-11-01T03:00:00");
    assert.equal(dueMonth(monthly, before - 1000, before), undefined);
    assert.equal(dueMonth(monthly, before, at), "month-2026-11");
    assert.equal(dueMonth(monthly, at, at + 1000), undefined);
  });

  it("catches up with the latest month alone", () => {
    assert.equal(dueMonth(monthly, utc("2026-06-10T00:00:00"), utc("2026-11-24T00:00:00")), "month-2026-11");
    assert.equal(dueMonth(monthly, utc("2026-06-10T00:00:00"), utc("2026-11-01T02:00:00")), "month-2026-10");
    assert.equal(dueMonth(monthly, utc("2026-12-31T00:00:00"), utc("2027-01-01T03:00:00")), "month-2027-01");
    assert.equal(dueMonth(monthly, utc("2026-12-20T00:00:00"), utc("2027-01-01T02:00:00")), undefined);
  });

  it("is due exactly once for each month, however it is looked at", () => {
    const looks = array(integer({ min: 1, max: 40 * 86_400_000 }), { minLength: 1, maxLength: 60 });
    check(
      property(looks, integer({ min: 1, max: 28 }), integer({ min: 0, max: 23 }), (steps, day, hour) => {
        let at = utc("2026-01-15T12:00:00");
        const seen: string[] = [];
        for (const step of steps) {
          const due = dueMonth({ day, hour }, at, at + step);
          if (due !== undefined) seen.push(due);
          at += step;
        }
        assert.equal(new Set(seen).size, seen.length);
        assert.deepEqual(seen.toSorted(), seen);
      }),
    );
  });
});
