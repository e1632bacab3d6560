import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import manifest from "../../../package.json";

const TYPES = Object.keys(manifest["node-red"].nodes);
const FLOW_NODES = TYPES.filter((type) => dialogOf(type).includes("paletteLabel"));

function dialogOf(type: string): string {
  return readFileSync(`nodes/${type}/${type}.html`, "utf8");
}

describe("what the editor calls a node", () => {
  it("is told of every node of the palette", () => {
    assert.deepEqual(
      FLOW_NODES,
      TYPES.filter((type) => !/category: "config"/.test(dialogOf(type))),
    );
  });

  for (const type of FLOW_NODES) {
    it(`is its type, in the palette and on the sheet: ${type}`, () => {
      const name = type.replace("context-edge-", "");
      assert.match(dialogOf(type), new RegExp(`paletteLabel: "${name}"`));
      const file = readFileSync(`nodes/${type}/locales/en-US/${type}.json`, "utf8");
      const words = JSON.parse(file) as Record<string, { label: string }>;
      assert.equal(words[type]?.label, name);
    });
  }

  it("is what the help texts call it too", () => {
    for (const type of TYPES) {
      const help = readFileSync(`nodes/${type}/locales/en-US/${type}.html`, "utf8");
      assert.doesNotMatch(help, /\*(fuse|infer|qr context|ldo emit)\*/, type);
    }
  });
});

describe("a table in a dialog", () => {
  for (const type of TYPES.filter((each) => dialogOf(each).includes("ContextEdge.table("))) {
    it(`has a caption over each of its columns: ${type}`, () => {
      const table = dialogOf(type).split("ContextEdge.table(")[1]?.split("ContextEdge.tableRows")[0] ?? "";
      const columns = table.match(/\bname: "|column\("/g) ?? [];
      const captions = table.match(/caption: true/g) ?? [];
      const shared = /const column = [^;]*caption: true/.test(dialogOf(type));
      assert.ok(columns.length > 1);
      assert.ok(shared || captions.length === columns.length, `${captions.length} of ${columns.length}`);
    });
  }
});
