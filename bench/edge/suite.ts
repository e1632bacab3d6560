import type { Figure } from "../figures";
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
export async function edge(only: ReadonlySet<string> | undefined): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [name, part] of Object.entries(PARTS)) {
    if (only && !only.has(name)) continue;
    console.error(`measuring ${name} …`);
    figures.push(...(await part()));
  }
  return figures;
}
