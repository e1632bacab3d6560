// The figures in docs/model.md come from models/motor-faults/report.json, never from a hand:
//   node scripts/model-doc.mjs [--check]
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const BEGIN = "<!-- figures: written by scripts/model-doc.mjs -->";
const END = "<!-- end of figures -->";
const LABELS = ["normal", "bearing_wear", "belt_slippage", "motor_overload", "other"];

const percent = (number, digits = 1) => (100 * number).toFixed(digits);
const count = (number) => number.toLocaleString("en");
const cell = ({ value, low, high }, digits) =>
  value === null ? "–" : `${percent(value, digits)} (${percent(low, digits)}–${percent(high, digits)})`;

function measuredRow(name, { figures }) {
  const recalls = LABELS.map((label) => percent(figures[`recall.${label}`].value));
  return [
    name,
    cell(figures.accuracy),
    cell(figures.fpr, 2),
    cell(figures.fpr_likeliest),
    cell(figures.macro_f1),
    ...recalls,
  ];
}

function ceilingRow(name, best) {
  const recalls = LABELS.map((label) => percent(best.recall[label]));
  return [name, percent(best.accuracy), "–", percent(best.falseAlarmRate), percent(best.macroF1), ...recalls];
}

const line = (cells) => `| ${cells.join(" | ")} |`;

function table(rows) {
  const head = [
    "%",
    "accuracy",
    "FPR",
    "FPR, likeliest",
    "macro-F1",
    ...LABELS.map((label) => `recall ${label.replace("_", " ")}`),
  ];
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "--:"))), ...rows.map(line)].join("\n");
}

/** The part of docs/model.md between the two marks. */
function figuresOf(report) {
  const { test, unseen, context_gain: gain } = report.metrics;
  const best = (products, knowledge) =>
    report.best_possible.find((b) => b.products === products && b.knowledge === knowledge);
  const known = "product, recipe and asset";
  const { rows, labels, groups } = report.data;
  const counted = LABELS.map((label) => `${count(labels.test[label])} ${label.replace("_", " ")}`).join(", ");
  const points = ({ value, low, high }) => `${percent(value)} points (${percent(low)} to ${percent(high)})`;
  const { bytes, largest_difference: difference, rows_compared: compared } = report.export;
  const exactness =
    difference === 0 ? "answers exactly as the network does" : `differs from the network by at most ${difference}`;
  return `Version ${report.version}, made ${report.created_at.slice(0, 10)}: ${count(rows.train)} runs to train on, ${count(rows.validation)} to validate,
${count(rows.test)} to test (${counted}), in ${count(groups)} batches.

**Products that training has seen** (test fold)

${table([
  measuredRow("with context", test.with_context),
  measuredRow("ids, but no references", test.without_references),
  measuredRow("without context", test.without_context),
  ceilingRow("*best possible, with context*", best("seen", known)),
  ceilingRow("*best possible, without*", best("seen", "readings alone")),
])}

Context is worth ${points(gain.accuracy)} of accuracy and ${points(gain.macro_f1)} of macro-F1.

**Products that no model has seen** (${count(unseen.product.with_context.rows)} runs of two products)

${table([
  measuredRow("with references", unseen.product.with_context),
  measuredRow("without references", unseen.product.without_references),
  measuredRow("without context", unseen.product.without_context),
  ceilingRow("*best possible, with context*", best("new", known)),
])}

References are worth ${points(unseen.product.reference_gain.accuracy)} of accuracy and ${points(unseen.product.reference_gain.macro_f1)} of macro-F1.

**Test rigs that no model has seen** (${count(unseen.asset_id.with_context.rows)} runs on two rigs)

${table([
  measuredRow("with context", unseen.asset_id.with_context),
  measuredRow("without context", unseen.asset_id.without_context),
])}

Where the model alerts, what it says and how often it is right differ by ${percent(Math.abs(test.with_context.figures.alert_calibration_gap.value), 2)} points
(alert precision ${cell(test.with_context.figures.alert_precision)} %).
The ONNX file has ${count(bytes)} bytes and ${exactness}, on ${count(compared)} rows.`;
}

function rendered(root) {
  const file = join(root, "docs", "model.md");
  const text = readFileSync(file, "utf8");
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`docs/model.md has lost the marks "${BEGIN}" and "${END}"`);
  const report = JSON.parse(readFileSync(join(root, "models", "motor-faults", "report.json"), "utf8"));
  return { file, text, wanted: `${text.slice(0, from)}${BEGIN}\n\n${figuresOf(report)}\n\n${text.slice(to)}` };
}

export function writeModelDoc(root) {
  const { file, wanted } = rendered(root);
  writeFileSync(file, wanted);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = join(dirname(fileURLToPath(import.meta.url)), "..");
  const { text, wanted } = rendered(root);
  if (!process.argv.includes("--check")) writeModelDoc(root);
  else if (text !== wanted) {
    console.error(
      "docs/model.md does not say what models/motor-faults/report.json says: run `node scripts/model-doc.mjs`",
    );
    process.exitCode = 1;
  }
}
