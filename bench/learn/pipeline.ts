/** What the stages of `run` make of the plant's runs in a bucket: how long they take, and what the model is worth. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bestPossible } from "../../lib/plant/bayes";
import { productsOf } from "../../lib/plant/ldos";
import { Random } from "../../lib/plant/random";
import { figure, type Figure } from "../figures";
import { FAULT_SHARE, Learning } from "./learning";

/** 100,000 runs to learn from, then products and test rigs that training leaves out: as scripts/train-model.mjs has them. */
const PLANT = [
  { seed: 1, runs: 100_000, products: "seen", assets: 4 },
  { seed: 2, runs: 20_000, products: "new", assets: 4 },
  { seed: 3, runs: 15_000, products: "seen", assets: 6 },
] as const;
const STAGES = ["snapshot", "train", "evaluate", "export"] as const;
const READS_STORE: ReadonlySet<string> = new Set(["snapshot", "evaluate"]);

/** What is read of report.json; the trainer's report.py says how it comes to be. */
interface Report {
  readonly metrics: {
    readonly test: { readonly with_context: { readonly figures: Measures } };
    readonly context_gain: Measures;
    readonly unseen: { readonly product: { readonly reference_gain: Measures } };
  };
  readonly export: {
    readonly fp32: Exported & { largest_difference: number };
    readonly int8: Exported & { accuracy_drop: number };
  };
}
type Measures = Readonly<Record<string, Measure>>;
interface Measure {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}
export interface Exported {
  readonly bytes: number;
  readonly latency_ms: { readonly p50: number; readonly p99: number };
}

export async function pipelineFigures(): Promise<Figure[]> {
  const learning = await Learning.start();
  const out = mkdtempSync(join(tmpdir(), "context-edge-bench-"));
  try {
    for (const runs of PLANT) await learning.write("plant", runs); // oxlint-disable-line no-await-in-loop
    const seconds: Record<string, number> = {};
    for (const stage of STAGES) {
      const store = READS_STORE.has(stage) ? ["--store", learning.url("plant")] : [];
      // oxlint-disable-next-line no-await-in-loop
      seconds[stage] = (await learning.run(["-m", "context_edge_trainer", stage, ...store, "--out", out])).seconds;
    }
    const report = JSON.parse(readFileSync(join(out, "report.json"), "utf8")) as Report;
    return [
      figure("train_100k_min", seconds.train / 60, "min", "≤ 10"),
      ...STAGES.filter((stage) => stage !== "train").map((stage) => figure(`${stage}_s`, seconds[stage], "s", null)),
      ...worth(report),
      figure("bayes_accuracy", ceiling(), "share", null),
      ...exported(report.export),
    ];
  } finally {
    rmSync(out, { recursive: true, force: true });
    await learning.stop();
  }
}

function worth({ metrics }: Report): Figure[] {
  const { accuracy, fpr, macro_f1: macroF1, alert_calibration_gap: gap } = metrics.test.with_context.figures;
  return [
    measured("accuracy", accuracy, "≥ 0.92"),
    measured("fpr", fpr, "≤ 0.05"),
    measured("macro_f1", macroF1, null),
    measured("alert_calibration_gap", gap, "≤ 0.05"),
    measured("context_macro_f1_gain", metrics.context_gain.macro_f1, "≥ 0.05"),
    measured("unseen_product_gain", metrics.unseen.product.reference_gain.macro_f1, "≥ 0.05"),
  ];
}

function measured(name: string, measure: Measure | undefined, goal: Parameters<typeof figure>[3]): Figure {
  if (!measure) throw new Error(`the report has no ${name}`);
  const { value, low, high } = measure;
  return figure(name, value, "share", goal, { low, high });
}

/** Accuracy of Bayes' rule with the plant's own parameters, on the products that training has seen. */
function ceiling(): number {
  const how = { knowledge: "product, recipe and asset", runs: 100_000, faultShare: FAULT_SHARE } as const;
  return bestPossible(new Random(1, "bayes"), { ...how, products: productsOf("seen") }).accuracy;
}

function exported({ fp32, int8 }: Report["export"]): Figure[] {
  return [
    figure("onnx_max_abs_diff", fp32.largest_difference, "logit", "≤ 0.00001"),
    figure("int8_accuracy_drop", int8.accuracy_drop, "share", "≤ 0.01"),
    ...sizes("fp32", fp32),
    ...sizes("int8", int8),
  ];
}

/** Bytes and CPU latency of one row, by ONNX Runtime with one thread. */
export function sizes(name: string, { bytes, latency_ms: latency }: Exported): Figure[] {
  return [
    figure(`${name}_bytes`, bytes, "bytes", null),
    figure(`${name}_p50_ms`, latency.p50, "ms", null),
    figure(`${name}_p99_ms`, latency.p99, "ms", null),
  ];
}
