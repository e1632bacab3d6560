/** A vision model through the same export: what INT8 is worth where the fault model is too small to gain. */
import type { Figure } from "../figures";
import { trainerRun } from "./learning";
import { sizes, type Exported } from "./pipeline";

export async function resnetFigures(): Promise<Figure[]> {
  const { stdout } = await trainerRun(["bench/resnet.py", "--rows", "200"]);
  const { fp32, int8 } = JSON.parse(stdout) as Record<"fp32" | "int8", Exported>;
  return [...sizes("resnet50_fp32", fp32), ...sizes("resnet50_int8", int8)];
}
