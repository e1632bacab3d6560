/** How fast 100,000 runs come out of a bucket: to tensors, into a snapshot, from small segments, and after compacting. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { figure, type Figure } from "../figures";
import { Learning } from "./learning";

const RUNS = 100_000;
/** A device that alerts often, or is switched off often, seals after a few. */
const SMALL = 5;
const PLANT = { seed: 1, runs: RUNS, products: "seen", assets: 4 } as const;

export async function readingFigures(): Promise<Figure[]> {
  const learning = await Learning.start();
  const out = mkdtempSync(join(tmpdir(), "context-edge-bench-"));
  try {
    await learning.write("large", PLANT);
    const load = await learning.run(["bench/load.py", "--store", learning.url("large")]);
    const { rows, load_s: loadS, floor_s: floorS } = JSON.parse(load.stdout) as Record<string, number>;
    if (rows !== RUNS) throw new Error(`${rows} of ${RUNS} runs were read`);
    const large = await snapshot(learning, "large", out);

    await learning.write("small", PLANT, SMALL);
    const small = await snapshot(learning, "small", out);
    const compacting = await learning.run(["-m", "context_edge_trainer", "compact", "--store", learning.url("small")]);
    const compacted = await snapshot(learning, "small", out);
    return [
      figure("load_100k_s", loadS, "s", "≤ 5", { floor: floorS }),
      figure("snapshot_100k_s", large, "s", "≤ 10"),
      figure("snapshot_100k_small_s", small, "s", null),
      figure("compact_100k_small_s", compacting.seconds, "s", null),
      figure("snapshot_100k_compacted_s", compacted, "s", "≤ 5"),
    ];
  } finally {
    rmSync(out, { recursive: true, force: true });
    await learning.stop();
  }
}

/** Seconds of the command, the start of Python included. */
async function snapshot(learning: Learning, prefix: string, out: string): Promise<number> {
  const args = ["-m", "context_edge_trainer", "snapshot", "--store", learning.url(prefix), "--out", join(out, prefix)];
  return (await learning.run(args)).seconds;
}
