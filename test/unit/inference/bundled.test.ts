import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundledModel, DEFAULT_MODEL, PINS, type Pins } from "../../../lib/inference/bundled";
import { releaseDigest } from "../../../lib/release/digest";
import { sha256 } from "../../../lib/storage/hash";
import { files } from "../../support/model-fixture";

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
});
