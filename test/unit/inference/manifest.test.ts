import assert from "node:assert/strict";
import * as fc from "fast-check";
import { EdgeError } from "../../../lib/errors";
import { parseGolden, parseManifest } from "../../../lib/inference/manifest";
import type { Manifest } from "../../../lib/messages";
import { golden, manifest } from "../../support/model-fixture";

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const refused = (value: unknown, saying: RegExp): void =>
  assert.throws(() => parseManifest(bytes(value)), { code: "manifest-invalid", message: saying });

describe("a release manifest", () => {
  const good = manifest();

  it("is taken as it stands when it is consistent", () => {
    assert.deepEqual(parseManifest(bytes(good)), good);
  });

  const wrong: [string, Partial<Manifest>, RegExp][] = [
    [
      "labels that the output does not have",
      { output: { name: "logits", shape: [null, 5] } },
      /3 labels need output shape/,
    ],
    ["a bias too few", { calibration: { fp32: { temperature: 1, bias: [0, 0] } } }, /2 biases for 3 labels/],
    ["a temperature of zero", { calibration: { fp32: { temperature: 0, bias: [0, 0, 0] } } }, /temperature/],
    [
      "channels that the sensors input does not have",
      { inputs: { ...good.inputs, sensors: { dtype: "float32", shape: [null, 4] } } },
      /2 channels, but inputs.sensors has shape \[null,4\]/,
    ],
    ["a channel twice", { channels: [good.channels[0], good.channels[0]] }, /"temperature" stands there twice/],
    [
      "an empty range",
      { channels: [{ ...good.channels[0], range: [5, 5] }, good.channels[1]] },
      /range 5 to 5 is empty/,
    ],
    [
      "a range that 32 bits do not hold",
      { channels: [{ ...good.channels[0], range: [0, 1e300] }, good.channels[1]] },
      /1e\+300 is too large/,
    ],
    [
      "two products on one embedding row",
      { ids: [{ ...good.ids[0], vocabulary: { A: 1, B: 1 } }] },
      /two values share row 1/,
    ],
    ["a product on row 0, which is UNK", { ids: [{ ...good.ids[0], vocabulary: { A: 0 } }] }, /vocabulary/],
    ["a negative row", { ids: [{ ...good.ids[0], vocabulary: { A: -1 } }] }, /vocabulary/],
    [
      "ids without their input",
      { ids: [...good.ids, { input: "recipe_id", field: "recipe", vocabulary: {} }] },
      /inputs has no recipe_id/,
    ],
    ["an input that nothing feeds", { ids: [] }, /nothing feeds the input product_id/],
    ["two sources for an input", { ids: [good.ids[0], good.ids[0]] }, /product_id has two sources/],
    [
      "a fixed batch",
      { inputs: { ...good.inputs, product_id: { dtype: "int64", shape: [1] } } },
      /must be int64 \[null\]/,
    ],
    ["ids as floats", { inputs: { ...good.inputs, product_id: { dtype: "float32", shape: [null] } } }, /must be int64/],
    ["a file elsewhere", { files: { ...good.files, fp32: "../../etc/passwd" } }, /not a plain file name/],
    ["a name that cannot be a key", { name: "../other" }, /cannot stand in an object key/],
    ["an int8 file without its calibration", { files: { ...good.files, int8: "model.int8.onnx" } }, /come together/],
    ["another schema", { schema: "model/2" as "model/1" }, /schema/],
  ];
  for (const [what, change, saying] of wrong) {
    it(`is refused with ${what}`, () => refused({ ...good, ...change }, saying));
  }

  it("is refused when it is not JSON, not UTF-8 or far too large", () => {
    assert.throws(() => parseManifest(new TextEncoder().encode("{")), { code: "manifest-invalid" });
    assert.throws(() => parseManifest(Uint8Array.of(0xff, 0xfe)), { code: "manifest-invalid" });
    assert.throws(() => parseManifest(new Uint8Array(9 * 1024 * 1024)), { code: "manifest-invalid", message: /limit/ });
  });

  it("throws nothing but an EdgeError, whatever is done to its text", () => {
    const text = JSON.stringify(good);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.nat(12), fc.string({ maxLength: 8 }), (at, cut, put) => {
        try {
          parseManifest(new TextEncoder().encode(text.slice(0, at) + put + text.slice(at + cut)));
        } catch (error) {
          assert.ok(error instanceof EdgeError, String(error));
        }
      }),
    );
  });

  it("throws nothing but an EdgeError, whatever one of its values is", () => {
    const keys = Object.keys(good);
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.jsonValue(), (key, value) => {
        try {
          parseManifest(bytes({ ...good, [key]: value }));
        } catch (error) {
          assert.ok(error instanceof EdgeError, String(error));
        }
      }),
    );
  });
});

describe("golden samples", () => {
  const good = golden();
  const refuse = (change: object, saying: RegExp): void => {
    const changed = { ...good, rows: [{ ...good.rows[0], ...change }] };
    assert.throws(() => parseGolden(bytes(changed), manifest()), { code: "golden-invalid", message: saying });
  };

  it("are taken when they are ones of the manifest", () => {
    assert.equal(parseGolden(bytes(good), manifest()).rows.length, 3);
  });

  it("are refused with a label missing, a channel missing, or probabilities that are none", () => {
    refuse({ probabilities: { Normal: 1 } }, /row 1 has not the labels/);
    refuse({ int8: { Normal: 1 } }, /row 1 has not the labels/);
    refuse({ sensor_data: { current: 40 } }, /row 1 has no temperature/);
    refuse({ probabilities: { Normal: 0.2, "Bearing Wear": 0.2, "Motor Overload": 0.2 } }, /sum to 0\.6/);
  });

  it("are refused with a tolerance that would let another model pass", () => {
    assert.throws(() => parseGolden(bytes({ ...good, tolerance: 0.5 }), manifest()), {
      code: "golden-invalid",
      message: /tolerance 0\.5/,
    });
    assert.throws(() => parseGolden(bytes({ ...good, int8_tolerance: 0.2 }), manifest()), {
      code: "golden-invalid",
      message: /int8_tolerance 0\.2, limit 0\.1/,
    });
    assert.throws(() => parseGolden(bytes({ ...good, rows: [] }), manifest()), { code: "golden-invalid" });
  });
});
