/** What the schemas of the message contract are made of. */
import { Type, type Static, type TSchema } from "typebox";

export const closed = { additionalProperties: false } as const;
/** RFC 3339. The pattern stands beside the format because validators need not know formats. */
export const Time = Type.String({
  format: "date-time",
  pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$",
});
export const NotEmpty = Type.String({ pattern: "." });
export const Uuid = Type.String({ pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$" });
export const Sha256 = Type.String({ pattern: "^[0-9a-f]{64}$" });
export const Probability = Type.Number({ minimum: 0, maximum: 1 });
export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
export const words = <T extends string>(...all: T[]) => Type.Enum(all);

/** How much a channel has moved a prediction. */
export const Effect = Type.Object({ channel: Type.String(), effect: Type.Number() });
export type Effect = Static<typeof Effect>;
