import { EdgeError } from "../errors";
import { measureOf, type Feature } from "./features";
import type { RegisterFormat } from "./modbus/registers";
import type { RunLimits } from "./run";

/** Where a channel's readings come from: messages on the wire, or the node's own subscription or poll. */
export type Source = "wire" | "opcua" | "modbus";

/**
 * What a channel's value is: its last reading; its reading at a moment, the nearest or on the line between two; or a feature
 * of its last stretch.
 */
export type Align = "hold" | "nearest" | "linear" | Feature;

/** One row of the channel table, checked. */
export interface ChannelSpec {
  readonly name: string;
  readonly source: Source;
  /** Topic, node id, property path or register address; `{asset}` may stand in it. Empty: the channel's name. */
  readonly match: string;
  /** How registers become a number; absent where readings are numbers already. */
  readonly register?: RegisterFormat;
  /** true and false count as 1 and 0; on any other channel they are bad. */
  readonly boolean: boolean;
  /** Reported value = raw × scale + offset. */
  readonly scale: number;
  readonly offset: number;
  readonly unit: string;
  /** Unit of raw × scale + offset, whatever the source says; empty: what the source says, else the channel's. */
  readonly sourceUnit: string;
  /** Plausible values of the channel, ends included, in the unit of its value; outside, it is bad. */
  readonly range: readonly [low: number, high: number];
  /** A reading older than this is stale. */
  readonly maxAgeMs: number;
  /** Without it, a sample is not usable. */
  readonly required: boolean;
  readonly acceptUncertain: boolean;
  /** Age counts from the source's own stamp, not from the arrival. */
  readonly trustStamps: boolean;
  readonly align: Align;
  /** For nearest and linear: the moment lies this long before the trigger. */
  readonly lagMs: number;
  /** For nearest and linear: readings further than this from the moment do not count. */
  readonly toleranceMs: number;
  /** Reported beside the held value as `<name>.<feature>`, over the last `windowMs`. */
  readonly features: readonly Feature[];
  readonly windowMs: number;
}

/** When a fused sample is made. */
export type Trigger = "scan" | "any" | "channel" | "periodic" | "run_end";

export interface FusionConfig {
  readonly channels: readonly ChannelSpec[];
  readonly trigger: Trigger;
  /** The channel whose readings make a sample, for the trigger "channel". */
  readonly triggerChannel: string;
  /** For the trigger "periodic". */
  readonly periodMs: number;
  /** The asset of readings and scans that do not tell theirs; empty: the device's only one. */
  readonly asset: string;
  readonly run: RunLimits;
}

/** A row with the editor's defaults for what it leaves out. */
export function channelSpec(row: Partial<ChannelSpec> & { name: string }): ChannelSpec {
  return {
    source: "wire",
    match: "",
    boolean: false,
    scale: 1,
    offset: 0,
    unit: "",
    sourceUnit: "",
    range: [-Infinity, Infinity],
    maxAgeMs: 2000,
    required: true,
    acceptUncertain: false,
    trustStamps: false,
    align: "hold",
    lagMs: 0,
    toleranceMs: 1000,
    features: [],
    windowMs: 1000,
    ...row,
  };
}

/** A table that cannot work is refused before anything runs. @throws EdgeError `channels` */
export function checkChannels(config: FusionConfig): void {
  if (config.channels.length === 0)
    throw new EdgeError("channels", "no channel is configured: a sample needs at least one");
  const names = new Set<string>();
  for (const { name, range } of config.channels) {
    if (names.has(name)) throw new EdgeError("channels", `two channels are called "${name}"`);
    names.add(name);
    if (range[0] >= range[1])
      throw new EdgeError("channels", `${name}: the range ends at ${range[1]}, before it begins at ${range[0]}`);
  }
  if (config.trigger === "channel" && !names.has(config.triggerChannel))
    throw new EdgeError("channels", `the trigger channel "${config.triggerChannel}" is not in the table`);
}

/** What a sample holds of these channels, with units and ranges: the channels' own values, and the features beside them. */
export function offersOf(
  channels: readonly ChannelSpec[],
): { name: string; unit: string; range?: readonly [low: number, high: number] }[] {
  return channels.flatMap(({ name, unit, range, align, features }) => [
    { name, unit: isFeature(align) ? measureOf(align).unitOf(unit) : unit, range },
    ...features.map(measureOf).map((measure) => ({ name: `${name}.${measure.key}`, unit: measure.unitOf(unit) })),
  ]);
}

/** True where the value is a feature of a window. */
export function isFeature(align: Align): align is Feature {
  return align !== "hold" && align !== "nearest" && align !== "linear";
}
