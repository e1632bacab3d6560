import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Random } from "../../../lib/plant/random";

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const take = (random: Random, count: number): number[] => Array.from({ length: count }, () => random.uint32());

describe("seeded randomness", () => {
  it("gives the same numbers for the same seed and name, on every machine", () => {
    assert.deepEqual(take(new Random(1, "plant"), 4), take(new Random(1, "plant"), 4));
    // Written down once: a change of the generator changes every plant that people have described by its seed.
    assert.deepEqual(take(new Random(1, "plant"), 3), [4013515679, 2999208122, 3652130640]);
  });

  it("gives other numbers for another seed or another stream", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const one = take(new Random(seed, "a"), 4);
        assert.notDeepEqual(one, take(new Random((seed + 1) % 2 ** 32, "a"), 4));
        assert.notDeepEqual(one, take(new Random(seed, "b"), 4));
        assert.notDeepEqual(one, take(new Random(seed, "a").stream("a"), 4));
      }),
    );
  });

  it("a stream does not depend on what was drawn from its parent", () => {
    const fresh = new Random(5);
    const used = new Random(5);
    take(used, 100);
    assert.deepEqual(take(fresh.stream("x"), 4), take(used.stream("x"), 4));
  });

  it("uniform draws fill [0, 1) evenly: chi-square over 100 bins", () => {
    const random = new Random(3);
    const bins = Array.from({ length: 100 }, () => 0);
    for (let i = 0; i < 100_000; i++) bins[Math.floor(random.uniform() * 100)]++;
    const chi = bins.reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
    // 99 degrees of freedom: 0.1 % of good generators are above 148, 0.1 % below 60.
    assert.ok(chi > 60 && chi < 148, `chi-square ${chi}`);
  });

  it("normal draws have mean 0, deviation 1 and the tails of a normal", () => {
    const random = new Random(4);
    const draws = Array.from({ length: 100_000 }, () => random.normal());
    const mean = draws.reduce((a, b) => a + b) / draws.length;
    const variance = draws.reduce((a, b) => a + (b - mean) ** 2, 0) / draws.length;
    const beyond = draws.filter((draw) => Math.abs(draw) > 1.96).length / draws.length;
    assert.ok(Math.abs(mean) < 0.013, `mean ${mean}`);
    assert.ok(Math.abs(variance - 1) < 0.02, `variance ${variance}`);
    assert.ok(Math.abs(beyond - 0.05) < 0.0025, `beyond 1.96: ${beyond}`);
  });

  it("weighted draws follow their weights", () => {
    const random = new Random(6);
    const counts = { a: 0, b: 0, never: 0 };
    for (let i = 0; i < 40_000; i++) counts[random.weighted({ a: 3, b: 1, never: 0 })]++;
    assert.ok(Math.abs(counts.a / 40_000 - 0.75) < 0.01);
    assert.equal(counts.never, 0);
  });

  it("shuffling keeps every item once, whole numbers stay within their bounds", () => {
    fc.assert(
      fc.property(seeds, fc.array(fc.integer()), (seed, items) => {
        const random = new Random(seed);
        assert.deepEqual(
          random.shuffled(items).toSorted((a, b) => a - b),
          items.toSorted((a, b) => a - b),
        );
        const drawn = random.integer(-2, 5);
        assert.ok(Number.isInteger(drawn) && drawn >= -2 && drawn <= 5);
      }),
    );
  });

  it("its ids are UUIDs version 7 of the time they were given", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 2 ** 47 }), (seed, at) => {
        const id = new Random(seed).uuidv7(at);
        assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        assert.equal(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16), at);
      }),
    );
  });
});
