/** The part of the message contract that decision adds: what was decided, and the Maintenance Event Record. */
import { Type, type Static } from "typebox";
import { Effect, Probability, Time, closed, nullable, words } from "./schema-parts";

export const Outcome = words("alert", "repeat", "delayed", "shelved", "review", "normal", "unjudged");
export type Outcome = Static<typeof Outcome>;

export const Stratum = words("alert_model", "alert_limit", "review", "normal", "unjudged");
export type Stratum = Static<typeof Stratum>;

export const Severity = words("low", "medium", "high", "critical");
export type Severity = Static<typeof Severity>;

/** What a sample exceeded: a limit on a channel, or the model's threshold. `reasons` say the same to people. */
export const Finding = Type.Object({
  kind: words("limit", "model"),
  /** Of the alarm that this is a condition of: a label of the model, or "limit:<channel>". */
  label: Type.String(),
  /** Of a limit. */
  channel: Type.Optional(Type.String()),
  /** In the channel's unit; of the model, its confidence. */
  value: Type.Number(),
  limit: Type.Number(),
  severity: Severity,
});
export type Finding = Static<typeof Finding>;

/** How a sample was drawn for evaluation: its stratum and the probability with which the stratum is drawn. */
export const Draw = Type.Object({ stratum: Stratum, probability: Probability });
export type Draw = Static<typeof Draw>;

export const Decision = Type.Object({
  outcome: Outcome,
  reasons: Type.Array(Type.String()),
  /** Absent where nothing was exceeded. */
  findings: Type.Optional(Type.Array(Finding)),
  /** From the first sample of a bout, delayed ones included, until its alarm clears. */
  episode_id: Type.Optional(Type.String()),
  /** The open record the sample counts towards; in an LDO it stands at the top. */
  mer_id: Type.Optional(Type.String()),
  evaluation: nullable(Draw),
});
export type Decision = Static<typeof Decision>;

export const LimitExcess = Type.Object({ channel: Type.String(), value: Type.Number(), limit: Type.Number() });
export type LimitExcess = Static<typeof LimitExcess>;

export const MerEvent = words("raised", "updated", "cleared", "acknowledged", "shelved", "unshelved", "closed");
export type MerEvent = Static<typeof MerEvent>;

/** What happened last to a record. */
export const Transition = Type.Object({
  /** Counts up from 1 over the life of the record, over restarts too: `mer_id` and this name one transition for ever. */
  number: Type.Integer({ minimum: 1 }),
  event: MerEvent,
  cause: Type.String(),
  at: Time,
});
export type Transition = Static<typeof Transition>;

/** Maintenance Event Record, `mer/1`. Open until it is closed. */
export const Mer = Type.Object(
  {
    schema: Type.Literal("mer/1"),
    mer_id: Type.String({ pattern: "^MER-" }),
    device: Type.String(),
    site: Type.String(),
    line: Type.String(),
    asset_id: Type.String(),
    /** A label of the model, or "limit:<channel>". */
    label: Type.String(),
    severity: Severity,
    action: Type.String(),
    active: Type.Boolean(),
    acknowledged: nullable(Type.Object({ by: Type.String(), at: Time })),
    shelved_until: nullable(Time),
    closed: nullable(Type.Object({ by: Type.String(), at: Time, cause: Type.String() })),
    raised_at: Time,
    updated_at: Time,
    cleared_at: Type.Optional(Time),
    /** False when the record could not be written: it is sent all the same. */
    durable: Type.Boolean(),
    /** Absent in records of earlier versions. */
    transition: Type.Optional(Transition),
    evidence: Type.Object({
      first_ldo_id: Type.String(),
      last_ldo_id: Type.String(),
      confidence: nullable(Probability),
      count: Type.Integer({ minimum: 1 }),
      limits: Type.Array(LimitExcess),
      why: Type.Optional(Type.Array(Effect)),
    }),
  },
  closed,
);
export type Mer = Static<typeof Mer>;

export const Review = Type.Object({
  item_id: Type.String(),
  ldo_id: Type.String(),
  stream: words("evaluation", "learning"),
  hidden: Type.Boolean(),
});
export type Review = Static<typeof Review>;
