import assert from "node:assert/strict";
import { AssetTable, type Asset } from "../../lib/assets";
import type { EdgeMessage } from "../../lib/messages";

const asset = (id: string, ...readers: string[]): Asset => ({ id, line: "line-1", station: `at-${id}`, readers });
const TWO = new AssetTable([asset("press-1", "gate"), asset("press-2", "camera", "handheld")]);

describe("the asset of a message", () => {
  it("is told by the reader, else the context, else the topic, else there being one only", () => {
    const all = { reader: "gate", contextAsset: "press-9", topic: "press-2" };
    assert.equal(TWO.resolve(all)?.id, "press-1");
    assert.deepEqual(TWO.resolve({ ...all, reader: "unknown" }), { id: "press-9", line: "", station: "" });
    assert.equal(TWO.resolve({ ...all, reader: undefined, contextAsset: "press-1" })?.station, "at-press-1");
    assert.equal(TWO.resolve({ topic: "press-2" })?.id, "press-2");
    assert.equal(TWO.resolve({ topic: "press-9" }), undefined, "a topic that is no asset is only a topic");
    assert.equal(TWO.resolve({}), undefined);
    assert.equal(new AssetTable([asset("press-1")]).resolve({ topic: "press-9" })?.id, "press-1");
    assert.equal(new AssetTable([]).resolve({ topic: "press-9" }), undefined);
  });

  it("is the one it carries before all that", () => {
    const message = { topic: "press-2", scan: { reader: "camera" }, context: { asset_id: "press-2" } } as unknown;
    assert.equal(TWO.of({ ...(message as EdgeMessage), asset: "press-1" as never })?.station, "at-press-1");
    assert.equal(TWO.of(message as EdgeMessage)?.id, "press-2");
    for (const wrong of [7, null, [], {}, { id: "" }, ""])
      assert.equal(TWO.of({ asset: wrong as never, topic: "press-1" })?.id, "press-1");
    assert.equal(TWO.of({ scan: null as never, context: 3 as never, topic: 7 }), undefined);
  });
});

describe("a table of assets", () => {
  const refused: readonly [string, readonly Asset[], RegExp][] = [
    ["no id", [asset(" ")], /an asset has no id/],
    ["an asset twice", [asset("a"), asset("b"), asset("a")], /"a" is declared twice/],
    [
      "a reader at two assets",
      [asset("a", "r1"), asset("b", "r1")],
      /reader "r1" stands at "a" and at "b".*asset_id of the context/,
    ],
    ["a reader twice", [asset("a", "r1", "r1")], /reader "r1" is named twice at "a"/],
    ["a reader called like another asset", [asset("a", "b"), asset("b")], /"b" is an asset and also a reader at "a"/],
    ["a cycle", [asset("a", "b"), asset("b", "a")], /in a cycle: "b" → "a" → "b"/],
    ["a longer cycle", [asset("a", "b"), asset("b", "c"), asset("c", "a")], /cycle: "b" → "a" → "c" → "b"/],
  ];
  for (const [what, assets, words] of refused)
    it(`with ${what} is refused, with the names`, () => {
      assert.throws(
        () => new AssetTable(assets),
        (error: Error & { code: string }) => error.code === "assets" && words.test(error.message),
      );
    });

  it("may call a reader like its own asset", () => {
    assert.equal(new AssetTable([asset("a", "a"), asset("b")]).resolve({ reader: "a" })?.id, "a");
  });
});
