/**
 * Limits guard whatever the model says, and without one: a row compares a channel of good quality with a number, or with
 * the number at a path of the scanned context. A row that cannot be compared does not guard, and that is said.
 */
import { systemClock, type Clock } from "../clock";
import type { ChannelState, Context, LimitExcess, SensorData, Severity } from "../messages";
import { numberAt, valueAt } from "../path";
import { Unguarded, type Gap } from "./unguarded";

export const OPERATORS = [">", ">=", "<", "<="] as const;
export type Operator = (typeof OPERATORS)[number];

export interface LimitRow {
  readonly channel: string;
  readonly operator: Operator;
  /** A number in the channel's unit, or a path in the context ("thresholds.temp_critical"). */
  readonly value: number | string;
  readonly severity: Severity;
  readonly action: string;
  /** In the channel's unit: how far back the value must be before the limit no longer holds. */
  readonly deadband: number;
}

/** What a limit reads; `channels` and `sensorData` as they stand on a fused sample. */
export interface LimitInput {
  readonly sensorData: SensorData;
  readonly channels: Readonly<Record<string, ChannelState>>;
  readonly context: Context | undefined;
  /** The id of the asset; limits that do not guard are told apart by it. */
  readonly asset?: string;
}

/** on: exceeded · hold: within the deadband · off: clearly inside · unknown: could not be compared. */
export type Level = "on" | "hold" | "off" | "unknown";

export interface LimitHit {
  readonly row: LimitRow;
  readonly excess: LimitExcess;
}

/** The rows of a fresh node: what a context of the simulated plant, and most recipes, carry. */
export const PRESET_LIMITS: readonly LimitRow[] = [
  row("temperature", "thresholds.temp_warning", "medium", "Check cooling and load at the next stop.", 2),
  row("temperature", "thresholds.temp_critical", "critical", "Stop the asset safely and check for overheating.", 2),
  row("vibration_x", "thresholds.vibration_max", "high", "Check bearing and mounting.", 0.2),
  row("vibration_y", "thresholds.vibration_max", "high", "Check bearing and mounting.", 0.2),
];

function row(channel: string, value: string, severity: Severity, action: string, deadband: number): LimitRow {
  return { channel, operator: ">", value, severity, action, deadband };
}

/** The label of the alarm that limits on a channel raise: one per channel, whichever of its rows is exceeded. */
export function limitLabel(channel: string): string {
  return `limit:${channel}`;
}

const PREFIX = "limit:";

export class LimitTable {
  readonly unguarded: Unguarded;

  constructor(
    readonly rows: readonly LimitRow[],
    clock: Pick<Clock, "monotonic"> = systemClock,
  ) {
    this.unguarded = new Unguarded(clock);
  }

  /**
   * The rows that a sample exceeds, in the order of the table.
   * @param say called once for each row that begins not to guard, or for another reason, with the reason
   */
  check(input: LimitInput, say: (reason: string) => void): LimitHit[] {
    let hits: LimitHit[] | undefined;
    const { asset = "" } = input;
    for (const limitRow of this.rows) {
      const limit = limitOf(limitRow, input.context);
      const value = goodValue(limitRow.channel, input);
      if (limit === undefined || value === undefined) {
        const gap = limit === undefined ? noLimit(limitRow, input.context) : noValue(limitRow.channel, input);
        if (this.unguarded.note(asset, limitRow, gap))
          say(`limit ${limitRow.channel} ${limitRow.operator} ${limitRow.value} is not guarded: ${gap.reason}`);
        continue;
      }
      this.unguarded.guarded(asset, limitRow);
      if (exceeds(value, limitRow.operator, limit))
        (hits ??= []).push({ row: limitRow, excess: { channel: limitRow.channel, value, limit } });
    }
    return hits ?? NO_HITS;
  }

  /** How the alarm of a channel's limits stands with a sample: the highest level of its rows. */
  level(label: string, input: LimitInput): Level {
    const channel = label.slice(PREFIX.length);
    const value = goodValue(channel, input);
    let level: Level = "unknown";
    if (value === undefined) return level;
    for (const limitRow of this.rows) {
      const limit = limitRow.channel === channel ? limitOf(limitRow, input.context) : undefined;
      if (limit === undefined) continue;
      if (exceeds(value, limitRow.operator, limit)) return "on";
      const released = limitRow.operator.startsWith(">") ? limit - limitRow.deadband : limit + limitRow.deadband;
      if (exceeds(value, limitRow.operator, released)) level = "hold";
      else if (level === "unknown") level = "off";
    }
    return level;
  }
}

const NO_HITS: LimitHit[] = [];

export function isLimitLabel(label: string): boolean {
  return label.startsWith(PREFIX);
}

function noLimit(limitRow: LimitRow, context: Context | undefined): Gap {
  if (context === undefined) return gapOf("no context");
  const found = valueAt(context, String(limitRow.value));
  return gapOf(
    found === undefined ? `no ${limitRow.value} in the context` : `${limitRow.value} in the context is not a number`,
  );
}

function noValue(channel: string, { channels }: LimitInput): Gap {
  const state = stateOf(channel, channels);
  if (state === undefined) return gapOf(`no channel ${channel} in the sample`);
  const what = state.quality === "good" ? `${channel} has no value` : `${channel} is ${state.quality}`;
  // "pressure is bad: its unit is …" stands behind a colon already.
  const reason = state.reason?.replace(/: (.*)$/s, " ($1)") ?? what;
  return { what: channel, reason, state: what };
}

function gapOf(reason: string): Gap {
  return { what: reason, reason, state: reason };
}

function limitOf(limitRow: LimitRow, context: Context | undefined): number | undefined {
  return typeof limitRow.value === "number" ? limitRow.value : numberAt(context, limitRow.value);
}

/** A window feature ("vibration_x.rms") is as good as the channel it was computed from. */
function stateOf(channel: string, channels: Readonly<Record<string, ChannelState>>): ChannelState | undefined {
  if (Object.hasOwn(channels, channel)) return channels[channel];
  const dot = channel.lastIndexOf(".");
  const base = channel.slice(0, dot);
  return dot > 0 && Object.hasOwn(channels, base) ? channels[base] : undefined;
}

function goodValue(channel: string, input: LimitInput): number | undefined {
  if (stateOf(channel, input.channels)?.quality !== "good") return undefined;
  const value = input.sensorData[channel];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

const EXCEEDS: Readonly<Record<Operator, (value: number, limit: number) => boolean>> = {
  ">": (value, limit) => value > limit,
  ">=": (value, limit) => value >= limit,
  "<": (value, limit) => value < limit,
  "<=": (value, limit) => value <= limit,
};

function exceeds(value: number, operator: Operator, limit: number): boolean {
  return EXCEEDS[operator](value, limit);
}
