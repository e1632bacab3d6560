import assert from "node:assert/strict";
import type { Ldo } from "../../../lib/messages";
import { CHANNELS } from "../../soak/plant/machines";
import { reconcile, together, type AssetTrace } from "../../soak/plant/reconcile";

const START = 1_800_000_000;
const TOLERANCE = { ageS: 2, recoveryS: 5, stallS: 1 };

/** A plant whose every value is its second, scanned once a second for a minute. */
function trace(more: Partial<AssetTrace> = {}): AssetTrace {
  const seconds = Array.from({ length: 60 }, (_, i) => START + i);
  const record = seconds.map((t) => ({ t, value: t - START }));
  return {
    asset: "motor-1",
    scans: seconds.map((t) => t + 0.5),
    record: { vibration_x: record, vibration_y: record, temperature: record, current: record },
    outages: [],
    refused: new Set(),
    ...more,
  };
}

function ldos(change: (i: number) => object = () => ({})): Ldo[] {
  return Array.from({ length: 60 }, (_, i) => ({
    ldo_id: `LDO-${i}`,
    asset_id: "motor-1",
    timestamp: START + i + 0.5,
    sensor_data: Object.fromEntries(CHANNELS.map((name) => [name, i])),
    ...change(i),
  })) as unknown as Ldo[];
}

const unusable = { unusable: { code: "channel-stale", reason: "temperature is stale" } };

/** Records from the 12th to this one are not usable. */
const gaps = (last: number): Ldo[] => ldos((i) => (i >= 11 && i <= last ? unusable : {}));

describe("the soak's judge", () => {
  it("finds nothing where everything agrees", () => {
    const { agreed, complaints } = reconcile(ldos(), trace(), TOLERANCE);
    assert.deepEqual({ agreed, complaints }, { agreed: 60, complaints: [] });
  });

  const wrong: [what: string, records: Ldo[], words: RegExp][] = [
    ["a record is missing", ldos().slice(1), /60 scans, 59 records/],
    ["a value never was", ldos((i) => (i === 30 ? { sensor_data: { ...ldos()[0].sensor_data } } : {})), /did not have/],
    ["a value is another asset's record", ldos((i) => (i === 9 ? { asset_id: "motor-2" } : {})), /belongs to motor-2/],
    ["records are out of order", ldos((i) => (i === 9 ? { timestamp: START + 20 } : {})), /scan 10 was at/],
    ["a gap is explained nowhere", ldos((i) => (i === 9 ? unusable : {})), /no message on output 2/],
  ];
  for (const [what, records, words] of wrong) {
    it(`tells when ${what}`, () => assert.match(reconcile(records, trace(), TOLERANCE).complaints.join("\n"), words));
  }

  it("takes a gap in an outage or within the recovery after it, and measures the recovery", () => {
    const outage = { name: "hang", from: START + 10, to: START + 14 };
    const refused = new Set(Array.from({ length: 60 }, (_, i) => String(i)));
    const soon = reconcile(gaps(16), trace({ outages: [outage], refused }), TOLERANCE);
    assert.deepEqual({ complaints: soon.complaints, explained: soon.explained }, { complaints: [], explained: 6 });
    assert.equal(soon.slowestRecoveryS, 2.5);
    const late = reconcile(gaps(25), trace({ outages: [outage], refused }), TOLERANCE);
    assert.match(late.complaints.join("\n"), /not usable without a fault/);
  });

  const well = { samples: 60, agreed: 50, explained: 10, complaints: [], slowestRecoveryS: 4 };

  it("adds up the machines, and keeps what was wrong with each", () => {
    const other = { ...well, complaints: ["motor-2: …"], slowestRecoveryS: 3 };
    assert.deepEqual(together([well, other], 5), {
      samples: 120,
      agreed: 100,
      explained: 20,
      complaints: ["motor-2: …"],
      slowestRecoveryS: 4,
    });
  });

  it("tells when half of the samples or less agreed with the plant, however well each gap is explained", () => {
    const { complaints } = together([well, { ...well, agreed: 10, explained: 50 }], 5);
    assert.deepEqual(complaints, ["60 of 120 samples agreed with the plant, more than half must"]);
    assert.equal(together([{ ...well, samples: 0, agreed: 0, explained: 0 }], 5).complaints.length, 1);
  });

  it("tells when a machine took too long to be back", () => {
    const { complaints } = together([{ ...well, slowestRecoveryS: 5.25 }], 5);
    assert.deepEqual(complaints, ["usable again 5.25 s after a fault, limit 5 s"]);
  });
});
