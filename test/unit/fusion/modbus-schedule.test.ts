import assert from "node:assert/strict";
import * as fc from "fast-check";
import { findPlace, type AssetPlace, type ModbusPlaces } from "../../../lib/fusion/modbus/places";
import type { PollItem, PollRequest } from "../../../lib/fusion/modbus/plan";
import { Schedule } from "../../../lib/fusion/modbus/schedule";

const item = (address: number, unit = 1): PollItem => ({ unit, table: "holding", address, words: 1 });

/** Runs rounds against a device that refuses every request which holds one of `refused`. @returns requests and what was read */
function run(
  schedule: Schedule<PollItem>,
  refused: ReadonlySet<number>,
  rounds: number,
  everyMs: number,
  from = 0,
): { asked: number; refusals: number; last: Set<PollItem> } {
  let asked = 0;
  let refusals = 0;
  let last = new Set<PollItem>();
  for (let round = 0; round < rounds; round++) {
    const now = from + round * everyMs;
    last = new Set();
    const queue: PollRequest<PollItem>[] = [...schedule.due(now).requests];
    for (let request = queue.shift(); request; request = queue.shift()) {
      asked++;
      const { address, words } = request;
      if ([...refused].some((at) => at >= address && at < address + words)) {
        refusals++;
        queue.unshift(...schedule.refused(request, true, now));
      } else {
        schedule.answered(request);
        for (const one of request.items) last.add(one);
      }
    }
  }
  return { asked, refusals, last };
}

describe("the poll schedule", () => {
  it("finds the refused registers and goes on reading all others, whichever they are", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(60), { minLength: 1, maxLength: 40 }),
        fc.uniqueArray(fc.nat(60), { maxLength: 4 }),
        (addresses, refused) => {
          const schedule = new Schedule<PollItem>(8);
          const items = addresses.map((address) => item(address));
          for (const one of items) schedule.add(one);
          const { last } = run(schedule, new Set(refused), 200, 400);
          // Gaps are read along: only what is asked for by itself can be told from a refused neighbour.
          for (const one of items) assert.equal(last.has(one), !refused.includes(one.address), String(one.address));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("asks a device that refuses everything less than twice a second, and all at once when it is over", () => {
    const schedule = new Schedule<PollItem>(8);
    for (let n = 0; n < 60; n++) schedule.add(item(n));
    const all = new Set(Array.from({ length: 60 }, (_, n) => n));
    run(schedule, all, 40, 50);
    const { asked } = run(schedule, all, 200, 50, 2000);
    assert.ok(asked <= 20, `${asked} requests in ten seconds`);
    const { last, refusals } = run(schedule, new Set(), 100, 50, 12_000);
    assert.equal(last.size, 60);
    assert.equal(refusals, 0);
    assert.deepEqual(
      schedule.due(20_000).requests.map(({ words }) => words),
      [60],
    );
  });

  it("asks silent units in turn, one a round, and gives every one a chance when nobody answered", () => {
    const schedule = new Schedule<PollItem>(8);
    for (const unit of [1, 2, 3]) schedule.add(item(0, unit));
    for (const unit of [2, 3]) {
      schedule.silent(unit, 0);
      schedule.silent(unit, 0);
    }
    assert.equal(schedule.allSilent, false);
    assert.equal(schedule.due(100).probe, undefined);
    const first = schedule.due(2000).probe as PollRequest<PollItem>;
    schedule.silent(first.unit, 2000);
    const second = schedule.due(2000).probe as PollRequest<PollItem>;
    assert.deepEqual([first.unit, second.unit], [2, 3]);
    schedule.silent(1, 2000);
    assert.equal(schedule.allSilent, true);
    schedule.answered(first);
    assert.deepEqual(
      schedule.due(2000).requests.map(({ unit }) => unit),
      [1, 2, 3],
    );
  });
});

describe("a refusal that comes after the plan was made anew", () => {
  for (const [what, divisible] of [
    ["may be divided", true],
    ["is final", false],
  ] as const) {
    it(`leaves nothing of the old plan where the request ${what}`, () => {
      const schedule = new Schedule<PollItem>(8);
      for (const n of [0, 1, 2, 3]) schedule.add(item(n));
      const [underWay] = schedule.due(0).requests;
      schedule.add(item(4));
      assert.deepEqual(schedule.refused(underWay, divisible, 0), []);
      assert.deepEqual(spans(schedule.due(10_000).requests), [[0, 5]]);
    });
  }

  it("counts all the same: the unit answers", () => {
    const schedule = new Schedule<PollItem>(8);
    schedule.add(item(0));
    const [underWay] = schedule.due(0).requests;
    schedule.silent(1, 0);
    schedule.add(item(1));
    schedule.refused(underWay, true, 0);
    assert.equal(schedule.silencesOf(1), 0);
  });
});

function spans(requests: readonly PollRequest<PollItem>[]): number[][] {
  return requests.map(({ address, words }) => [address, words]);
}

describe("where the registers of an asset are", () => {
  const press: AssetPlace = { asset: "press-1", host: "", unit: 4, offset: 100 };
  const places: ModbusPlaces = {
    transport: { kind: "tcp", host: "10.0.0.5", port: 502 },
    unit: 1,
    assets: [
      press,
      { asset: "press-2", host: "10.0.0.6", unit: undefined, offset: 0 },
      { asset: "press-3", host: "[fd00::7]:503", unit: undefined, offset: -40 },
      { asset: "7", host: "", unit: 70, offset: 0 },
    ],
  };

  function found(match: string): unknown[] {
    const { transport, unit, place } = findPlace(match, places);
    return [transport.kind === "serial" ? transport.path : `${transport.host}:${transport.port}`, unit, place.address];
  }

  it("is what the table says, else as the connection has it", () => {
    assert.deepEqual(found("40001"), ["10.0.0.5:502", 1, 0]);
    assert.deepEqual(found("40001@9"), ["10.0.0.5:502", 9, 0]);
    assert.deepEqual(found("40001@press-1"), ["10.0.0.5:502", 4, 100]);
    assert.deepEqual(found("input:5@press-2"), ["10.0.0.6:502", 1, 5]);
    assert.deepEqual(found("40@press-3"), ["fd00::7:503", 1, 0]);
    assert.deepEqual(found("40@7"), ["10.0.0.5:502", 70, 40], "an asset of that name wins over unit 7");
  });

  it("is refused in words where there is none", () => {
    assert.throws(() => findPlace("40001@press-9", places), {
      code: "modbus-asset",
      message: /it has press-1, press-2/,
    });
    assert.throws(() => findPlace("40001@{asset}", places), { code: "modbus-asset" });
    assert.throws(() => findPlace("39@press-3", places), {
      code: "modbus-address",
      message: /offset -40 of asset press-3/,
    });
  });
});
