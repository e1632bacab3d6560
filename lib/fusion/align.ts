import { whole } from "../words";
import type { Window } from "./window";

/**
 * The value at `moment`: the nearest reading's, or on the straight line between its neighbours. Nothing is extrapolated:
 * where one side has no reading within `toleranceMs`, linear takes the other side's as it is.
 */
export function valueNear(window: Window, moment: number, toleranceMs: number, linear: boolean): number | string {
  const { before, after } = window.around(moment);
  const gapBefore = before ? moment - before.at : Infinity;
  const gapAfter = after ? after.at - moment : Infinity;
  const nearest = gapBefore <= gapAfter ? before : after;
  const gap = Math.min(gapBefore, gapAfter);
  if (!nearest || gap > toleranceMs) {
    const found = nearest ? `, the nearest is ${whole(gap)} ms away` : "";
    return `no reading within ${whole(toleranceMs)} ms of the sample's moment${found}`;
  }
  if (!linear || !before || !after || gapBefore > toleranceMs || gapAfter > toleranceMs) return nearest.value;
  return before.value + ((after.value - before.value) * gapBefore) / (gapBefore + gapAfter || 1);
}
