/** What `run` makes of the plant's runs in a bucket: how long it takes, and what the model is worth. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { figure, type Figure } from "../figures";
import { Learning } from "./learning";

/** 100,000 runs to learn from, then products and test rigs that training leaves out: as scripts/train-model.mjs has them. */
const PLANT = [
  { seed: 1, runs: 100_000, products: "seen", assets: 4 },
  { seed: 2, runs: 20_000, products: "new", assets: 4 },
  { seed: 3, runs: 15_000, products: "seen", assets: 6 },
] as const;
const STAGES = ["snapshot", "train", "evaluate", "export"] as const;

export async function pipelineFigures(): Promise<Figure[]> {
  const learning = await Learning.start();
  const out = mkdtempSync(join(tmpdir(), "context-edge-bench-"));
  try {
    for (const runs of PLANT) await learning.write("plant", runs); // oxlint-disable-line no-await-in-loop
    const seconds: Record<string, number> = {};
    for (const stage of STAGES) {
      const store = stage === "train" || stage === "export" ? [] : ["--store", learning.url("plant")];
      // oxlint-disable-next-line no-await-in-loop
      const { seconds: took } = await learning.run(["-m", "context_edge_trainer", stage, ...store, "--out", out]);
      seconds[stage] = took;
    }
    const report = JSON.parse(readFileSync(join(out, "report.json"), "utf8"));
    return [
      figure("train_100k_min", (seconds.train ?? Number.NaN) / 60, "min", "≤ 10"),
      ...STAGES.map((stage) => figure(`${stage}_s`, seconds[stage] ?? Number.NaN, "s", null)),
      ...worth(report),
    ];
  } finally {
    rmSync(out, { recursive: true, force: true });
    await learning.stop();
  }
}
