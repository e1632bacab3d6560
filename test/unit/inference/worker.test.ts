import assert from "node:assert/strict";
import { feedLayout } from "../../../lib/inference/feeds";
import { OnnxThread } from "../../../lib/inference/onnx-thread";
import { manifest, release } from "../../support/model-fixture";

const layout = feedLayout(manifest());
const spec = { onnx: release().onnx, threads: 1, layout, output: "logits" };

describe("a session in a worker thread", () => {
  it("says what the runtime says of a file that it refuses", async () => {
    await assert.rejects(OnnxThread.start({ ...spec, onnx: Uint8Array.of(1, 2, 3) }), {
      code: "runtime",
      message: /ONNX Runtime refuses the model/,
    });
  });

  it("is given up when it does not answer in time", async () => {
    await assert.rejects(OnnxThread.start(spec, 1), { code: "model-lost", message: /did not answer for 1 ms/ });
  });
});
