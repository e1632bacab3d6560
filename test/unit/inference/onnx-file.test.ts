import assert from "node:assert/strict";
import * as fc from "fast-check";
import { EdgeError } from "../../../lib/errors";
import { DEFAULT_LIMITS, inspectOnnx } from "../../../lib/inference/onnx-file";
import type { Manifest } from "../../../lib/messages";
import { manifest, modelSpec } from "../../support/model-fixture";
import { writeOnnx, type ModelSpec } from "../../support/onnx-writer";

const spec = modelSpec();
const good = writeOnnx(spec);
const refused = (change: Partial<ModelSpec>, code: string, saying: RegExp, m: Manifest = manifest()): void =>
  assert.throws(() => inspectOnnx(writeOnnx({ ...spec, ...change }), m), { code, message: saying });
/** The model with one operator more. */
const add = (op: string, domain?: string): Partial<ModelSpec> => ({
  nodes: [...spec.nodes, { op, inputs: ["logits"], outputs: ["x"], ...(domain === undefined ? {} : { domain }) }],
});
/** The model with one tensor more. */
const extra = (dims: number[], values: number[]): Partial<ModelSpec> => ({
  initializers: [...spec.initializers, { name: "extra", dims, dtype: "float32", values }],
});

describe("an ONNX file", () => {
  it("passes when it is one graph of standard operators with the manifest's inputs and outputs", () => {
    inspectOnnx(good, manifest());
  });

  it("is refused when it is truncated, at whatever byte", () => {
    for (let end = 0; end < good.length; end++) {
      // Cut behind its last field but one, the file lacks its operator set: that is another reason, not a pass.
      assert.throws(() => inspectOnnx(good.subarray(0, end), manifest()), EdgeError, `cut at ${end} of ${good.length}`);
    }
  });

  it("is refused when it is something else", () => {
    for (const foreign of [
      "",
      "<html>not found</html>",
      "\x89PNG\r\n\x1a\n",
      "{}",
      "version https://git-lfs.github.com/spec/v1\n",
    ]) {
      assert.throws(() => inspectOnnx(Buffer.from(foreign, "latin1"), manifest()), { code: "onnx-damaged" }, foreign);
    }
  });

  it("is refused when its weights lie in another file", () => {
    const [first, ...rest] = spec.initializers;
    refused(
      { initializers: [{ ...first, external: "../../../etc/passwd" }, ...rest] },
      "onnx-external-data",
      /"mean" lies in another file/,
    );
  });

  it("is refused with an operator of another domain, or one that could loop or ask for all memory", () => {
    refused(add("Inverse", "com.microsoft"), "onnx-operator", /com\.microsoft\.Inverse/);
    refused(add("Relu", "my.custom"), "onnx-operator", /my\.custom\.Relu/);
    for (const op of [
      "Loop",
      "If",
      "Scan",
      "ConstantOfShape",
      "Expand",
      "Tile",
      "Range",
      "RandomNormal",
      "NoSuchThing",
      "",
    ]) {
      refused(add(op), "onnx-operator", op === "" ? /without a name/ : new RegExp(op));
    }
  });

  it("is refused with a subgraph, functions of its own, or a second graph", () => {
    refused(
      { nodes: [{ ...spec.nodes[0], subgraph: true }, ...spec.nodes.slice(1)] },
      "onnx-damaged",
      /an attribute has the field 6/,
    );
    refused({ functions: ["Sub"] }, "onnx-operator", /1 functions of its own/);
    refused({ secondGraph: true }, "onnx-damaged", /field 7 twice/);
  });

  it("is refused when names, types or shapes are not those of the manifest", () => {
    const [sensors, product] = spec.inputs;
    refused(
      { inputs: [{ ...sensors, name: "x" }, product] },
      "onnx-interface",
      /inputs are x, product_id; model\.json says sensors, product_id/,
    );
    refused({ inputs: [sensors] }, "onnx-interface", /inputs are sensors;/);
    refused({ inputs: [{ ...sensors, dtype: "float64" }, product] }, "onnx-interface", /input sensors is float64/);
    refused({ inputs: [{ ...sensors, shape: [1, 2] }, product] }, "onnx-interface", /input sensors has shape \[1,2\]/);
    refused({ inputs: [sensors, { ...product, dtype: "string" }] }, "onnx-interface", /product_id is type 8/);
    refused({ outputs: [{ ...spec.outputs[0], name: "y" }] }, "onnx-interface", /outputs are y/);
    refused(
      { outputs: [...spec.outputs, { name: "hidden", dtype: "float32", shape: [null, 6] }] },
      "onnx-interface",
      /outputs are logits, hidden/,
    );
  });

  it("is refused with a label count that is not the manifest's", () => {
    refused(
      { outputs: [{ name: "logits", dtype: "float32", shape: [null, 5] }] },
      "onnx-interface",
      /shape \[null,5\], model\.json says \[null,3\]/,
    );
  });

  it("is refused with an operator set that the manifest does not state, or that is too old or too new", () => {
    refused({ opset: 19 }, "onnx-interface", /operator set 19, but model\.json says 20/);
    refused({ opset: 9 }, "onnx-interface", /operator set 9; 13 to 25/, manifest({ build: { opset: 9 } }));
    refused({ opset: 99 }, "onnx-interface", /operator set 99/, manifest({ build: { opset: 99 } }));
  });

  it("is refused beyond the limits on size, operators and rank, and with weights that do not fill their shape", () => {
    assert.throws(() => inspectOnnx(good, manifest(), { ...DEFAULT_LIMITS, maxBytes: 100 }), {
      code: "onnx-too-large",
      message: /limit 100/,
    });
    assert.throws(() => inspectOnnx(good, manifest(), { ...DEFAULT_LIMITS, maxNodes: 3 }), {
      code: "onnx-limit",
      message: /7 operators, limit 3/,
    });
    refused(extra([1, 1, 1, 1, 1, 1, 1], [1]), "onnx-limit", /7 dimensions, limit 6/);
    refused(extra([1 << 30, 1 << 30], [1]), "onnx-damaged", /impossible dimensions/);
    refused(extra([1000], [1]), "onnx-damaged", /holds 4 bytes for 1000 float32/);
  });

  it("never throws anything but an EdgeError, whatever bytes are changed", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        (changes) => {
          const bytes = Uint8Array.from(good);
          for (const [at, value] of changes) bytes[at] = value;
          try {
            inspectOnnx(bytes, manifest());
          } catch (error) {
            assert.ok(error instanceof EdgeError, String(error));
          }
        },
      ),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        assert.throws(() => inspectOnnx(bytes, manifest()), EdgeError);
      }),
    );
  });
});
