import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { bandPower, fft, welch, type Spectrum } from "../../../lib/fusion/spectrum";

interface Case {
  name: string;
  rate_hz: number;
  samples: number[];
  segment: number;
  resolution_hz: number;
  density: number[];
  bands: { band: [number, number]; power: number }[];
}

const vectors = JSON.parse(readFileSync("test/vectors/spectrum.json", "utf8")) as {
  cases: Case[];
  fft: Record<"re" | "im" | "out_re" | "out_im", number[]>;
};

const near = (got: number, expected: number, tolerance = 1e-9): void =>
  assert.ok(Math.abs(got - expected) <= tolerance * Math.max(1e-6, Math.abs(expected)), `${got}, not ${expected}`);

const spectrumOf = (samples: readonly number[], rateHz: number): Spectrum => welch([samples], rateHz) as Spectrum;

/** Straight from the definition. */
function slowTransform(re: readonly number[], im: readonly number[]): [number[], number[]] {
  const n = re.length;
  const out: [number[], number[]] = [[], []];
  for (let k = 0; k < n; k++) {
    let a = 0;
    let b = 0;
    for (let i = 0; i < n; i++) {
      const angle = (-2 * Math.PI * k * i) / n;
      a += re[i] * Math.cos(angle) - im[i] * Math.sin(angle);
      b += re[i] * Math.sin(angle) + im[i] * Math.cos(angle);
    }
    out[0].push(a);
    out[1].push(b);
  }
  return out;
}

const sample = fc.double({ min: -1000, max: 1000, noNaN: true });

describe("the Fourier transform", () => {
  it("is that of the definition, for any power of two", () => {
    const anyComplex = fc
      .integer({ min: 1, max: 7 })
      .chain((bits) => fc.tuple(...[0, 1].map(() => fc.array(sample, { minLength: 2 ** bits, maxLength: 2 ** bits }))));
    fc.assert(
      fc.property(anyComplex, ([a, b]) => {
        const re = Float64Array.from(a);
        const im = Float64Array.from(b);
        fft(re, im);
        const [x, y] = slowTransform(a, b);
        for (let k = 0; k < a.length; k++)
          assert.ok(Math.hypot(re[k] - x[k], im[k] - y[k]) < 1e-7, `bin ${k} of ${a.length}`);
      }),
    );
  });

  it("gives SciPy's numbers", () => {
    const re = Float64Array.from(vectors.fft.re);
    const im = Float64Array.from(vectors.fft.im);
    fft(re, im);
    for (let k = 0; k < re.length; k++) {
      near(re[k], vectors.fft.out_re[k], 1e-12);
      near(im[k], vectors.fft.out_im[k], 1e-12);
    }
  });
});

describe("band power", () => {
  for (const { name, rate_hz, samples, density, resolution_hz, bands } of vectors.cases) {
    it(`is SciPy's for ${name}`, () => {
      const spectrum = spectrumOf(samples, rate_hz);
      near(spectrum.resolutionHz, resolution_hz);
      for (const [k, expected] of density.entries()) near(spectrum.density[k], expected, 1e-8);
      for (const { band, power } of bands) near(bandPower(spectrum, band) as number, power);
    });
  }

  it("of the whole band is the mean square under the window: Parseval", () => {
    const signal = fc.array(sample, { minLength: 64, maxLength: 64 });
    fc.assert(
      fc.property(signal, fc.double({ min: 1, max: 1e5, noNaN: true }), (x, rate) => {
        const mean = x.reduce((a, b) => a + b) / 64;
        let weighted = 0;
        let energy = 0;
        for (let i = 0; i < 64; i++) {
          const w = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / 64);
          weighted += (w * (x[i] - mean)) ** 2;
          energy += w * w;
        }
        near(bandPower(spectrumOf(x, rate), [0, rate / 2]) as number, weighted / energy, 1e-8);
      }),
    );
  });

  it("adds up: every bin belongs to one of two neighbouring bands", () => {
    const { samples, rate_hz } = vectors.cases[0];
    const spectrum = spectrumOf(samples, rate_hz);
    fc.assert(
      fc.property(fc.double({ min: 3, max: 497, noNaN: true }), (edge) => {
        const parts = [bandPower(spectrum, [0, edge]), bandPower(spectrum, [edge, 500])] as number[];
        near(parts[0] + parts[1], bandPower(spectrum, [0, 500]) as number);
      }),
    );
  });

  it("of a sine of amplitude A is A²/2, where its frequency is in the band and nowhere else", () => {
    const sine = Array.from({ length: 2048 }, (_, i) => 3 * Math.sin((2 * Math.PI * 100 * i) / 2048));
    const spectrum = spectrumOf(sine, 2048);
    near(bandPower(spectrum, [80, 120]) as number, 4.5, 1e-9);
    assert.ok((bandPower(spectrum, [200, 1024]) as number) < 1e-20);
  });

  it("says why there is none", () => {
    const spectrum = spectrumOf(Array.from({ length: 64 }, Math.random), 640);
    assert.equal(bandPower(spectrum, [10, 1000]), "the band ends at 1000 Hz, above half the sample rate, 320 Hz");
    assert.equal(bandPower(spectrum, [11, 12]), "the band from 11 to 12 Hz is narrower than the resolution, 10 Hz");
    assert.equal(welch([[1, 2, 3]], 100), undefined);
  });

  it("never joins two stretches: a step between them is no signal", () => {
    const low = Array.from({ length: 64 }, () => 0);
    const high = Array.from({ length: 64 }, () => 100);
    const spectrum = welch([low, high], 100) as Spectrum;
    assert.ok((bandPower(spectrum, [0, 50]) as number) < 1e-20);
  });
});
