import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { measureOf, parseFeature, WindowView, type Feature } from "../../../lib/fusion/features";
import { Window, WINDOW_CAPACITY, WindowBudget } from "../../../lib/fusion/window";

function filled(values: readonly number[]): Window {
  const window = new Window(1_000_000);
  for (const [at, value] of values.entries()) window.push(value, at);
  return window;
}

const feature = (window: Window, which: Feature, now: number): number | string =>
  measureOf(which).of(new WindowView(window, now));

const near = (a: number | string, b: number): void =>
  assert.ok(Math.abs((a as number) - b) < 1e-6 * Math.max(1, Math.abs(b)), `${a} ${b}`);

describe("window features", () => {
  it("are those of the last stretch only", () => {
    const window = new Window(100);
    for (const [at, value] of [
      [0, 1000],
      [150, 1],
      [200, 3],
    ] as const) {
      window.push(value, at);
    }
    assert.equal(feature(window, "mean", 200), 2);
    assert.equal(feature(window, "min", 200), 1);
    assert.equal(feature(window, "max", 200), 3);
    assert.equal(feature(window, "p2p", 200), 2);
    assert.equal(feature(window, "rms", 200), Math.sqrt(5));
    assert.equal(feature(window, "std", 200), Math.SQRT2);
    assert.equal(feature(window, "mean", 1000), "no value came within 100 ms");
  });

  it("agree with their definitions", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1000, max: 1000, noNaN: true }), { minLength: 2, maxLength: 300 }),
        (values) => {
          const window = filled(values);
          const n = values.length;
          const mean = values.reduce((a, b) => a + b) / n;
          near(feature(window, "mean", n), mean);
          near(feature(window, "std", n), Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1)));
          near(feature(window, "p2p", n), Math.max(...values) - Math.min(...values));
        },
      ),
    );
  });

  it("give SciPy's numbers", () => {
    type Case = Record<"mean" | "std" | "rms" | "p2p" | "crest" | "kurtosis", number> & { samples: number[] };
    const { cases } = JSON.parse(readFileSync("test/vectors/spectrum.json", "utf8")) as { cases: Case[] };
    for (const { samples, ...expected } of cases) {
      const window = filled(samples);
      for (const which of ["mean", "std", "rms", "p2p", "crest", "kurtosis"] as const)
        near(feature(window, which, samples.length), expected[which]);
    }
  });

  it("of values that are all the same have no crest factor and no kurtosis", () => {
    const window = filled([0.1, 0.1, 0.1]);
    assert.equal(feature(window, "crest", 3), "all its values are the same");
    assert.equal(feature(window, "kurtosis", 3), "all its values are the same");
    near(feature(window, "std", 3), 0);
    assert.equal(feature(filled([7]), "std", 1), 0, "one value does not vary");
  });

  it("are written as words, a band in Hz behind", () => {
    assert.equal(parseFeature(" band_rms 10-1000 "), "band_rms 10-1000");
    assert.equal(measureOf("band_power 0.5-10").key, "band_power_0p5_10");
    assert.equal(measureOf("band_power 10-1000").unitOf("mm/s"), "(mm/s)²");
    assert.equal(measureOf("kurtosis").unitOf("mm/s"), "");
    for (const wrong of ["", "average", "rms 10-20", "band_rms", "band_rms 20-10", "band_rms 1e1-20", "band_rms 1-2 3"])
      assert.throws(() => parseFeature(wrong), { code: "features" }, wrong);
  });
});

describe("a window's memory", () => {
  it("holds the newest of a faster source, and says that it does", () => {
    const window = filled(Array.from({ length: WINDOW_CAPACITY }, (_, i) => i));
    assert.equal(window.lacks(WINDOW_CAPACITY), false);
    for (let i = WINDOW_CAPACITY; i < WINDOW_CAPACITY + 1000; i++) window.push(i, i);
    assert.equal(feature(window, "min", WINDOW_CAPACITY + 1000), 1000);
    assert.equal(window.lacks(WINDOW_CAPACITY + 1000), true);
    assert.equal(window.lacks(WINDOW_CAPACITY + 2_000_000), false, "what was dropped is out of the stretch by now");
  });

  it("is shared by the windows of a node, and never passed", () => {
    const budget = new WindowBudget(3 * 64 * 16);
    const one = new Window(1000, budget);
    const other = new Window(1000, budget);
    const late = new Window(1000, budget);
    for (let i = 0; i < 128; i++) one.push(i, i);
    for (let i = 0; i < 100; i++) other.push(i, i);
    late.push(1, 100);
    assert.equal(feature(one, "min", 128), 0);
    assert.equal(feature(other, "min", 100), 36);
    assert.deepEqual([one.lacks(128), other.lacks(100), late.lacks(100)], [false, true, true]);
    assert.equal(feature(late, "mean", 100), "no value came within 1,000 ms");
  });

  it("is given back when the window is no longer needed", () => {
    const budget = new WindowBudget(64 * 16);
    const gone = new Window(1000, budget);
    const next = new Window(1000, budget);
    gone.pushBurst([1, 2, 3], 3, 100);
    next.push(7, 100);
    assert.equal(next.valuesAt(100).length, 0, "there is memory for one only");
    gone.release();
    gone.release();
    next.push(8, 200);
    assert.deepEqual([[...next.valuesAt(200)], gone.valuesAt(200).length, gone.burstsAt(200)], [[8], 0, []]);
    const none = new Window(1000, budget);
    none.push(9, 200);
    assert.equal(none.valuesAt(200).length, 0, "what was given back twice counts once");
  });

  it("is bounded too where nobody asks for its bursts", () => {
    const window = new Window(1000);
    for (let at = 0; at < 100_000; at += 100) window.pushBurst([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 100, at);
    assert.ok(window["spans"].length < 50, `${window["spans"].length} bursts are kept, 10 are in the stretch`);
    assert.equal(window.burstsAt(99_900).length, 11);
  });

  it("keeps values in the order of their times, however they come", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 200 }), (times) => {
        const window = new Window(1000);
        for (const at of times) window.push(at, at);
        assert.deepEqual(
          [...window.valuesAt(50)],
          times.toSorted((a, b) => a - b),
        );
      }),
    );
  });

  it("gives bursts back as they came, what has left the stretch cut off", () => {
    const window = new Window(1000);
    window.pushBurst([1, 2, 3, 4], 4, 1000);
    window.pushBurst([5, 6, 7, 8], 4, 1990);
    assert.deepEqual(
      window.burstsAt(1990).map(({ samples, rateHz }) => [[...samples], rateHz]),
      [
        [[4], 4],
        [[5, 6, 7, 8], 4],
      ],
    );
    window.pushBurst([0, 0], 4, 500);
    assert.equal(window.valuesAt(1990).length, 5, "an older one is not taken");
  });
});
