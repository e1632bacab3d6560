/**
 * The message contract: what each node adds to a message, the Labeled Data Object, the Maintenance Event Record and the
 * release manifest, as types and as JSON Schemas from one source. Names are snake_case because Python reads them too;
 * times are ISO 8601 UTC with milliseconds, durations end in `_ms`.
 *
 * Import types from here, and checks from lib/contract: TypeBox builds the schemas when the project is built and is not
 * there when it runs.
 */
import { Type, type Static } from "typebox";
import { Decision, Draw, Severity, type Mer, type Review } from "./messages-alarms";
import { Effect, NotEmpty, Probability, Sha256, Time, Uuid, closed, nullable, words } from "./schema-parts";

export * from "./messages-alarms";
export { Effect } from "./schema-parts";

// ---- scan and context ------------------------------------------------------------------------------------------------

export const Scan = Type.Object({
  /** UUIDv7, minted by qr-context. */
  id: Uuid,
  /** The code without AIM prefix, frame characters and line ends: what keys are made of. */
  code: Type.String(),
  /** The text as the reader sent it. */
  raw: Type.String(),
  symbology: Type.Optional(Type.String()),
  /** GS1 application identifiers by name: gtin, batch, serial, …; others under their number. */
  gs1: Type.Optional(Type.Record(Type.String(), Type.String())),
  reader: Type.Optional(Type.String()),
  at: Time,
  /** Reads at this reader since its last message that were counted as repeats and not sent. */
  repeats: Type.Optional(Type.Integer({ minimum: 1 })),
});
export type Scan = Static<typeof Scan>;

export const AssetRef = Type.Object({ id: Type.String(), line: Type.String(), station: Type.String() });
export type AssetRef = Static<typeof AssetRef>;

export const Run = Type.Object({ id: Uuid, phase: words("single", "start", "sample", "end") });
export type Run = Static<typeof Run>;

/** The stored object, unchanged. */
export const Context = Type.Record(Type.String(), Type.Unknown());
export type Context = Static<typeof Context>;

export const Lookup = Type.Object({
  key: Type.String(),
  source: words("redis", "cache", "embedded"),
  stale: Type.Boolean(),
  age_ms: Type.Number(),
  latency_ms: Type.Number(),
});
export type Lookup = Static<typeof Lookup>;

/** Why there is no context, no usable sample or no prediction. */
export const Unusable = Type.Object({
  code: Type.String(),
  channel: Type.Optional(Type.String()),
  reason: Type.String(),
});
export type Unusable = Static<typeof Unusable>;

// ---- fused sample ----------------------------------------------------------------------------------------------------

export const Quality = words("good", "uncertain", "bad", "stale", "missing");
export type Quality = Static<typeof Quality>;

export const ChannelState = Type.Object({
  unit: Type.String(),
  quality: Quality,
  /** Milliseconds since the reading arrived, or since its stamp where that is trusted; null when there never was one. */
  age_ms: nullable(Type.Number()),
  /** By how much the source's stamps are ahead of this device's clock; where it stamps its values. */
  skew_ms: Type.Optional(Type.Number()),
  source: Type.String(),
  /** Why it is not usable: "temperature is stale: 4,200 ms old, limit 2,000 ms". */
  reason: Type.Optional(Type.String()),
});
export type ChannelState = Static<typeof ChannelState>;

/** Channel name to value; null where not usable. Window features stand beside the channel as `<name>.<feature>`. */
export const SensorData = Type.Record(Type.String(), nullable(Type.Number()));
export type SensorData = Static<typeof SensorData>;

export const Fusion = Type.Object({
  /** UUIDv7, minted by sensor-fuse on every trigger; the LDO's id is "LDO-" + this. */
  id: Uuid,
  at: Time,
  /** True when every required channel is usable. */
  complete: Type.Boolean(),
  channels: Type.Record(Type.String(), ChannelState),
});
export type Fusion = Static<typeof Fusion>;

// ---- prediction ------------------------------------------------------------------------------------------------------

export const ModelRef = Type.Object({ name: Type.String(), version: Type.String(), sha256: Sha256 });
export type ModelRef = Static<typeof ModelRef>;

export const BackendRef = Type.Object({
  kind: Type.String(),
  provider: Type.String(),
  device: Type.String(),
  precision: Type.String(),
  fallback: nullable(Type.Object({ from: Type.String(), reason: Type.String() })),
});
export type BackendRef = Static<typeof BackendRef>;

export const Fault = Type.Object({ code: Type.String(), message: Type.String() });
export type Fault = Static<typeof Fault>;

const Probabilities = Type.Record(Type.String(), Probability);

export const Prediction = Type.Object({
  /** null when nothing was judged; `fault` then says why. */
  label: nullable(Type.String()),
  confidence: nullable(Probability),
  probabilities: nullable(Probabilities),
  model: nullable(ModelRef),
  backend: nullable(BackendRef),
  latency_ms: Type.Number(),
  fault: Type.Optional(Fault),
  /** Ids the vocabulary does not know, which were taken as UNK: {"product": "Motor Assembly Type Z"}. */
  unknown: Type.Optional(Type.Record(Type.String(), Type.String())),
  why: Type.Optional(Type.Array(Effect)),
  challenger: Type.Optional(Type.Unknown()),
});
export type Prediction = Static<typeof Prediction>;

// ---- Labeled Data Object ---------------------------------------------------------------------------------------------

export const Mode = words("commissioning", "dry-run", "live");
export type Mode = Static<typeof Mode>;

export const LabelSource = words("context", "engineer", "process", "maintenance", "none");
export type LabelSource = Static<typeof LabelSource>;

/** What was known of the device's clock when a record was made. */
export const ClockStamp = Type.Object({
  /** A time service keeps it; false: it does not, or the clock cannot be believed; null: nobody says. */
  synced: nullable(Type.Boolean()),
  /** The device's clock minus the object store's, as last measured; null when it never was. */
  skew_ms: nullable(Type.Number()),
  /** Which boot of the machine, and milliseconds since: what sets stamps right that a wrong clock made. */
  boot: Type.Optional(Type.Object({ id: Type.String(), ms: Type.Number() })),
});
export type ClockStamp = Static<typeof ClockStamp>;

const LdoId = Type.String({ pattern: "^LDO-[0-9a-f-]{36}$" });

/** Labeled Data Object, `ldo/1`: one run, or one sample of a run, as it was seen, judged and labelled. */
export const Ldo = Type.Object(
  {
    schema: Type.Literal("ldo/1"),
    ldo_id: LdoId,
    /** fusion.at in Unix seconds. */
    timestamp: Type.Number(),
    device: Type.String(),
    install_id: Type.String(),
    site: Type.String(),
    line: Type.String(),
    asset_id: nullable(Type.String()),
    run_id: nullable(Type.String()),
    mode: Mode,
    simulated: Type.Boolean(),
    scan: nullable(Scan),
    context: nullable(Context),
    lookup: nullable(Lookup),
    sensor_data: SensorData,
    sensor_quality: Type.Record(Type.String(), ChannelState),
    clock: ClockStamp,
    unusable: Type.Optional(Unusable),
    ai_prediction: nullable(Type.String()),
    ai_confidence: nullable(Probability),
    ai_probabilities: nullable(Probabilities),
    why: Type.Optional(Type.Array(Effect)),
    model: nullable(ModelRef),
    backend: nullable(BackendRef),
    fault: Type.Optional(Fault),
    challenger: Type.Optional(Type.Unknown()),
    arm: Type.Optional(words("active", "challenger")),
    ground_truth_label: nullable(Type.String()),
    label_source: LabelSource,
    decision: nullable(Decision),
    mer_id: Type.Optional(Type.String()),
    video_clip: nullable(
      Type.Object({
        uri: nullable(Type.String()),
        start: nullable(Time),
        end: nullable(Time),
        status: words("ok", "pending", "missing"),
        reason: Type.Optional(Type.String()),
      }),
    ),
    latency_ms: Type.Object({
      lookup: nullable(Type.Number()),
      fuse: nullable(Type.Number()),
      infer: nullable(Type.Number()),
      total: nullable(Type.Number()),
    }),
  },
  closed,
);
export type Ldo = Static<typeof Ldo>;

// ---- label record ----------------------------------------------------------------------------------------------------

/** Whether an answer agrees with the prediction; "withdrawn" takes back the one it supersedes. */
export const Verdict = words("correct", "wrong", "cannot_tell", "withdrawn");
export type Verdict = Static<typeof Verdict>;

/**
 * Label record, `label/1`: what somebody found out about a run after it was judged. Append-only: an answer is replaced by
 * one that supersedes it. Two that live and disagree are a conflict, and leave the run out of training.
 */
export const LabelRecord = Type.Object(
  {
    schema: Type.Literal("label/1"),
    label_id: NotEmpty,
    ldo_id: LdoId,
    /** label_id of the answer to the same run that this one replaces. */
    supersedes: Type.Optional(Type.String()),
    verdict: Verdict,
    /** The true label; null where the verdict says all there is to say. */
    ground_truth_label: nullable(Type.String()),
    label_source: words("engineer", "process", "maintenance"),
    /** Who answered: a person, a test station, a work order. */
    validated_by: Type.String(),
    /** authenticated: somebody has checked who that is. */
    identity_source: words("authenticated", "declared"),
    validated_at: Time,
    notes: Type.String(),
    /** The draw through which the run was asked for, as its decision has it; null for every other way. */
    evaluation: nullable(Draw),
  },
  closed,
);
export type LabelRecord = Static<typeof LabelRecord>;

// ---- release manifest ------------------------------------------------------------------------------------------------

const Tensor = Type.Object({
  dtype: words("float32", "int64"),
  /** null stands for the batch dimension. */
  shape: Type.Array(nullable(Type.Integer({ minimum: 1 })), { minItems: 1, maxItems: 4 }),
});

export const LabelSpec = Type.Object({
  name: NotEmpty,
  kind: words("normal", "fault", "other"),
  severity: Severity,
  action: Type.String(),
});
export type LabelSpec = Static<typeof LabelSpec>;

const Calibration = Type.Object({
  temperature: Type.Number({ exclusiveMinimum: 0 }),
  /** One per label, in the order of `labels`. */
  bias: Type.Array(Type.Number()),
});
export type Calibration = Static<typeof Calibration>;

/** Release manifest, `model/1`: everything that is needed to encode a sample for the model and to read its answer. */
export const Manifest = Type.Object({
  schema: Type.Literal("model/1"),
  name: Type.String(),
  version: Type.String(),
  created_at: Time,
  files: Type.Object({
    fp32: Type.String(),
    int8: Type.Optional(Type.String()),
    golden: Type.String(),
    report: Type.String(),
  }),
  channels: Type.Array(
    Type.Object({
      name: NotEmpty,
      unit: Type.String(),
      /** Plausible readings, [low, high] in `unit`: outside, the sample is not judged. */
      range: Type.Tuple([Type.Number(), Type.Number()]),
      /** Path in the context of what is normal; the model then sees value − reference. */
      reference: Type.Optional(Type.String()),
      /** What to take when channel or reference is missing; without it the sample is unusable. */
      fill: Type.Optional(Type.Number()),
    }),
    { minItems: 1 },
  ),
  ids: Type.Array(
    Type.Object({
      input: Type.String(),
      /** Path in the context; "asset_id" is the message's own asset first. */
      field: Type.String(),
      /** Value to embedding row; 0 is UNK and belongs to no value. */
      vocabulary: Type.Record(Type.String(), Type.Integer({ minimum: 1 })),
    }),
  ),
  numeric: Type.Optional(Type.Array(Type.Object({ input: Type.String(), fields: Type.Array(Type.String()) }))),
  inputs: Type.Record(Type.String(), Tensor),
  output: Type.Object({ name: Type.String(), shape: Type.Array(nullable(Type.Integer({ minimum: 1 }))) }),
  labels: Type.Array(LabelSpec, { minItems: 2 }),
  /** Applied outside the graph: softmax((logits + bias) / temperature). */
  calibration: Type.Object({ fp32: Calibration, int8: Type.Optional(Calibration) }),
  build: Type.Object({ opset: Type.Integer(), trtexec: Type.Optional(Type.String()) }),
  training: Type.Optional(Type.Unknown()),
});
export type Manifest = Static<typeof Manifest>;

/** Samples with the probabilities that the model must answer, `golden/1`. */
export const Golden = Type.Object({
  schema: Type.Literal("golden/1"),
  tolerance: Type.Number({ exclusiveMinimum: 0 }),
  /** That of the INT8 file, which rounds: `int8` in every row is then what it must answer. */
  int8_tolerance: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  rows: Type.Array(
    Type.Object({
      sensor_data: Type.Record(Type.String(), Type.Number()),
      context: Context,
      probabilities: Probabilities,
      int8: Type.Optional(Probabilities),
    }),
    { minItems: 1 },
  ),
});
export type Golden = Static<typeof Golden>;

// ---- the message -----------------------------------------------------------------------------------------------------

/** A command to a node; each name's fields stand in the node's help. */
export interface Command {
  name: string;
  [field: string]: unknown;
}

/** A Node-RED message as the nodes of the loop leave it. Foreign properties survive. */
export interface EdgeMessage {
  _msgid?: string;
  topic?: unknown;
  payload?: unknown;
  reader?: unknown;
  command?: Command;
  scan?: Scan;
  asset?: AssetRef;
  run?: Run;
  context?: Context;
  lookup?: Lookup;
  sensor_data?: SensorData;
  unusable?: Unusable;
  fusion?: Fusion;
  prediction?: Prediction;
  decision?: Decision;
  mer?: Mer;
  review?: Review;
  ldo?: Ldo;
  event?: { kind: string; cause: string; at: string; [field: string]: unknown };
  /** Set by the simulated plant; the LDO carries it and stays out of training. */
  simulated?: boolean;
  [foreign: string]: unknown;
}
