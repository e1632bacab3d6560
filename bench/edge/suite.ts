import type { Figure } from "../figures";
import { runParts } from "../parts";
import { chainFigures } from "./chain";
import { lookupFigures } from "./lookup";
import { memoryFigures } from "./memory";
import { spoolFigures } from "./spool";

const PARTS: Record<string, () => Promise<Figure[]>> = {
  lookup: lookupFigures,
  spool: spoolFigures,
  chain: chainFigures,
  memory: memoryFigures,
};

/** The figures of the edge loop, or of the named parts alone. */
export function edge(only: ReadonlySet<string> | undefined): Promise<Figure[]> {
  return runParts(PARTS, only);
}
