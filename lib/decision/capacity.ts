/** How many alarms are watched at once. Assets and labels are named by messages, so there must be an end to them. */
import type { Condition } from "./policy";
import type { AlarmState } from "./reducer";
import { VersionedMap } from "./versioned-map";

/** Open records and alarms that are delayed, on all assets of a device. */
export const MOST_ALARMS = 2_000;

export interface Admitted {
  readonly state: AlarmState;
  readonly conditions: readonly Condition[];
  /** Labels for which there is no room: their alarms would be beyond the limit. */
  readonly turnedAway: readonly string[];
}

/**
 * Makes room for the alarms that a sample's conditions would begin. Where the limit is reached, the delayed alarm that
 * began first gives way; an open record never does.
 */
export function admit(
  state: AlarmState,
  assetId: string,
  conditions: readonly Condition[],
  limit = MOST_ALARMS,
): Admitted {
  const watched = state.assets.get(assetId);
  let free = Infinity;
  let current = state;
  const turnedAway: string[] = [];
  for (const { label } of conditions) {
    if (watched?.has(label)) continue;
    if (free === Infinity) free = limit - count(state);
    if (free <= 0) {
      const roomier = withoutOldestDelayed(current, assetId);
      if (roomier) {
        current = roomier;
        free++;
      }
    }
    if (free <= 0) turnedAway.push(label);
    else free--;
  }
  const kept = turnedAway.length === 0 ? conditions : conditions.filter(({ label }) => !turnedAway.includes(label));
  return { state: current, conditions: kept, turnedAway };
}

function count({ assets }: AlarmState): number {
  let alarms = 0;
  for (const labels of assets.values()) alarms += labels.size;
  return alarms;
}

/** Maps keep the order in which assets came. */
function withoutOldestDelayed(state: AlarmState, except: string): AlarmState | undefined {
  for (const [id, labels] of state.assets) {
    if (id === except) continue;
    for (const alarm of labels.values()) {
      if (alarm.mer) continue;
      const rest = VersionedMap.from(labels).without(alarm.label);
      const assets = VersionedMap.from(state.assets);
      return { ...state, assets: rest.size > 0 ? assets.with(id, rest) : assets.without(id) };
    }
  }
  return undefined;
}
