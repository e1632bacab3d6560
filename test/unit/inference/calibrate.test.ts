import assert from "node:assert/strict";
import * as fc from "fast-check";
import { calibrate } from "../../../lib/inference/calibrate";

const plain = { temperature: 1, bias: [0, 0, 0] };
const probabilities = (logits: number[], spec = plain): number[] => {
  const into = new Float64Array(3);
  calibrate(Float32Array.from(logits), 0, spec, into);
  return Array.from(into);
};

describe("calibration", () => {
  it("is softmax((logits + bias) / temperature)", () => {
    const [a, b, c] = probabilities([Math.log(2), Math.log(6), Math.log(2)]);
    assert.ok(Math.abs(a - 0.2) < 1e-6 && Math.abs(b - 0.6) < 1e-6 && Math.abs(c - 0.2) < 1e-6);
    const flat = probabilities([1, 5, 1], { temperature: 1, bias: [4, 0, 4] });
    assert.ok(flat.every((p) => Math.abs(p - 1 / 3) < 1e-9));
    const soft = probabilities([0, 2, 0], { temperature: 2, bias: [0, 0, 0] });
    assert.ok(Math.abs(soft[1] - Math.E / (Math.E + 2)) < 1e-6);
  });

  it("names the most probable label of the row asked for", () => {
    const logits = Float32Array.of(9, 0, 0, 0, 0, 9);
    assert.equal(calibrate(logits, 0, plain, new Float64Array(3)), 0);
    assert.equal(calibrate(logits, 1, plain, new Float64Array(3)), 2);
  });

  it("does not overflow", () => {
    assert.deepEqual(probabilities([1e30, 0, -1e30]), [1, 0, 0]);
    assert.equal(calibrate(Float32Array.of(NaN, 0, 0), 0, plain, new Float64Array(3)), -1);
    assert.equal(calibrate(Float32Array.of(Infinity, 0, 0), 0, plain, new Float64Array(3)), -1);
  });

  it("sums to 1, whatever the logits", () => {
    const float = fc.float({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(
        fc.tuple(float, float, float),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        (logits, temperature) => {
          const p = probabilities(logits, { temperature, bias: [0.5, 0, -0.5] });
          assert.ok(Math.abs(p[0] + p[1] + p[2] - 1) < 1e-9, String(p));
          assert.ok(p.every((one) => one >= 0 && one <= 1));
        },
      ),
    );
  });
});
