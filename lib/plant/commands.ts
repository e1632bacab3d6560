import { EdgeError } from "../errors";
import { isRecord } from "../path";
import { MECHANISMS, mechanismsOf, STATES, type FaultState, type MechanismName } from "./physics";

/** What a rig can be made to show: a state by its label, one cause of `other`, or a temperature beyond the critical limit. */
export const INJECTABLE = [...STATES, "cooling_loss", "loose_mount", "over_temperature"] as const;
export type Injectable = (typeof INJECTABLE)[number];

/** Seconds that an injected fault holds when nobody says otherwise. */
export const DEFAULT_DURATION_S = 20;
const DEFAULT_SEVERITY = 0.8;

export type PlantCommand =
  | {
      readonly name: "inject";
      readonly state: Injectable;
      readonly asset: string | undefined;
      readonly severity: number;
      readonly durationS: number;
    }
  | { readonly name: "clear"; readonly asset: string | undefined }
  | { readonly name: "new_product"; readonly asset: string | undefined }
  | { readonly name: "drift"; readonly asset: string | undefined; readonly scale: number; readonly overS: number };

/**
 * A command to the plant, as it comes from a message or a control line:
 * `{name: "inject", state, asset?, severity? (0.05 to 2), duration_s?}`, `{name: "clear", asset?}`,
 * `{name: "new_product", asset?}`, `{name: "drift", asset?, scale?, over_s?}`. Without `asset`, inject means the first
 * asset and the others mean all.
 * @throws EdgeError `plant-command`
 */
export function parsePlantCommand(raw: unknown): PlantCommand {
  if (!isRecord(raw)) throw new EdgeError("plant-command", "a command must be an object with a name");
  const asset = raw["asset"];
  if (asset !== undefined && typeof asset !== "string") throw new EdgeError("plant-command", "asset must be a text");
  switch (raw["name"]) {
    case "inject":
      return {
        name: "inject",
        state: injectable(raw["state"]),
        asset,
        severity: numberIn(raw, "severity", DEFAULT_SEVERITY, 0.05, 2),
        durationS: numberIn(raw, "duration_s", DEFAULT_DURATION_S, 0.1, 86_400),
      };
    case "clear":
      return { name: "clear", asset };
    case "new_product":
      return { name: "new_product", asset };
    case "drift":
      return {
        name: "drift",
        asset,
        scale: numberIn(raw, "scale", 1, -10, 10),
        overS: numberIn(raw, "over_s", 60, 0, 10_000_000),
      };
    default:
      throw new EdgeError(
        "plant-command",
        `"${String(raw["name"])}" is not a command: inject, clear, new_product, drift`,
      );
  }
}

/** The cause behind a state that was asked for; the first one where a state has several. */
export function mechanismFor(state: Exclude<Injectable, "normal" | "over_temperature">): MechanismName {
  return state in MECHANISMS ? (state as MechanismName) : (mechanismsOf(state as FaultState)[0] as MechanismName);
}

function injectable(value: unknown): Injectable {
  const found = INJECTABLE.find((state) => state === value);
  if (found === undefined) {
    throw new EdgeError("plant-command", `"${String(value)}" cannot be injected: ${INJECTABLE.join(", ")}`);
  }
  return found;
}

function numberIn(raw: Record<string, unknown>, name: string, fallback: number, min: number, max: number): number {
  const value = raw[name] ?? fallback;
  if (typeof value !== "number" || !(value >= min && value <= max)) {
    throw new EdgeError("plant-command", `${name} is ${JSON.stringify(value)}, must be a number from ${min} to ${max}`);
  }
  return value;
}
