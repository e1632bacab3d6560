import assert from "node:assert/strict";
import * as fc from "fast-check";
import { halves, MOST_REGISTERS, mostWords, planRequests, type PollItem } from "../../../lib/fusion/modbus/plan";

const item = (address: number, words = 2, table: PollItem["table"] = "holding", unit = 1): PollItem => ({
  unit,
  table,
  address,
  words,
});
const ranges = (items: PollItem[], gap: number) =>
  planRequests(items, gap).map(({ address, words }) => [address, words]);

describe("the poll plan", () => {
  it("reads neighbours with one request", () => {
    assert.deepEqual(ranges([item(44), item(40), item(46), item(42)], 0), [[40, 8]]);
  });

  it("reads a small gap along, and asks twice over a large one", () => {
    assert.deepEqual(ranges([item(40), item(50)], 8), [[40, 12]]);
    assert.deepEqual(ranges([item(40), item(51)], 8), [
      [40, 2],
      [51, 2],
    ]);
  });

  it("keeps units and tables apart", () => {
    assert.equal(planRequests([item(0), item(2, 2, "input"), item(4, 2, "holding", 2)], 8).length, 3);
  });

  it("halves a refused request until the item at fault stands alone, and loses none on the way", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(100), { minLength: 2, maxLength: 40 }), (addresses) => {
        const [whole] = planRequests(
          addresses.map((address) => item(address)),
          120,
        );
        const parts = halves(whole);
        assert.equal(parts.length, 2);
        assert.deepEqual(new Set(parts.flatMap(({ items }) => items)), new Set(whole.items));
        for (const part of parts) {
          assert.ok(part.items.length >= 1 && part.items.length < whole.items.length);
          for (const { address, words } of part.items)
            assert.ok(address >= part.address && address + words <= part.address + part.words);
        }
      }),
    );
  });

  it("covers every item whole, within one request, within the limits of the protocol", () => {
    const items = fc.array(
      fc.record({
        unit: fc.integer({ min: 1, max: 2 }),
        table: fc.constantFrom<PollItem["table"]>("coil", "discrete", "holding", "input"),
        address: fc.nat(600),
        words: fc.constantFrom(1, 2, 4),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(items, fc.nat(20), (wanted, gap) => {
        const plan = planRequests(wanted, gap);
        assert.deepEqual(new Set(plan.flatMap((request) => request.items)), new Set(wanted));
        assert.equal(plan.flatMap((request) => request.items).length, wanted.length, "no item is read twice");
        for (const request of plan) {
          assert.ok(request.words >= 1 && request.words <= mostWords(request.table));
          for (const inside of request.items) {
            assert.equal(inside.unit, request.unit);
            assert.equal(inside.table, request.table);
            assert.ok(
              inside.address >= request.address && inside.address + inside.words <= request.address + request.words,
            );
          }
        }
      }),
    );
  });

  it("never reads more unwanted registers in a row than the gap allows", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(400), { minLength: 1, maxLength: 40 }), fc.nat(12), (addresses, gap) => {
        const plan = planRequests(
          addresses.map((address) => item(address, 1)),
          gap,
        );
        for (const request of plan) {
          const inside = request.items.map(({ address }) => address);
          for (let i = 1; i < inside.length; i++) assert.ok(inside[i] - inside[i - 1] - 1 <= gap);
        }
        const fewest = plan.reduce((sum, { words }) => sum + words, 0);
        assert.ok(plan.length <= addresses.length && fewest <= 401 && MOST_REGISTERS === 125);
      }),
    );
  });
});
