import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../../lib/clock";
import { assembleRelease } from "../../../lib/inference/assemble";
import { DEFAULT_LOAD } from "../../../lib/inference/backend";
import { bundledFolder, bundledModel, DEFAULT_MODEL, PINS, type Pins } from "../../../lib/inference/bundled";
import { OnnxBackend } from "../../../lib/inference/onnx-backend";
import { ModelSlot, type SlotConfig } from "../../../lib/inference/slot";
import { releaseDigest } from "../../../lib/release/digest";
import { sha256 } from "../../../lib/storage/hash";
import { files } from "../../support/model-fixture";

const CONFIG: SlotConfig = { backend: "onnx", allowFallback: false, load: DEFAULT_LOAD, queueLimit: 1000 };

describe("bundled models", () => {
  const folder = mkdtempSync(join(tmpdir(), "bundled-"));
  const contents = files();
  const pins: Pins = { small: Object.fromEntries([...contents].map(([name, bytes]) => [name, sha256(bytes)])) };
  before(() => {
    mkdirSync(join(folder, "small"));
    for (const [name, bytes] of contents) writeFileSync(join(folder, "small", name), bytes);
  });
  after(() => rmSync(folder, { recursive: true }));

  it("are read when every file is the one that was pinned", async () => {
    const release = await bundledModel("small", folder, pins).open();
    assert.equal(release.manifest.name, "small");
    assert.equal(release.sha256, releaseDigest(pins["small"]));
  });

  it("are refused when a byte of a file was changed, or a file is gone", async () => {
    const changed = Uint8Array.from(contents.get("report.json") as Uint8Array, (byte) => byte ^ 1);
    writeFileSync(join(folder, "small", "report.json"), changed);
    await assert.rejects(bundledModel("small", folder, pins).open(), {
      code: "hash-mismatch",
      message: /report\.json is not the file that was pinned/,
    });
    rmSync(join(folder, "small", "report.json"));
    await assert.rejects(bundledModel("small", folder, pins).open(), { code: "bundled-missing" });
  });

  it("are refused by a name that is not pinned, also one that leads elsewhere", () => {
    for (const name of ["other", "../small", "constructor", ""])
      assert.throws(() => bundledModel(name, folder, pins), { code: "bundled-unknown" });
  });

  it("are pinned as they ship", async () => {
    for (const name of Object.keys(PINS)) {
      const release = await bundledModel(name).open();
      assert.equal(release.manifest.name, name);
    }
    assert.ok(Object.hasOwn(PINS, DEFAULT_MODEL));
  });

  for (const precision of ["fp32", "int8"] as const) {
    it(`answer their golden samples in ${precision}, those with an id that is new to them too`, async () => {
      for (const [name, pinned] of Object.entries(PINS)) {
        const names = Object.keys(pinned);
        const whole = new Map(names.map((file) => [file, readFileSync(join(bundledFolder(), name, file))] as const));
        const release = assembleRelease(whole, precision);
        const slot = new ModelSlot(CONFIG, [new OnnxBackend()], systemClock);
        try {
          // Activating asks every golden sample.
          await slot.activate({ name, open: async () => release });
          assert.equal(slot.state.info?.backend.precision, precision);
          const judged = await Promise.all(release.golden.rows.map((row) => slot.infer(row, { why: false })));
          assert.ok(judged.every(({ label }) => label !== null));
          assert.ok(judged.some(({ unknown }) => unknown !== undefined));
          const labels = new Set(judged.map(({ label }) => label));
          assert.deepEqual(labels, new Set(release.manifest.labels.map((label) => label.name)));
        } finally {
          await slot.close();
        }
      }
    });
  }
});
