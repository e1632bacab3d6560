import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const HOUSE = pathToFileURL(join(__dirname, "..", "..", "..", "scripts", "house.mjs")).href;
describe("the rules of the house", () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), "ce-house-"))));
  afterEach(() => rmSync(dir, { recursive: true }));

  /** What is wrong with a house of these files. */
  const complaints = (files: Readonly<Record<string, string>>): string => {
    const all = { "docs/architecture.md": "  storage/   …\n  operation/  …\n", ...files };
    for (const [path, text] of Object.entries(all)) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), text);
    }
    const code = `import(${JSON.stringify(HOUSE)}).then(({ HANDWRITTEN, checkHouse }) => {
      for (const folder of [...HANDWRITTEN, "lib", "nodes"]) fs.mkdirSync(folder, { recursive: true });
      console.log(checkHouse().join("\\n"));
    })`;
    const { stdout, stderr } = spawnSync(process.execPath, ["-e", code], { cwd: dir, encoding: "utf8" });
    assert.equal(stderr, "");
    return stdout.trim();
  };

  it("let rooms and the ground's own files import what is ground", () => {
    const files = {
      "lib/storage/spool.ts": 'import "../operation/part";\nimport "../errors";',
      "lib/operation/part.ts": 'import "../errors";',
      "lib/errors.ts": "",
    };
    assert.equal(complaints(files), "");
  });

  it("let no folder that is ground import a room", () => {
    const files = { "lib/operation/part.ts": 'import "../storage/spool";', "lib/storage/spool.ts": "" };
    assert.match(complaints(files), /part\.ts imports \.\.\/storage\/spool: operation is ground and imports no room/);
  });

  it("let no file that people read grow past 400 lines, pages and dialogs included", () => {
    const long = "<p></p>\n".repeat(400);
    const files = { "flows/src/pages/line.vue": long, "resources/editor.js": "//\n".repeat(399) };
    assert.equal(complaints(files), "flows/src/pages/line.vue has 401 lines, limit 400");
  });

  it("name every folder of lib/, and list it for the reader", () => {
    const files = { "lib/attic/box.ts": "", "lib/plant/plant.ts": "" };
    assert.deepEqual(complaints(files).split("\n"), [
      "lib/attic is neither a room nor ground: name it in scripts/house.mjs",
      "lib/attic is not in the list of docs/architecture.md",
      "lib/plant is not in the list of docs/architecture.md",
    ]);
  });
});
