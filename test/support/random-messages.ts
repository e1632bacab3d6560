/**
 * Messages of which anything may come, by the million: fast-check makes values for each property, plausible ones and any,
 * and messages take them in ever new combinations. Names never end: topics, assets and labels count up.
 */
import * as fc from "fast-check";
import type { EdgeMessage } from "../../lib/messages";

const POOL = 1_500;

const anything = fc.anything({ withBigInt: true, withTypedArray: true, withDate: true, withNullPrototype: true });
const text = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.constantFrom("motor-1", "motor-2", "A100", "", "{asset}", "__proto__"),
);
const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(0, 80, NaN, Infinity));
const reading = fc.oneof(
  number,
  text,
  fc.record({ temperature: number, vibration_x: fc.oneof(number, anything) }),
  fc.record({ value: number, unit: text, quality: text, statusCode: fc.oneof(fc.integer(), anything) }),
  fc.array(fc.oneof(number, fc.record({ topic: text, payload: number })), { maxLength: 6 }),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
);
const channel = fc.record({
  unit: text,
  quality: fc.constantFrom("good", "bad", "stale"),
  age_ms: number,
  source: text,
});

/** Plausible values of each property; any value stands beside them. */
const PLAUSIBLE: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  payload: reading,
  topic: fc.oneof(
    text,
    text.map((id) => `${id}/temperature`),
    fc.constantFrom("temperature", "hall", "hall/air"),
  ),
  asset: fc.oneof(text, fc.record({ id: text, line: text, station: text }), fc.record({ id: text })),
  reader: text,
  scan: fc.record({ id: text, code: text, raw: text, at: text, reader: text }),
  context: fc.record({
    asset_id: text,
    product: text,
    expected_runtime: fc.oneof(number, anything),
    thresholds: fc.record({ temp_warning: number }),
  }),
  lookup: fc.record({ key: text, source: text, stale: fc.boolean(), age_ms: number, latency_ms: number }),
  unusable: fc.record({ code: text, reason: text }),
  run: fc.record({ id: text, phase: fc.constantFrom("start", "end", "sample") }),
  command: fc.oneof(
    fc.record({
      name: fc.constantFrom("end", "put", "ack", "close", "shelve", "list", "import"),
      key: text,
      asset: text,
      label: text,
      by: text,
    }),
    text,
  ),
  event: fc.record({ kind: text, cause: text, at: text }),
  fusion: fc.record({ id: text, at: text, complete: fc.boolean(), channels: fc.dictionary(text, channel) }),
  sensor_data: fc.oneof(fc.dictionary(text, number), fc.record({ temperature: number })),
  prediction: fc.record({
    label: fc.oneof(text, fc.constant(null)),
    confidence: fc.oneof(number, fc.constant(0.9)),
    probabilities: fc.dictionary(text, number),
  }),
  statusCode: fc.oneof(fc.integer(), text),
  items: fc.array(fc.oneof(text, fc.record({ nodeId: text })), { maxLength: 4 }),
  error: fc.oneof(text, fc.record({ message: text })),
  modbusRequest: fc.record({
    unitid: number,
    fc: fc.integer({ min: 1, max: 4 }),
    address: fc.integer({ min: 0, max: 50 }),
    quantity: fc.integer({ min: 1, max: 4 }),
  }),
  simulated: fc.boolean(),
};

export class RandomMessages {
  private readonly pools = new Map<string, unknown[]>();
  private made = 0;

  /** @param often how many of a hundred messages have a property; those not named come in one of ten or so */
  constructor(
    private readonly often: Readonly<Record<string, number>>,
    private state = 0x1234567,
  ) {
    for (const [i, [property, plausible]] of Object.entries(PLAUSIBLE).entries()) {
      const values = fc.oneof({ arbitrary: plausible, weight: 3 }, { arbitrary: anything, weight: 1 });
      this.pools.set(property, fc.sample(values, { numRuns: POOL, seed: state + i }));
    }
  }

  next(): EdgeMessage {
    const message: Record<string, unknown> = {};
    for (const [property, pool] of this.pools) {
      if (this.draw(100) < (this.often[property] ?? 8)) message[property] = pool[this.draw(POOL)];
    }
    this.made++;
    // A name of its own in every tenth message: what is kept by name must have an end.
    if (this.draw(10) === 0) {
      message["topic"] = `new-${this.made}/temperature`;
      message["reader"] = `reader-${this.made}`;
    }
    if (this.draw(10) === 0) message["asset"] = { id: `asset-${this.made}`, line: `line-${this.made}`, station: "" };
    return message;
  }

  /** From 0 to below `end`. xorshift32 (Marsaglia 2003). */
  draw(end: number): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) % end;
  }
}

/** A message as it can be read in a failed test. */
export function shown(message: EdgeMessage): string {
  return fc.stringify(message).slice(0, 2_000);
}
