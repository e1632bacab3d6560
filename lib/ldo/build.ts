import type { AssetTable } from "../assets";
import type { ClockStamp, Decision, EdgeMessage, Fusion, Ldo, Mode } from "../messages";
import { valueAt } from "../path";

/** Where a record comes from: what of it does not stand on the message. */
export interface LdoSource {
  readonly device: string;
  readonly installId: string;
  readonly site: string;
  readonly line: string;
  readonly assets: AssetTable;
  readonly mode: Mode;
  /** Path in the context of a label that is known to be true (a seeded-fault run, a QA hold). */
  readonly truthField: string;
}

/** The moment at which an object is kept. */
export interface KeptAt {
  /** Milliseconds since 1970. */
  readonly wallMs: number;
  readonly clock: ClockStamp;
  /** Milliseconds since the wall clock last jumped. */
  readonly steadyForMs: number;
}

export function ldoId(fusion: Fusion): string {
  return `LDO-${fusion.id}`;
}

/**
 * The Labeled Data Object of a message with a fused sample: what was seen, judged and known, as it stands there. The true
 * label comes from the scanned context or from nobody, never from the prediction.
 * @param kept when, by which clock
 */
export function buildLdo(message: EdgeMessage, fusion: Fusion, source: LdoSource, kept: KeptAt): Ldo {
  const { run, scan, context, lookup, prediction, decision } = message;
  const asset = source.assets.of(message);
  const truth = valueAt(context, source.truthField);
  const labelled = typeof truth === "string" && truth !== "";
  const merId = decision?.mer_id ?? message.mer?.mer_id;
  return {
    schema: "ldo/1",
    ldo_id: ldoId(fusion),
    timestamp: Date.parse(fusion.at) / 1000,
    device: source.device,
    install_id: source.installId,
    site: source.site,
    line: asset?.line || source.line,
    asset_id: asset?.id ?? null,
    run_id: run?.id ?? null,
    mode: source.mode,
    simulated: message.simulated === true,
    scan: scan ?? null,
    context: context ?? null,
    lookup: lookup ?? null,
    sensor_data: message.sensor_data ?? {},
    sensor_quality: fusion.channels,
    clock: kept.clock,
    ...(message.unusable && { unusable: message.unusable }),
    ai_prediction: prediction?.label ?? null,
    ai_confidence: prediction?.confidence ?? null,
    ai_probabilities: prediction?.probabilities ?? null,
    ...(prediction?.why && { why: prediction.why }),
    model: prediction?.model ?? null,
    backend: prediction?.backend ?? null,
    ...(prediction?.fault && { fault: prediction.fault }),
    ...(prediction?.challenger !== undefined && { challenger: prediction.challenger }),
    ground_truth_label: labelled ? truth : null,
    label_source: labelled ? "context" : "none",
    decision: decision ? judged(decision) : null,
    ...(merId !== undefined && { mer_id: merId }),
    video_clip: null,
    latency_ms: latency(message, fusion, kept),
  };
}

/** The record's id stands at the top of the object, once. */
function judged(decision: Decision): Decision {
  if (decision.mer_id === undefined) return decision;
  const { mer_id: _, ...rest } = decision;
  return rest;
}

/** A sample that is kept longer than this after a jump of the wall clock was scanned after it. */
const JUMP_IS_OVER_MS = 60_000;

/**
 * From the scan, or from the trigger where there is none. Stamps come from the wall clock: where it jumped meanwhile, how
 * long it took is not known.
 */
function latency(
  { scan, lookup, prediction }: EdgeMessage,
  fusion: Fusion,
  { wallMs, steadyForMs }: KeptAt,
): Ldo["latency_ms"] {
  const measured = { lookup: lookup?.latency_ms ?? null, infer: prediction?.latency_ms ?? null };
  if (steadyForMs < JUMP_IS_OVER_MS) return { ...measured, fuse: null, total: null };
  const fusedAt = Date.parse(fusion.at);
  const scannedAt = scan ? Date.parse(scan.at) : undefined;
  const looked = lookup?.latency_ms ?? 0;
  return {
    ...measured,
    fuse: scannedAt === undefined ? null : Math.max(0, fusedAt - scannedAt - looked),
    total: Math.max(0, wallMs - (scannedAt ?? fusedAt)),
  };
}
