/**
 * The policy: from a sample to what is said of it, as a pure function of prediction, limits and settings. What comes of
 * that (delay, repeat, shelving) is the business of the alarms.
 */
import type { Effect, Finding, LabelSpec, LimitExcess, Prediction, Severity, Stratum, Unusable } from "../messages";
import type { LabelBook } from "./labels";
import { isLimitLabel, limitLabel, type Level, type LimitHit, type LimitInput, type LimitTable } from "./limits";

export interface PolicySettings {
  /** A label counts above this confidence (0 to 1), not at it. */
  readonly threshold: number;
  /** A fault that is active no longer holds below this confidence: the deadband, at most `threshold`. */
  readonly releaseBelow: number;
}

/** A sample as the policy sees it. */
export interface PolicyInput extends LimitInput {
  readonly prediction: Prediction | undefined;
  readonly unusable: Unusable | undefined;
}

/** What the model says, whatever the limits say. */
export type Said = "alert" | "review" | "normal" | "unjudged";

/** One alarm condition that a sample meets: a fault of the model, or the limits of one channel. */
export interface Condition {
  readonly label: string;
  readonly source: "model" | "limit";
  readonly severity: Severity;
  readonly action: string;
  readonly confidence: number | null;
  readonly limits: readonly LimitExcess[];
  readonly why?: readonly Effect[];
}

export interface Judgement {
  readonly said: Said;
  readonly stratum: Stratum;
  readonly reasons: string[];
  /** Everything that was exceeded; of a channel, every limit. */
  readonly findings: readonly Finding[];
  readonly conditions: readonly Condition[];
}

const NONE: readonly Condition[] = [];
const NOTHING_FOUND: readonly Finding[] = [];
const RANK: Readonly<Record<Severity, number>> = { low: 0, medium: 1, high: 2, critical: 3 };

/** True when `a` is the more severe. */
export function isWorse(a: Severity, b: Severity): boolean {
  return RANK[a] > RANK[b];
}

export function judge(input: PolicyInput, settings: PolicySettings, labels: LabelBook, limits: LimitTable): Judgement {
  const reasons: string[] = [];
  const { prediction } = input;
  let said: Said = "unjudged";
  let conditions = NONE;
  let findings = NOTHING_FOUND;
  if (prediction === undefined || prediction.label === null || prediction.confidence === null) {
    reasons.push(whyUnjudged(input));
  } else {
    const spec = labels.spec(prediction.label);
    said = saidOf(spec, prediction.confidence, settings.threshold);
    reasons.push(`${spec.name} at ${round(prediction.confidence)}, threshold ${settings.threshold}`);
    if (said === "alert") {
      conditions = [modelCondition(spec, prediction)];
      findings = [modelFinding(spec, prediction.confidence, settings.threshold)];
    }
  }
  const hits = limits.check(input, (reason) => reasons.push(reason));
  if (hits.length > 0) {
    conditions = [...conditions, ...limitConditions(hits, reasons)];
    findings = [...findings, ...hits.map(limitFinding)];
  }
  const stratum = said === "alert" ? "alert_model" : hits.length > 0 ? "alert_limit" : said;
  return { said, stratum, reasons, findings, conditions };
}

/**
 * How an alarm that is being watched stands with a sample that does not meet its condition. A sample that says nothing
 * of it (no prediction, a channel that is not good) is "unknown": it neither raises nor clears.
 */
export function levelOf(label: string, input: PolicyInput, settings: PolicySettings, limits: LimitTable): Level {
  if (isLimitLabel(label)) return limits.level(label, input);
  const { prediction } = input;
  if (!prediction || prediction.label === null || prediction.confidence === null) return "unknown";
  const own = prediction.label === label ? prediction.confidence : 0;
  const p = prediction.probabilities?.[label] ?? own;
  return p >= settings.releaseBelow ? "hold" : "off";
}

function saidOf(spec: LabelSpec, confidence: number, threshold: number): Said {
  if (!(confidence > threshold)) return "review";
  return spec.kind === "normal" ? "normal" : "alert";
}

function whyUnjudged({ prediction, unusable }: PolicyInput): string {
  if (unusable) return `not judged: ${unusable.code}: ${unusable.reason}`;
  if (prediction?.fault) return `not judged: ${prediction.fault.code}: ${prediction.fault.message}`;
  return "not judged: no prediction";
}

function modelCondition(spec: LabelSpec, { confidence, why }: Prediction): Condition {
  const { name: label, severity, action } = spec;
  const condition = { label, source: "model", severity, action, confidence, limits: [] } as const;
  return why === undefined ? condition : { ...condition, why };
}

function modelFinding({ name: label, severity }: LabelSpec, value: number, limit: number): Finding {
  return { kind: "model", label, value, limit, severity };
}

function limitFinding({ row: { channel, severity }, excess: { value, limit } }: LimitHit): Finding {
  return { kind: "limit", label: limitLabel(channel), channel, value, limit, severity };
}

/** Rows of one channel make one condition: that of the worst row which is exceeded, with its limit. */
function limitConditions(hits: readonly LimitHit[], reasons: string[]): Condition[] {
  const byLabel = new Map<string, Condition>();
  for (const { row, excess } of hits) {
    const named = typeof row.value === "string" ? ` (${row.value})` : "";
    reasons.push(`${row.channel} ${round(excess.value)} ${row.operator} ${excess.limit}${named}: ${row.severity}`);
    const label = limitLabel(row.channel);
    const before = byLabel.get(label);
    if (before && !isWorse(row.severity, before.severity)) continue;
    const { severity, action } = row;
    byLabel.set(label, { label, source: "limit", severity, action, confidence: null, limits: [excess] });
  }
  return [...byLabel.values()];
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
