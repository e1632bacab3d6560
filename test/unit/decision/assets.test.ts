import assert from "node:assert/strict";
import { AssetTable } from "../../../lib/assets";
import { MOST_ALARMS } from "../../../lib/decision/capacity";
import type { EdgeMessage } from "../../../lib/messages";
import { Plant } from "./plant";
import { sample } from "./support";

const on = (id: string): Partial<EdgeMessage> => ({ asset: { id, line: "line-1", station: "" } });

describe("alarms of several assets", function () {
  this.timeout(30_000);

  it("count N of M each for itself, however their samples interleave", async () => {
    const plant = await Plant.start({ model: { n: 2, m: 3 } });
    const seen: string[] = [];
    for (const [id, label] of [
      ["a", "bearing_wear"],
      ["b", "normal"],
      ["c", "bearing_wear"],
      ["b", "bearing_wear"],
      ["a", "normal"],
      ["c", "normal"],
      ["a", "bearing_wear"],
      ["b", "normal"],
      ["c", "normal"],
      ["b", "normal"],
    ] as const) {
      const { decision } = await plant.see(sample(label, 0.9, on(id)));
      seen.push(`${id} ${decision.outcome}`);
    }
    assert.deepEqual(seen, [
      "a delayed",
      "b normal",
      "c delayed",
      "b delayed",
      "a normal",
      "c normal",
      "a alert",
      "b normal",
      "c normal",
      "b normal",
    ]);
    assert.deepEqual(
      plant.book.open().map(({ asset_id }) => asset_id),
      ["a"],
    );
  });

  it("are told by reader, context and topic where the message names none", async () => {
    const assets = new AssetTable([
      { id: "press-1", line: "l", station: "", readers: ["gate"] },
      { id: "press-2", line: "l", station: "", readers: [] },
    ]);
    const plant = await Plant.start({ model: { n: 1, m: 1 } }, { assets });
    const { scan } = { scan: { id: "", code: "A", raw: "A", at: "", reader: "gate" } };
    for (const more of [{ scan }, { context: { asset_id: "press-2" } }, { topic: "press-1" }, { asset: "press-2" }, {}])
      await plant.see(sample("bearing_wear", 0.9, { asset: undefined as never, ...(more as object) }));
    assert.deepEqual(
      plant.book
        .open()
        .map(({ asset_id, evidence }) => `${asset_id} ${evidence.count}`)
        .sort(),
      ["press-1 2", "press-2 2", "unassigned 1"],
    );
  });

  it("have an end: a delayed one gives way, an open one never, and what is not kept is said", async () => {
    const plant = await Plant.start({ model: { n: 2, m: 2 }, floodLimit: 1e6 });
    for (let i = 0; i < MOST_ALARMS + 100; i++) await plant.see(sample("bearing_wear", 0.9, on(`delayed-${i}`)));
    const raise = async (id: string) => {
      await plant.see(sample("bearing_wear", 0.9, on(id)));
      return plant.see(sample("bearing_wear", 0.9, on(id)));
    };
    assert.equal((await raise("press-1")).decision.outcome, "alert", "a flood of single samples keeps no alarm out");
    for (let i = 1; i < MOST_ALARMS; i++) await raise(`open-${i}`);
    assert.equal(plant.book.open().length, MOST_ALARMS);
    const { decision, failure, settled } = await plant.see(sample("bearing_wear", 0.9, on("one-more")));
    assert.deepEqual([decision.outcome, settled, failure?.code], ["unjudged", undefined, "too-many-alarms"]);
    assert.match(decision.reasons.at(-1) ?? "", /no alarm is kept of bearing_wear on one-more: 2,000 are open/);
    assert.equal((await plant.see(sample("bearing_wear", 0.9, on("press-1")))).decision.outcome, "repeat");
    const { owners } = plant.book as unknown as { owners: Map<string, unknown> };
    assert.ok(owners.size <= MOST_ALARMS, `${owners.size} owners`);
  });
});
