import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Homes } from "../../../lib/storage/homes";
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

  it("is another installation of the same device on another board, once, and says so", () => {
    const first = openDataDir(dir, undefined);
    const bound = openDataDir(dir, "board-1");
    assert.deepEqual(bound, { ...first, board: "board-1" }, "an older folder learns its board");
    assert.deepEqual(openDataDir(dir, undefined), bound, "a container that is not shown the serial changes nothing");
    const moved = openDataDir(dir, "board-2");
    assert.equal(moved.moved, true);
    assert.equal(moved.device, first.device);
    assert.notEqual(moved.installId, first.installId);
    assert.deepEqual({ ...openDataDir(dir, "board-2"), moved: true }, moved);
    assert.deepEqual(readdirSync(dir), ["identity.json"]);
  });

  it("two folders with one device id in one process know of each other", () => {
    const homes = new Homes();
    assert.equal(homes.enter("edge-1", "/a"), undefined);
    assert.equal(homes.enter("edge-1", "/a"), undefined);
    assert.equal(homes.enter("edge-1", "/b"), "/a");
    assert.equal(homes.enter("edge-2", "/c"), undefined);
    homes.leave("edge-1", "/a");
    assert.equal(homes.enter("edge-1", "/b"), "/a");
    homes.leave("edge-1", "/a");
    assert.equal(homes.enter("edge-1", "/b"), undefined);
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
