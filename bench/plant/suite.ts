import type { Figure } from "../figures";
import { runParts } from "../parts";
import { assetsFigures } from "./assets";
import { deployFigures } from "./deploys";
import { modbusFigures } from "./modbus";
import { opcuaFigures } from "./opcua";

/** One line for each part of the measurement, in a file of its own beside this one. */
const PARTS: Record<string, () => Promise<Figure[]>> = {
  assets: assetsFigures,
  deploys: deployFigures,
  modbus: modbusFigures,
  opcua: opcuaFigures,
};

/** The figures of a plant (assets, peers that fail, deploys), or of the named parts alone. */
export function plant(only: ReadonlySet<string> | undefined): Promise<Figure[]> {
  return runParts(PARTS, only);
}
