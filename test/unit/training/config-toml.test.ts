import assert from "node:assert/strict";
import { configToml, type TrainerConfig } from "../../../lib/training/config-toml";

const config = (more: Partial<TrainerConfig> = {}): TrainerConfig => ({
  model: "pumps",
  channels: [{ name: "pressure", unit: "bar", range: [0, 16] }],
  ids: ["product"],
  numeric: [],
  labels: [
    { name: "normal", kind: "normal", severity: "low", action: "None." },
    { name: "cavitation", kind: "fault", severity: "high", action: "Check the suction side." },
  ],
  gates: {},
  simulated: false,
  modes: [],
  group: [],
  allow: [],
  deny: [],
  ...more,
});

describe("the trainer's configuration", () => {
  it("says what the flow has, in one document", () => {
    const text = configToml(
      config({
        channels: [
          { name: "pressure", unit: "bar", range: [0, 16], reference: "normal.pressure", fill: 0 },
          { name: "flow.rms", unit: "l/min", range: [0, Infinity] },
        ],
        numeric: ["age_days", "hours"],
        gates: { accuracy: 0.9, min_rows: 10 },
        group: ["context.batch"],
        epochs: 20,
      }),
    );
    assert.equal(
      text,
      `[model]
name = "pumps"

[[channels]]
name = "pressure"
unit = "bar"
range = [0, 16]
reference = "normal.pressure"
fill = 0

[[channels]]
name = "flow.rms"
unit = "l/min"

[[ids]]
input = "product"
field = "product"

[[numeric]]
input = "numbers"
fields = ["age_days", "hours"]

[[labels]]
name = "normal"
kind = "normal"
severity = "low"
action = "None."

[[labels]]
name = "cavitation"
kind = "fault"
severity = "high"
action = "Check the suction side."

[folds]
group = ["context.batch"]

[training]
epochs = 20

[gates]
accuracy = 0.9
min_rows = 10
`,
    );
  });

  it("escapes what a text may not hold", () => {
    const label = { name: 'a"b\\c\nd\u007f', kind: "fault", severity: "high", action: "\u0001é\ud800" } as const;
    const text = configToml(config({ labels: [...config().labels.slice(0, 1), label] }));
    assert.ok(text.includes('name = "a\\"b\\\\c\\u000ad\\u007f"'), text);
    assert.ok(text.includes('action = "\\u0001é\ufffd"'), text);
  });

  it("names inputs so that a graph can have them, each once", () => {
    const text = configToml(config({ ids: ["normal.a", "normal_a", "sensors", "9x", "numbers"] }));
    const names = [...text.matchAll(/^input = "(.*)"$/gm)].map(([, name]) => name);
    assert.deepEqual(names, ["normal_a", "normal_a_2", "sensors_2", "_9x", "numbers_2"]);
  });

  for (const [what, more, words] of [
    ["no channel", { channels: [] }, /no channel is known/],
    [
      "a channel twice",
      { channels: [...config().channels, ...config().channels] },
      /channel pressure stands there twice/,
    ],
    ["a field as name and as number", { numeric: ["product"] }, /context field product stands there twice/],
    ["one label", { labels: config().labels.slice(0, 1) }, /1 labels: a model tells at least two apart/],
    [
      "no normal",
      { labels: config().labels.map((each) => ({ ...each, kind: "fault" as const })) },
      /0 labels are of the kind normal/,
    ],
    [
      "a range beyond all measure",
      { channels: [{ name: "p", unit: "", range: [0, 1e13] }] },
      /p: 10000000000000 is beyond/,
    ],
    ["a name no key can have", { model: "Pumps 1" }, /"Pumps 1" must be/],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(() => configToml(config(more)), {
        code: "training-config",
        message: words,
      });
    });
  }
});
