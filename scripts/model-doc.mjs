// The figures of the bundled model in docs/model.md and README.md come from models/motor-faults/report.json, never from a hand:
//   node scripts/model-doc.mjs [--check]
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const BEGIN = "<!-- figures: written by scripts/model-doc.mjs -->";
const END = "<!-- end of figures -->";
const KNOWN = "product, recipe and asset";
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
  const best = (products, knowledge) => ceiling(report, products, knowledge);
  const { rows, labels, groups } = report.data;
  const batches = Object.values(groups).reduce((sum, found) => sum + found, 0);
  const counted = LABELS.map((label) => `${count(labels.test[label])} ${label.replace("_", " ")}`).join(", ");
  const points = ({ value, low, high }) => `${percent(value)} points (${percent(low)} to ${percent(high)})`;
  return `Version ${report.version}, made ${report.created_at.slice(0, 10)}: ${count(rows.train)} runs to train on, ${count(rows.validation)} to validate,
${count(rows.test)} to test (${counted}), in ${count(batches)} batches.

**Products that training has seen** (test fold)

${table([
  measuredRow("with context", test.with_context),
  measuredRow("ids, but no references", test.without_references),
  measuredRow("without context", test.without_context),
  ceilingRow("*best possible, with context*", best("seen", KNOWN)),
  ceilingRow("*best possible, without*", best("seen", "readings alone")),
])}

Context is worth ${points(gain.accuracy)} of accuracy and ${points(gain.macro_f1)} of macro-F1.

**Products that no model has seen** (${count(unseen.product.with_context.rows)} runs of two products)

${table([
  measuredRow("with references", unseen.product.with_context),
  measuredRow("without references", unseen.product.without_references),
  measuredRow("without context", unseen.product.without_context),
  ceilingRow("*best possible, with context*", best("new", KNOWN)),
])}

References are worth ${points(unseen.product.reference_gain.accuracy)} of accuracy and ${points(unseen.product.reference_gain.macro_f1)} of macro-F1.

**Test rigs that no model has seen** (${count(unseen.asset_id.with_context.rows)} runs on two rigs)

${table([
  measuredRow("with context", unseen.asset_id.with_context),
  measuredRow("without context", unseen.asset_id.without_context),
])}

Where the model alerts, what it says and how often it is right differ by ${percent(Math.abs(test.with_context.figures.alert_calibration_gap.value), 2)} points
(alert precision ${cell(test.with_context.figures.alert_precision)} %).

**Files**

${filesTable(report.export)}

${exactness(report.export.fp32)} INT8 agrees with it on ${percent(report.export.int8.agreement, 2)} % of ${count(report.export.int8.rows_compared)} test
runs; its scales were found on ${count(report.export.int8.calibration_rows)} training runs. Latencies are of one run, by ONNX Runtime on one thread of the
machine that trained: a network this small has nothing to gain from 8 bits on a processor; a vision model has its size to gain.

**Gates**

${gatesTable(report.gates)}`;
}

const ceiling = (report, products, knowledge) =>
  report.best_possible.find((b) => b.products === products && b.knowledge === knowledge);

function exactness({ largest_difference: difference, rows_compared: compared }) {
  const how =
    difference === 0 ? "exactly as the network does" : `as the network does but for ${difference.toExponential(1)}`;
  return `The FP32 file answers ${how}, on ${count(compared)} runs.`;
}

const ms = (value) => (value === undefined ? "–" : value.toFixed(3));

function fileRow(name, { bytes, latency_ms: latency }, lost) {
  return line([name, count(bytes), ms(latency?.p50), ms(latency?.p99), lost]);
}

function filesTable({ fp32, int8 }) {
  return [
    line(["file", "bytes", "ms, p50", "ms, p99", "accuracy lost, points"]),
    line(["---", "--:", "--:", "--:", "--:"]),
    fileRow("`model.onnx`", fp32, "–"),
    fileRow("`model.int8.onnx`", int8, percent(int8.accuracy_drop, 2).replace("-", "−")),
  ].join("\n");
}

const SENSE = { ">": ">", ">=": "≥", "<": "<", "<=": "≤" };
const shown = (value) => (value === null ? "–" : `${Number(value.toPrecision(3))}`.replace("-", "−"));

function gatesTable(gates) {
  const rows = gates.map(({ name, value, sense, bound, n, result }) =>
    line([name.replace("_", " "), shown(value), `${SENSE[sense]} ${bound}`, count(n), result]),
  );
  return [line(["gate", "value", "bound", "runs", ""]), line(["---", "--:", "--:", "--:", "---"]), ...rows].join("\n");
}

function summaryRow(name, { figures }) {
  return line([name, cell(figures.accuracy), cell(figures.fpr, 2), cell(figures.macro_f1)]);
}

/** The part of README.md between the two marks. */
function summaryOf(report) {
  const { test, unseen } = report.metrics;
  const [known, blind] = [ceiling(report, "seen", KNOWN), ceiling(report, "seen", "readings alone")];
  const pair = (figure) => `*${percent(known[figure])} / ${percent(blind[figure])}*`;
  const overloads = (name) => percent(test[name].figures["recall.motor_overload"].value);
  return `${[
    line(["", "accuracy", "false alarms (alert above 0.8)", "macro-F1"]),
    line(["---", "--:", "--:", "--:"]),
    summaryRow("with context", test.with_context),
    summaryRow("without context", test.without_context),
    line(["*the best possible, with context / without*", pair("accuracy"), "–", pair("macroF1")]),
    summaryRow("products it has never seen, with references", unseen.product.with_context),
    summaryRow("products it has never seen, without references", unseen.product.without_references),
  ].join("\n")}

Without context the model finds ${overloads("without_context")} % of the overloads, with context ${overloads("with_context")} %: the same reading is normal for
one product and a fault for another.`;
}

const PAGES = { "docs/model.md": figuresOf, "README.md": summaryOf };

function rendered(root, page) {
  const file = join(root, page);
  const text = readFileSync(file, "utf8");
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${page} has lost the marks "${BEGIN}" and "${END}"`);
  const report = JSON.parse(readFileSync(join(root, "models", "motor-faults", "report.json"), "utf8"));
  const wanted = `${text.slice(0, from)}${BEGIN}\n\n${PAGES[page](report)}\n\n${text.slice(to)}`;
  return { file, text, wanted };
}

export function writeModelDoc(root) {
  for (const page of Object.keys(PAGES)) {
    const { file, wanted } = rendered(root, page);
    writeFileSync(file, wanted);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = join(dirname(fileURLToPath(import.meta.url)), "..");
  if (!process.argv.includes("--check")) writeModelDoc(root);
  else {
    for (const page of Object.keys(PAGES)) {
      const { text, wanted } = rendered(root, page);
      if (text === wanted) continue;
      console.error(
        `${page} does not say what models/motor-faults/report.json says: run \`node scripts/model-doc.mjs\``,
      );
      process.exitCode = 1;
    }
  }
}
