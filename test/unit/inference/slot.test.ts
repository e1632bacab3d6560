import assert from "node:assert/strict";
import { systemClock } from "../../../lib/clock";
import { DEFAULT_LOAD } from "../../../lib/inference/backend";
import { OnnxBackend } from "../../../lib/inference/onnx-backend";
import { ModelSlot, type SlotConfig } from "../../../lib/inference/slot";
import { answer, manifest, sample, source } from "../../support/model-fixture";

const config: SlotConfig = { backend: "auto", allowFallback: false, load: DEFAULT_LOAD, queueLimit: 1000 };

describe("a model slot with the real ONNX Runtime", () => {
  const open: ModelSlot[] = [];
  const slot = (changes: Partial<SlotConfig> = {}): ModelSlot => {
    const made = new ModelSlot({ ...config, ...changes }, [new OnnxBackend()], systemClock);
    open.push(made);
    return made;
  };
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()));
  });

  for (const placement of ["auto", "in-process", "worker"] as const) {
    it(`judges a sample as the trained model does (${placement})`, async () => {
      const s = slot({ load: { ...DEFAULT_LOAD, placement } });
      await s.activate(source());
      const prediction = await s.infer(sample, { why: false });
      const expected = answer(1, 40, 1);
      for (const [label, p] of Object.entries(expected))
        assert.ok(Math.abs((prediction.probabilities?.[label] ?? NaN) - p) < 1e-5, label);
      assert.equal(prediction.label, Object.entries(expected).toSorted((a, b) => b[1] - a[1])[0]?.[0]);
      assert.equal(prediction.backend?.kind, "onnx");
      assert.equal(s.state.info?.placement, placement === "worker" ? "worker" : "in-process");
    });
  }
  it("says that it has no model", async () => {
    const prediction = await slot().infer(sample, { why: false });
    assert.equal(prediction.label, null);
    assert.equal(prediction.fault?.code, "no-model");
  });
  void manifest;
});
