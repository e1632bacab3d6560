import assert from "node:assert/strict";
import { runInNewContext } from "node:vm";
import { source } from "../../../flows/src/files";

interface Words {
  toneOfRun(run: object): { word: string };
  linkOf(run: object): string;
}

describe("the words of the page Training", () => {
  const text = source("pages", "training-words.js").replace("export default", "(");
  const words = runInNewContext(text.replace(/;\s*$/, ")")) as Words;

  const asked = (phase: string): string => words.toneOfRun({ phase, stopping: "kim" }).word;

  it("say how a run ended, whether it was asked to stop or not", () => {
    assert.deepEqual(["running", "dispatched", "requested"].map(asked), ["stopping", "stopping", "stopping"]);
    assert.deepEqual(["done", "failed", "stopped", "already"].map(asked), [
      "candidate ready",
      "failed",
      "stopped",
      "trained elsewhere",
    ]);
  });

  it("lead to a run at https alone", () => {
    assert.equal(
      words.linkOf({ url: "https://github.com/plant/models/runs/1" }),
      "https://github.com/plant/models/runs/1",
    );
    for (const url of ["javascript:alert(1)", "http://github.com", " https://x", undefined]) {
      assert.equal(words.linkOf({ url }), "");
    }
  });
});
