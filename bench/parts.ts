import type { Figure } from "./figures";

/** Measures the parts one after the other, never at once: each has the machine to itself. @param only undefined: all */
export async function runParts(
  parts: Readonly<Record<string, () => Promise<Figure[]>>>,
  only: ReadonlySet<string> | undefined,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [name, part] of Object.entries(parts)) {
    if (only && !only.has(name)) continue;
    console.error(`measuring ${name} …`);
    figures.push(...(await part()));
  }
  return figures;
}
