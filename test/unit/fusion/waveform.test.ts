import assert from "node:assert/strict";
import { runInNewContext } from "node:vm";
import * as fc from "fast-check";
import { readValue, type Reading } from "../../../lib/fusion/reading";
import { WINDOW_CAPACITY } from "../../../lib/fusion/window";

const samplesOf = (raw: unknown): number[] => Array.from(readValue(raw).samples ?? []);

const ARRAYS = { int8: Int8Array, uint8: Uint8Array, int16: Int16Array, uint16: Uint16Array, int32: Int32Array };
const SHORT = { int8: "i1", uint8: "u1", int16: "i2", uint16: "u2", int32: "i4" };

describe("waveforms", () => {
  it("are lists, typed arrays of any realm, or bytes with a dtype", () => {
    const rate_hz = 1000;
    assert.deepEqual(samplesOf({ payload: [1, 2, 3], rate_hz }), [1, 2, 3]);
    assert.deepEqual(samplesOf({ value: Float32Array.of(1, 2), rate_hz }), [1, 2]);
    assert.deepEqual(samplesOf({ payload: BigInt64Array.of(1n, -2n), rate_hz }), [1, -2]);
    assert.deepEqual(samplesOf({ samples: runInNewContext("Float64Array.of(4, 5)") as object, rate_hz }), [4, 5]);
    const bytes = runInNewContext("Uint8Array.of(1, 0, 255, 255)") as object;
    assert.deepEqual(samplesOf({ payload: bytes, dtype: "int16", rate_hz }), [1, -1]);
    const buffer = Buffer.from([0, 1, 255, 254]);
    assert.deepEqual(samplesOf({ payload: buffer, dtype: "int16be" }), [1, -2]);
    assert.deepEqual(samplesOf({ payload: buffer.toString("base64"), dtype: ">i2" }), [1, -2]);
    assert.deepEqual(samplesOf({ payload: buffer.toJSON(), dtype: ">i2" }), [1, -2]);
    const shared = Buffer.concat([Buffer.from([9]), buffer]).subarray(1);
    assert.deepEqual(samplesOf({ payload: shared, dtype: ">u2" }), [1, 65534], "a view need not begin its buffer");
  });

  it("come out of bytes as they went in, in every format and either byte order", () => {
    const anyFormat = fc.constantFrom(...(Object.keys(ARRAYS) as (keyof typeof ARRAYS)[]));
    fc.assert(
      fc.property(anyFormat, fc.array(fc.integer(), { minLength: 1, maxLength: 20 }), (dtype, numbers) => {
        const values = ARRAYS[dtype].from(numbers);
        const little = Buffer.from(values.buffer);
        const big = Buffer.from(little);
        const width = values.BYTES_PER_ELEMENT;
        for (let i = 0; i < big.length; i += width) big.subarray(i, i + width).reverse();
        for (const [payload, name] of [
          [little, dtype],
          [little, `${dtype}le`],
          [little, `<${SHORT[dtype]}`],
          [big, `${dtype}be`],
          [big, `>${SHORT[dtype]}`],
        ] as const)
          assert.deepEqual(samplesOf({ payload, dtype: name }), [...values], name);
      }),
    );
    const floats = Float64Array.of(0.1, -1e300);
    assert.deepEqual(samplesOf({ payload: floats, dtype: "float64" }), [...floats]);
  });

  it("say when their last sample was, and in which unit they are", () => {
    const at = "2026-01-01T00:00:00.000Z";
    const { stamp, unit, rateHz } = readValue({ payload: [1, 2, 3, 4, 5], rate_hz: 100, at, unit: "g" });
    assert.deepEqual([stamp, unit, rateHz], [Date.UTC(2026, 0, 1) + 40, "g", 100]);
  });

  const REFUSED: [object, string][] = [
    [{ payload: [1, NaN], rate_hz: 10 }, "sample 2 of 2 is not a finite number"],
    [{ payload: [1, "2"], rate_hz: 10 }, "sample 2 of 2 is not a finite number"],
    [{ payload: [], rate_hz: 10 }, "the waveform holds no sample"],
    [{ payload: [1], rate_hz: 0 }, "rate_hz is 0, must be a number of samples per second"],
    [{ payload: [1], rate_hz: "10" }, 'rate_hz is "10", must be a number of samples per second'],
    [{ payload: 7, rate_hz: 10 }, "a waveform without dtype is a list of numbers or a typed array"],
    [{ payload: Buffer.from([1, 2, 3]), dtype: "int16" }, "3 bytes are no whole number of int16 samples of 2 bytes"],
    [{ payload: "not base64!", dtype: "int16" }, "a waveform with dtype is a Buffer, a typed array's bytes or Base64"],
  ];
  for (const [raw, reason] of REFUSED) {
    it(`are refused: ${reason}`, () => {
      const reading = readValue(raw);
      assert.deepEqual([reading.quality, reading.reason], ["bad", reason]);
    });
  }

  it("name the formats there are when it is another", () => {
    for (const dtype of ["int24", "", 16, ">int16le", "float"])
      assert.match(readValue({ payload: Buffer.alloc(4), dtype }).reason, /^dtype is .*; there are int8, .*float64/);
  });

  it("longer than a window are read from their end", () => {
    const samples = samplesOf({ payload: new Float32Array(WINDOW_CAPACITY + 10).fill(1), rate_hz: 1e6 });
    assert.equal(samples.length, WINDOW_CAPACITY);
  });

  it("never throw, and hold only finite numbers, whatever is called one", () => {
    const anything = fc.record(
      {
        payload: fc.anything({ withTypedArray: true }),
        rate_hz: fc.anything(),
        dtype: fc.anything(),
        at: fc.anything(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(anything, (raw) => {
        const reading: Reading = readValue(raw);
        assert.ok(reading.quality === "bad" || Array.from(reading.samples ?? [reading.value]).every(Number.isFinite));
      }),
      { numRuns: 2000 },
    );
  });
});
