import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import * as fc from "fast-check";
import { configToml, type TrainerConfig } from "../../lib/training/config-toml";

const ROOT = join(__dirname, "..", "..");

/** What the trainer has understood of each document. */
const READ = `
import json, sys, tomllib
from context_edge_trainer.config_file import parse_config
for text in json.load(sys.stdin):
    c = parse_config(tomllib.loads(text))
    print(json.dumps({
        "model": c.name,
        "channels": [{"name": each.name, "unit": each.unit, "range": each.range, "reference": each.reference, "fill": each.fill} for each in c.channels],
        "ids": [each.field for each in c.ids],
        "numeric": [path for each in c.numeric for path in each.fields],
        "labels": [{"name": each.name, "kind": each.kind, "severity": each.severity, "action": each.action} for each in c.labels],
        "allow": c.leakage.allow, "deny": c.leakage.deny, "group": c.folds.group, "simulated": c.data.simulated,
        "epochs": c.training.epochs, "accuracy": c.gates.accuracy, "min_rows": c.gates.min_rows,
    }))
`;

/** Texts as plants and attackers write them; the trainer refuses empty ones. */
const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 30, unit: "binary" }),
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.constantFrom('"', "\\", '"""', "a\nb", "\u0000\u001f\u007f", "\ud800", "]\n[model]", "é°C", "👍", " x ", "= #"),
);
/** No two alike, and none that a context path of the answer would be. */
const texts = (least: number, most: number) =>
  fc.uniqueArray(
    text.filter((each) => each.trim() !== "" && !each.includes("ground_truth")),
    { minLength: least, maxLength: most, selector: (each) => Buffer.from(each, "utf8").toString("utf8") },
  );
const number = fc.double({ min: -1e12, max: 1e12, noNaN: true });

const config: fc.Arbitrary<TrainerConfig> = fc
  .record({
    model: fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,20}$/),
    channels: texts(1, 6),
    bounds: fc.tuple(number, number),
    fields: texts(0, 8),
    labels: texts(2, 6),
    lists: texts(0, 3),
    accuracy: fc.double({ min: 0, max: 1, noNaN: true }),
    epochs: fc.integer({ min: 1, max: 10_000 }),
    simulated: fc.boolean(),
  })
  .map(({ model, channels, bounds: [a, b], fields, labels, lists, accuracy, epochs, simulated }) => ({
    model,
    channels: channels.map((name, i) => ({
      name,
      unit: i === 0 ? "" : name,
      range: i === 1 && a < b ? [a, b] : [a, Infinity],
      reference: i === 2 ? name : undefined,
      fill: i === 2 ? a : undefined,
    })),
    ids: fields.slice(0, 4),
    numeric: fields.slice(4),
    labels: labels.map((name, i) => ({
      name,
      kind: i === 0 ? ("normal" as const) : ("fault" as const),
      severity: "high" as const,
      action: name,
    })),
    gates: { accuracy, min_rows: epochs },
    simulated,
    modes: [],
    group: lists,
    allow: lists,
    deny: [],
    epochs,
  }));

/** Half a surrogate pair cannot be written in UTF-8. */
function whole(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replace(/\\ud[89a-f][0-9a-f]{2}/g, "\ufffd"));
}

describe("the trainer's configuration, read by the trainer", function () {
  this.timeout(120_000);

  it("says the same to both, whatever the flow's names are", () => {
    const python = execFileSync(process.execPath, [join(ROOT, "scripts", "trainer-env.mjs")], {
      encoding: "utf8",
    }).trim();
    const configs = fc.sample(config, { numRuns: 300, seed: 11 });
    const input = JSON.stringify(configs.map(configToml));
    const output = execFileSync(python, ["-c", READ], { cwd: join(ROOT, "trainer"), input, encoding: "utf8" });
    const read = output
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.equal(read.length, configs.length);
    configs.forEach(({ model, channels, ids, numeric, labels, group, gates, allow, deny, simulated, epochs }, i) => {
      assert.deepEqual(
        read[i],
        whole({
          model,
          ids,
          numeric,
          labels,
          allow,
          deny,
          simulated,
          epochs,
          channels: channels.map(({ range, reference, fill, ...more }) => ({
            ...more,
            range: range?.every(Number.isFinite) ? range : null,
            reference: reference ?? null,
            fill: fill ?? null,
          })),
          group: group.length > 0 ? group : ["context.batch", "scan.gs1.batch"],
          ...gates,
        }),
      );
    });
  });
});
