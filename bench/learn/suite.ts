import type { Figure } from "../figures";
import { runParts } from "../parts";
import { pipelineFigures } from "./pipeline";
import { readingFigures } from "./reading";
import { resnetFigures } from "./resnet";

/** One line for each part of the measurement, in a file of its own beside this one. */
const PARTS: Record<string, () => Promise<Figure[]>> = {
  reading: readingFigures,
  pipeline: pipelineFigures,
  resnet: resnetFigures,
};

/** The figures of learning from 100,000 runs in a real S3 server, or of the named parts alone. */
export function learn(only: ReadonlySet<string> | undefined): Promise<Figure[]> {
  return runParts(PARTS, only);
}
