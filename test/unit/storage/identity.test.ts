import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { openDataDir, type Identity } from "../../../lib/storage/identity";

const run = promisify(execFile);

describe("identity of a data directory", () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), "ce-identity-"))));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it("is born once, and kept", () => {
    const data = join(dir, "deep", "data");
    const first = openDataDir(data);
    assert.match(first.device, /^edge-[0-9a-f]{8}$/);
    assert.deepEqual(openDataDir(data), first);
    assert.deepEqual(readdirSync(data), ["identity.json"]);
  });

  it("is one, though several processes start at once", async () => {
    const module = require.resolve("../../../lib/storage/identity");
    const code = `console.log(JSON.stringify(require(${JSON.stringify(module)}).openDataDir(${JSON.stringify(dir)})))`;
    const births = await Promise.all(
      Array.from({ length: 4 }, () => run(process.execPath, ["--import=tsx", "-e", code], { cwd: process.cwd() })),
    );
    const found = births.map(({ stdout }) => (JSON.parse(stdout) as Identity).installId);
    assert.deepEqual(new Set(found), new Set([openDataDir(dir).installId]));
    assert.deepEqual(readdirSync(dir), ["identity.json"]);
  });

  it("that is damaged is refused, never replaced", () => {
    for (const text of ["{", "[]", '{"device":"Not Safe","installId":"x"}', '{"device":"edge-1"}']) {
      writeFileSync(join(dir, "identity.json"), text);
      assert.throws(() => openDataDir(dir), {
        code: "identity",
        message: /identity\.json .* — restore it, or delete it/,
      });
    }
  });

  it("a folder that cannot be one is said with the way out", () => {
    writeFileSync(join(dir, "file"), "");
    assert.throws(() => openDataDir(join(dir, "file", "data")), { code: "data-dir", message: /choose another/ });
  });
});
