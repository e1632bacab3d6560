import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Window } from "../../../lib/fusion/window";

function filled(values: readonly number[]): Window {
  const window = new Window(1_000_000);
  for (const [at, value] of values.entries()) window.push(value, at);
  return window;
}

const near = (a: number | null, b: number): void => assert.ok(a !== null && Math.abs(a - b) < 1e-6, `${a} ${b}`);

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
    assert.equal(window.feature("mean", 200), 2);
    assert.equal(window.feature("min", 200), 1);
    assert.equal(window.feature("max", 200), 3);
    assert.equal(window.feature("p2p", 200), 2);
    assert.equal(window.feature("rms", 200), Math.sqrt(5));
    assert.equal(window.feature("std", 200), Math.SQRT2);
    assert.equal(window.feature("mean", 1000), null);
  });

  it("agree with their definitions", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1000, max: 1000, noNaN: true }), { minLength: 2, maxLength: 300 }),
        (values) => {
          const window = filled(values);
          const n = values.length;
          const mean = values.reduce((a, b) => a + b) / n;
          near(window.feature("mean", n), mean);
          near(window.feature("std", n), Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1)));
          near(window.feature("p2p", n), Math.max(...values) - Math.min(...values));
        },
      ),
    );
  });

  it("keep the newest 8,192 values of a faster source", () => {
    const window = filled(Array.from({ length: 20_000 }, (_, i) => i));
    assert.equal(window.feature("max", 20_000), 19_999);
    assert.equal(window.feature("min", 20_000), 20_000 - 8192);
  });
});
