/**
 * Messages as nobody would send them on purpose, and as some flow some day will: every property that a node looks at, right,
 * nearly right or anything at all. fast-check makes values for each property, and messages take them in ever new
 * combinations, by the million. Names never end: topics, assets and labels count up.
 */
import * as fc from "fast-check";
import type { EdgeMessage } from "../../lib/messages";
import { Random } from "../../lib/plant/random";

const anything = fc.anything({
  maxDepth: 2,
  maxKeys: 4,
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
  withObjectString: true,
  withTypedArray: true,
  withSparseArray: true,
});
const orAny = <T>(plausible: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ arbitrary: plausible, weight: 3 }, { arbitrary: anything, weight: 1 });

const text = fc.string({ maxLength: 30 });
const asset = fc.oneof(text, fc.constantFrom("motor-1", "motor-2", "motor-9", "", "{asset}", "__proto__"));
const channel = fc.constantFrom("temperature", "vibration_x", "current", "pressure", "constructor");
const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(0, -0, 80, NaN, Infinity, 1e308, 5e-324));
const code = fc.oneof(
  text,
  fc.constantFrom("A100", "B200", "]d20109506000134352", "NOREAD", "", "\u0002A100\r\n", "a".repeat(5000)),
);
const time = fc.constantFrom("2026-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z", "no time", "");
const id = fc.oneof(text, fc.uuid({ version: 7 }));
const label = fc.oneof(text, fc.constantFrom("normal", "bearing_wear", "limit:temperature", "no such label"));
const data = fc.dictionary(fc.oneof(channel, text), fc.oneof(number, fc.constant(null)));

const reading = fc.oneof(
  number,
  code,
  fc.record({ temperature: number, vibration_x: orAny(number) }),
  fc.dictionary(channel, orAny(fc.oneof(number, fc.record({ value: number, unit: text })))),
  fc.record({ value: number, unit: text, quality: text, statusCode: orAny(fc.integer()) }),
  fc.array(fc.oneof(number, fc.record({ topic: text, payload: number })), { maxLength: 8 }),
  fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
);
const register = fc.record({
  unitid: number,
  fc: fc.integer({ min: 1, max: 4 }),
  address: fc.integer({ min: 0, max: 50 }),
  quantity: fc.integer({ min: 1, max: 4 }),
});
const channels = fc.dictionary(
  fc.oneof(channel, text),
  fc.record({
    unit: fc.constantFrom("°C", "A", "", "furlong"),
    quality: fc.constantFrom("good", "bad", "stale", "uncertain", "missing", "fine"),
    age_ms: fc.oneof(number, fc.constant(null)),
    source: fc.constantFrom("wire", "opcua", "nowhere"),
  }),
);
const commandName = fc.oneof(
  fc.constantFrom("put", "get", "patch", "delete", "import", "ack", "shelve", "unshelve", "close", "list", "end"),
  fc.constantFrom(
    "flush",
    "replay",
    "inject",
    "clear",
    "drift",
    "start",
    "stop",
    "contexts",
    "new_product",
    "toString",
  ),
  text,
);

/** Plausible values of each property that a node reads. */
const PLAUSIBLE: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  payload: reading,
  topic: fc.oneof(
    asset,
    channel,
    asset.map((name) => `${name}/temperature`),
    fc.constantFrom("hall", "hall/air"),
  ),
  asset: fc.oneof(asset, fc.record({ id: asset, line: text, station: text }), fc.record({ id: asset })),
  reader: asset,
  scan: fc.record({ id, code, raw: code, at: time, reader: orAny(asset) }, { requiredKeys: ["id", "code"] }),
  context: fc.record(
    {
      asset_id: orAny(asset),
      product: orAny(fc.constant("Motor Assembly Type A")),
      normal: fc.dictionary(channel, orAny(number)),
      thresholds: fc.dictionary(fc.constantFrom("temp_warning", "temp_critical", "vibration_max"), orAny(number)),
      expected_runtime: orAny(number),
    },
    { requiredKeys: [] },
  ),
  lookup: fc.record({ key: text, source: text, stale: fc.boolean(), age_ms: number, latency_ms: number }),
  unusable: fc.record({ code: text, reason: text }),
  run: fc.record({ id, phase: fc.constantFrom("single", "start", "sample", "end", "middle") }),
  command: fc.oneof(
    fc.record(
      {
        name: commandName,
        key: orAny(fc.constantFrom("context:A100", "", "other")),
        mer_id: anything,
        asset,
        asset_id: asset,
        label: orAny(label),
        by: orAny(fc.constant("anna")),
        minutes: number,
        state: anything,
        value: anything,
      },
      { requiredKeys: ["name"] },
    ),
    text,
  ),
  event: fc.record({ kind: text, cause: text, at: time }),
  fusion: fc.record({ id, at: time, complete: fc.boolean(), channels }, { requiredKeys: ["id", "at"] }),
  sensor_data: fc.oneof(data, fc.record({ temperature: number })),
  prediction: fc.record(
    {
      label: fc.oneof(label, fc.constantFrom(null, 7)),
      confidence: fc.oneof(number, fc.constant(0.9)),
      probabilities: fc.dictionary(label, number),
      latency_ms: number,
      fault: fc.record({ code: text, message: text }),
    },
    { requiredKeys: ["label"] },
  ),
  decision: fc.record({ outcome: fc.constantFrom("alert", "normal", "maybe"), reasons: fc.array(text) }),
  statusCode: fc.oneof(fc.integer(), text),
  items: fc.array(fc.oneof(text, fc.record({ nodeId: text })), { maxLength: 4 }),
  error: fc.oneof(text, fc.record({ message: text })),
  modbusRequest: register,
  input: fc.record({ payload: register }),
  simulated: fc.boolean(),
};

/** Values of each property that are kept at a time, and messages that are made of them. */
const POOL = 1_500;
const REFILL_EVERY = 150_000;
/** How many of a hundred messages have a property, where nobody says otherwise. */
const OFTEN = 8;

/** Messages without end, the same for the same seed. */
export class RandomMessages {
  private pools: (readonly [property: string, often: number, values: readonly unknown[]])[] = [];
  private made = 0;
  private readonly random: Random;

  /** @param often how many of a hundred messages have a property, by its name; `others`: the same of those not named */
  constructor(
    private readonly often: Readonly<Record<string, number>>,
    private readonly seed: number,
    private readonly others = OFTEN,
  ) {
    this.random = new Random(seed);
  }

  next(): EdgeMessage {
    if (this.made++ % REFILL_EVERY === 0) this.refill();
    const message: Record<string, unknown> = {};
    for (const [property, often, values] of this.pools) {
      if (this.draw(100) < often) message[property] = values[this.draw(POOL)];
    }
    // A name of its own in every tenth message: what is kept by name must have an end.
    if (this.draw(10) === 0) {
      message["topic"] = `new-${this.made}/temperature`;
      message["reader"] = `reader-${this.made}`;
    }
    if (this.draw(10) === 0) message["asset"] = { id: `asset-${this.made}`, line: `line-${this.made}`, station: "" };
    return message;
  }

  /** From 0 to below `end`. */
  draw(end: number): number {
    return this.random.integer(0, end - 1);
  }

  private refill(): void {
    this.pools = Object.entries(PLAUSIBLE).map(([property, plausible], i) => {
      const values = fc.sample(orAny(plausible), { numRuns: POOL, seed: this.seed + this.made + i });
      return [property, this.often[property] ?? this.others, values] as const;
    });
  }
}

/** A message as it can be read in a failed test. */
export function shown(message: EdgeMessage): string {
  return fc.stringify(message).slice(0, 2_000);
}
