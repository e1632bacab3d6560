import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Value } from "typebox/value";
import { Ldo } from "../../../lib/messages";
import { NEW_PRODUCTS, PRODUCTS } from "../../../lib/plant/catalogue";
import { simulateLdos, spoolIdOf, type RunsOptions } from "../../../lib/plant/ldos";
import { STATES } from "../../../lib/plant/physics";
import { systemClock } from "../../../lib/clock";
import { FolderStore } from "../../../lib/storage/folder-store";
import { writeSegments } from "../../../simulator/segments";
import { readLdos } from "../../support/segments";

const OPTIONS: RunsOptions = {
  seed: 1,
  runs: 4_000,
  faultShare: 0.35,
  products: "seen",
  assets: 4,
  device: "plant-sim",
  startMs: Date.UTC(2026, 0, 5),
  days: 42,
  drift: 0,
};

interface PlantContext {
  product: string;
  recipe: string;
  batch: string;
  asset_id: string;
  ground_truth_label: string;
}
const contextOf = (ldo: Ldo): PlantContext => ldo.context as unknown as PlantContext;

describe("runs of the plant as LDOs", () => {
  const ldos = [...simulateLdos(OPTIONS)];

  it("follow the schema, are marked simulated and carry the true state by way of the context", () => {
    for (const ldo of ldos.slice(0, 200)) {
      assert.deepEqual([...Value.Errors(Ldo, ldo)], []);
      assert.equal(ldo.simulated, true);
      assert.equal(ldo.label_source, "context");
      assert.equal(ldo.ground_truth_label, contextOf(ldo).ground_truth_label);
      assert.equal(ldo.asset_id, contextOf(ldo).asset_id);
    }
  });

  it("have every id once and are in the order of their time, over all the days", () => {
    assert.equal(new Set(ldos.map(({ ldo_id }) => ldo_id)).size, OPTIONS.runs);
    const times = ldos.map(({ timestamp }) => timestamp);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
    assert.equal(new Set(times.map((time) => Math.floor(time / 86_400))).size, OPTIONS.days);
  });

  it("hold every product, recipe, asset and state, about as many faults as asked for", () => {
    const distinct = (of: (ldo: Ldo) => string | null): number => new Set(ldos.map(of)).size;
    assert.equal(
      distinct((ldo) => contextOf(ldo).product),
      PRODUCTS.length,
    );
    assert.equal(
      distinct((ldo) => contextOf(ldo).recipe),
      3,
    );
    assert.equal(
      distinct(({ asset_id }) => asset_id),
      4,
    );
    assert.deepEqual(new Set(ldos.map((ldo) => ldo.ground_truth_label)), new Set(STATES));
    const faulty = ldos.filter((ldo) => ldo.ground_truth_label !== "normal").length / ldos.length;
    assert.ok(Math.abs(faulty - 0.35) < 0.05, `${faulty}`);
  });

  it("a batch is of one product, recipe and asset, and has tens of runs", () => {
    const batches = new Map<string, Ldo[]>();
    for (const ldo of ldos) {
      const runs = batches.get(contextOf(ldo).batch);
      if (runs) runs.push(ldo);
      else batches.set(contextOf(ldo).batch, [ldo]);
    }
    assert.ok(batches.size > 60);
    for (const runs of batches.values()) {
      const kinds = runs.map((ldo) => [contextOf(ldo).product, contextOf(ldo).recipe, ldo.asset_id].join());
      assert.equal(new Set(kinds).size, 1);
      assert.ok(runs.length <= 60);
    }
  });

  it("new products are made only when asked for, in batches of their own", () => {
    const fresh = [...simulateLdos({ ...OPTIONS, products: "new", runs: 500 })];
    const names = new Set(fresh.map((ldo) => contextOf(ldo).product));
    assert.deepEqual(names, new Set(NEW_PRODUCTS.map(({ name }) => name)));
    const seen = new Set(ldos.map((ldo) => contextOf(ldo).batch));
    assert.ok(fresh.every((ldo) => !seen.has(contextOf(ldo).batch)));
  });

  it("drift moves the later ones and leaves the labels as they are", () => {
    const drifted = [...simulateLdos({ ...OPTIONS, drift: 1 })];
    const last = OPTIONS.runs - 1;
    const off = drifted[last].sensor_data["temperature"]! - ldos[last].sensor_data["temperature"]!;
    assert.ok(Math.abs(off - 5) < 0.02, `${off}`);
    assert.equal(drifted[0].sensor_data["temperature"], ldos[0].sensor_data["temperature"]);
    assert.deepEqual(
      drifted.map((ldo) => ldo.ground_truth_label),
      ldos.map((ldo) => ldo.ground_truth_label),
    );
  });
});

describe("segments of runs", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "plant-segments-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("lie in the bucket's layout, numbered from 1 without a gap, and hold every run once", async () => {
    const options = { ...OPTIONS, runs: 2_500 };
    const written = await writeSegments(new FolderStore(folder, systemClock), options);
    assert.equal(written.prefix, `ldo/v1/dev=plant-sim/${spoolIdOf(options)}`);
    assert.deepEqual(
      readdirSync(join(folder, written.prefix)),
      [1, 2, 3].map((seq) => `${String(seq).padStart(10, "0")}.ndjson.gz`),
    );
    assert.deepEqual(readLdos(folder), JSON.parse(JSON.stringify([...simulateLdos(options)])));
    assert.equal(Object.values(written.labels).reduce((a, b) => a + b), 2_500); // prettier-ignore
  });

  it("are the same bytes for the same options, and stand under another spool for others", async () => {
    const digest = async (): Promise<string[]> => {
      const { prefix } = await writeSegments(new FolderStore(folder, systemClock), { ...OPTIONS, runs: 100 });
      return readdirSync(join(folder, prefix)).map(
        (name) =>
        createHash("sha256").update(readFileSync(join(folder, prefix, name))).digest("hex"), // prettier-ignore
      );
    };
    assert.deepEqual(await digest(), await digest());
    assert.match(spoolIdOf(OPTIONS), /^[0-9a-f]{32}$/);
    for (const change of [{ seed: 2 }, { drift: 1 }, { runs: 10 }, { products: "new" as const }, { device: "b" }])
      assert.notEqual(spoolIdOf({ ...OPTIONS, ...change }), spoolIdOf(OPTIONS));
  });
});
