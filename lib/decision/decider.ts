/**
 * From a message with a fused sample to its decision. Synchronous, and for a sample that concerns no alarm a few
 * microseconds: it stands in the path of every scan. Only a transition of an alarm answers with something to wait for.
 */
import type { AssetTable } from "../assets";
import { EdgeError } from "../errors";
import type { AssetRef, Decision, EdgeMessage, Finding, Fusion, LabelSpec, Mode, Review } from "../messages";
import { isRecord } from "../path";
import type { AlarmBook, Desk, Settled } from "./book";
import { MOST_ALARMS } from "./capacity";
import { draw, type DrawSettings } from "./evaluation";
import { LabelBook } from "./labels";
import { LimitTable, type LimitRow } from "./limits";
import { judge, levelOf, type Judgement, type PolicyInput, type PolicySettings } from "./policy";
import type { ConditionVerdict } from "./reducer";
import { UNASSIGNED } from "./unguarded";

export interface DeciderSettings {
  readonly policy: PolicySettings;
  readonly draw: DrawSettings;
  readonly limits: readonly LimitRow[];
  /** The label that means normal where the model declares no labels. */
  readonly normalLabel: string;
  readonly mode: Mode;
  /** The device's line, for an asset that names none. */
  readonly line: string;
  readonly assets: AssetTable;
}

export interface Decided {
  readonly decision: Decision;
  /** For output 2. */
  readonly review: Review | undefined;
  /** For output 1, once it is stored; never rejects. */
  readonly settled: Promise<Settled> | undefined;
  /** An alarm that is not kept, because too many are: to be told once the sample is sent on. */
  readonly failure: EdgeError | undefined;
}

/** Ids of the samples judged last, this many at least: one that comes over two wires must not count twice towards N of M. */
const REMEMBERED = 512;

/** What weighs most when several alarms meet in one sample. */
const WEIGHT: Readonly<Record<string, number>> = { alert: 3, repeat: 2, delayed: 1, shelved: 0 };

export class Decider {
  readonly limits: LimitTable;
  /** Samples that were judged before, and messages without a sample. */
  readonly counts = { judged: 0, duplicates: 0, notices: 0 };
  private labels: LabelBook;
  /** Two generations: to take the oldest id out of one set, V8 would walk over all that were taken out before. */
  private seen = new Set<string>();
  private seenBefore = new Set<string>();

  constructor(
    private readonly settings: DeciderSettings,
    private readonly book: AlarmBook,
    private readonly desk: Desk,
    private readonly declared: () => readonly LabelSpec[] | undefined,
  ) {
    this.limits = new LimitTable(settings.limits);
    this.labels = new LabelBook(declared(), settings.normalLabel);
  }

  /**
   * Judges a message's sample; undefined for a message that has none (a notice) or whose sample was judged before.
   * @throws EdgeError `sample-invalid`
   */
  decide(message: EdgeMessage): Decided | undefined {
    const { fusion } = message;
    if (fusion === undefined || fusion === null) {
      this.counts.notices++;
      return undefined;
    }
    checkFusion(fusion);
    checkPrediction(message.prediction);
    if (this.isRepeated(fusion.id)) return undefined;
    const asset = this.assetOf(message);
    const input = inputOf(message, fusion, asset.id);
    const judgement = judge(input, this.settings.policy, this.currentLabels(), this.limits);
    const ldoId = `LDO-${fusion.id}`;
    const drawn = draw(fusion.id, judgement.stratum, this.settings.draw);
    const evaluation = drawn && { stratum: drawn.stratum, probability: drawn.probability };
    let decision: Decision;
    let settled: Promise<Settled> | undefined;
    let failure: EdgeError | undefined;
    if (judgement.conditions.length === 0 && !this.book.watches(asset.id)) {
      const outcome = judgement.said === "alert" ? "unjudged" : judgement.said;
      decision = { outcome, reasons: judgement.reasons, ...foundBy(judgement), evaluation };
    } else {
      const taken = this.book.take(this.desk, {
        kind: "sample",
        asset,
        fusionId: fusion.id,
        ldoId,
        conditions: judgement.conditions,
        levelOf: (label) => levelOf(label, input, this.settings.policy, this.limits),
      });
      settled = taken.settled;
      failure = tooManyAlarms(asset.id, taken.turnedAway);
      if (failure) judgement.reasons.push(failure.message);
      decision = { ...this.outcomeOf(judgement, taken.verdicts), evaluation };
    }
    this.counts.judged++;
    return { decision, review: reviewOf(fusion.id, ldoId, judgement, drawn), settled, failure };
  }

  private outcomeOf(judgement: Judgement, verdicts: readonly ConditionVerdict[]): Omit<Decision, "evaluation"> {
    const { said, reasons } = judgement;
    let strongest: ConditionVerdict | undefined;
    for (const verdict of verdicts) {
      if (verdict.reason !== undefined) reasons.push(`${verdict.label}: ${verdict.reason}`);
      if (!strongest || weightOf(verdict) > weightOf(strongest)) strongest = verdict;
    }
    // "alert" would point to a record.
    if (!strongest) return { outcome: said === "alert" ? "unjudged" : said, reasons, ...foundBy(judgement) };
    if (strongest.verdict === "alert" && this.settings.mode !== "live")
      reasons.push(`${this.settings.mode}: nothing is raised`);
    return {
      outcome: strongest.verdict,
      reasons,
      ...foundBy(judgement),
      ...(strongest.episode !== undefined && { episode_id: strongest.episode }),
      // What is only tried leaves no record that an object could point to.
      ...(strongest.merId !== undefined && this.settings.mode === "live" && { mer_id: strongest.merId }),
    };
  }

  private isRepeated(fusionId: string): boolean {
    if (this.seen.has(fusionId) || this.seenBefore.has(fusionId)) {
      this.counts.duplicates++;
      return true;
    }
    if (this.seen.size >= REMEMBERED) {
      this.seenBefore = this.seen;
      this.seen = new Set();
    }
    this.seen.add(fusionId);
    return false;
  }

  /** A model that is swapped in brings labels of its own. */
  private currentLabels(): LabelBook {
    const declared = this.declared();
    if (declared !== this.labels.declared) this.labels = new LabelBook(declared, this.settings.normalLabel);
    return this.labels;
  }

  private assetOf(message: EdgeMessage): AssetRef {
    const asset = this.settings.assets.of(message);
    if (!asset) return { id: UNASSIGNED, line: this.settings.line, station: "" };
    return asset.line === "" ? { ...asset, line: this.settings.line } : asset;
  }
}

function foundBy({ findings }: Judgement): { findings?: Finding[] } {
  return findings.length > 0 ? { findings: [...findings] } : NOTHING;
}

const NOTHING = {};

function tooManyAlarms(assetId: string, labels: readonly string[]): EdgeError | undefined {
  if (labels.length === 0) return undefined;
  return new EdgeError(
    "too-many-alarms",
    `no alarm is kept of ${labels.join(", ")} on ${assetId}: ${MOST_ALARMS.toLocaleString("en-US")} are open or delayed, the limit`,
    { remedy: "close alarms, and check what is taken for an asset or a label" },
  );
}

function weightOf({ verdict }: ConditionVerdict): number {
  return WEIGHT[verdict] as number;
}

function checkFusion(fusion: Fusion): void {
  if (typeof fusion.id === "string" && isRecord(fusion.channels)) return;
  throw new EdgeError(
    "sample-invalid",
    "msg.fusion has no id and channels: wire messages of sensor-fuse or tensorrt-infer here",
  );
}

/** A label stands in records from then on: one that is no text would be in the way of every later sample. */
function checkPrediction(prediction: unknown): void {
  if (prediction === undefined || prediction === null) return;
  const label = isRecord(prediction) ? prediction["label"] : undefined;
  if (typeof label === "string" || label === null) return;
  throw new EdgeError(
    "sample-invalid",
    `msg.prediction.label is ${label === undefined ? "not there" : `of type ${typeof label}`}: it must be a text, or null where there is no prediction`,
  );
}

function inputOf(message: EdgeMessage, fusion: Fusion, asset: string): PolicyInput {
  const { prediction, unusable, context, sensor_data: data } = message;
  return {
    prediction: prediction ?? undefined,
    unusable: unusable ?? undefined,
    context: isRecord(context) ? context : undefined,
    sensorData: isRecord(data) ? data : NO_DATA,
    channels: fusion.channels,
    asset,
  };
}

const NO_DATA = {};

function reviewOf(
  id: string,
  ldoId: string,
  { said }: Judgement,
  drawn: { hidden: boolean } | null,
): Review | undefined {
  if (drawn) return { item_id: `REV-${id}`, ldo_id: ldoId, stream: "evaluation", hidden: drawn.hidden };
  if (said === "review") return { item_id: `REV-${id}`, ldo_id: ldoId, stream: "learning", hidden: false };
  return undefined;
}
