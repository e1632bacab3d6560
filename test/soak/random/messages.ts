/**
 * Messages as nobody would send them on purpose, and as some flow some day will: every property that a node looks at, right,
 * nearly right or anything at all. Not `error`: one that is no plain object ends Node-RED itself (5.0) when a message fails.
 */
import * as fc from "fast-check";
import { Random } from "../../../lib/plant/random";

const ANY = fc.anything({
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

const ASSET = fc.constantFrom("motor-1", "motor-2", "motor-9", "", "__proto__");
const CHANNEL = fc.constantFrom("temperature", "current", "vibration_x", "vibration_y", "pressure", "constructor");
const NUMBER = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(0, -0, NaN, Infinity, 1e308, 5e-324));
const CODE = fc.constantFrom("A100", "B200", "]d20109506000134352", "NOREAD", "", "\u0002A100\r\n", "a".repeat(5000));
const TIME = fc.constantFrom("2026-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z", "no time", "");
const UUID = fc.uuid({ version: 7 });

const SCAN = fc.record({ id: UUID, code: CODE, raw: CODE, at: TIME, reader: ANY }, { requiredKeys: ["id", "code"] });
const CHANNELS = fc.dictionary(
  CHANNEL,
  fc.record({
    unit: fc.constantFrom("°C", "A", "", "furlong"),
    quality: fc.constantFrom("good", "bad", "stale", "uncertain", "missing", "fine"),
    age_ms: fc.oneof(NUMBER, fc.constant(null)),
    source: fc.constantFrom("wire", "opcua", "nowhere"),
  }),
);
const FUSION = fc.record(
  { id: UUID, at: TIME, complete: fc.boolean(), channels: CHANNELS },
  { requiredKeys: ["id", "at"] },
);
const PREDICTION = fc.record(
  {
    label: fc.constantFrom("normal", "bearing_wear", null, "no such label", 7),
    confidence: NUMBER,
    probabilities: fc.dictionary(fc.constantFrom("normal", "bearing_wear"), NUMBER),
    latency_ms: NUMBER,
    fault: fc.record({ code: fc.string(), message: fc.string() }),
  },
  { requiredKeys: ["label"] },
);
const COMMAND = fc.record(
  {
    name: fc.oneof(
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
      fc.string(),
    ),
    key: fc.oneof(fc.constantFrom("context:A100", "", "other"), ANY),
    mer_id: ANY,
    asset: ASSET,
    asset_id: ASSET,
    label: fc.oneof(fc.constantFrom("bearing_wear", "limit:temperature"), ANY),
    by: fc.oneof(fc.constant("anna"), ANY),
    minutes: NUMBER,
    state: ANY,
    value: ANY,
  },
  { requiredKeys: ["name"] },
);
const CONTEXT = fc.record(
  {
    product: fc.oneof(fc.constant("Motor Assembly Type A"), ANY),
    asset_id: fc.oneof(ASSET, ANY),
    normal: fc.dictionary(CHANNEL, fc.oneof(NUMBER, ANY)),
    thresholds: fc.dictionary(fc.constantFrom("temp_warning", "temp_critical", "vibration_max"), fc.oneof(NUMBER, ANY)),
    expected_runtime: fc.oneof(NUMBER, ANY),
  },
  { requiredKeys: [] },
);
const READINGS = fc.dictionary(CHANNEL, fc.oneof(NUMBER, fc.record({ value: NUMBER, unit: fc.string() }), ANY));
const PAYLOAD = fc.oneof(
  CODE,
  READINGS,
  NUMBER,
  fc.array(NUMBER, { maxLength: 8 }),
  fc.uint8Array({ maxLength: 64 }),
  ANY,
);

const orAny = <T>(good: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ arbitrary: good, weight: 4 }, { arbitrary: ANY, weight: 1 });

/** Every property that a node reads. */
const FIELDS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  topic: orAny(fc.oneof(ASSET, CHANNEL, fc.constant("motor-1/temperature"))),
  payload: PAYLOAD,
  reader: orAny(ASSET),
  asset: orAny(fc.record({ id: ASSET, line: fc.string(), station: fc.string() })),
  scan: orAny(SCAN),
  context: orAny(CONTEXT),
  lookup: orAny(fc.record({ key: fc.string(), source: fc.constant("cache"), age_ms: NUMBER, latency_ms: NUMBER })),
  run: orAny(fc.record({ id: UUID, phase: fc.constantFrom("single", "start", "end", "middle") })),
  sensor_data: orAny(fc.dictionary(CHANNEL, fc.oneof(NUMBER, fc.constant(null)))),
  fusion: orAny(FUSION),
  unusable: orAny(fc.record({ code: fc.string(), reason: fc.string() })),
  prediction: orAny(PREDICTION),
  decision: orAny(fc.record({ outcome: fc.constantFrom("alert", "normal", "maybe"), reasons: fc.array(fc.string()) })),
  command: orAny(COMMAND),
  event: ANY,
  statusCode: ANY,
  input: ANY,
};

/** Values of each property that are kept at a time, and messages that are made of them. */
const POOL = 60;
const REFILL_EVERY = 5_000;
/** How often a property is there at all. */
const SHARE = 0.5;

/** Messages without end, the same for the same seed: their values are drawn by fast-check, and put together anew each time. */
export class RandomMessages {
  private pools: (readonly [name: string, values: readonly unknown[]])[] = [];
  private made = 0;
  private readonly random: Random;

  constructor(private readonly seed: number) {
    this.random = new Random(seed);
  }

  next(): Record<string, unknown> {
    if (this.made++ % REFILL_EVERY === 0) this.refill();
    const message: Record<string, unknown> = {};
    for (const [name, values] of this.pools) {
      if (this.random.uniform() < SHARE) message[name] = this.random.pick(values);
    }
    return message;
  }

  private refill(): void {
    const seed = this.seed + this.made;
    this.pools = Object.entries(FIELDS).map(
      ([name, values]) => [name, fc.sample(values, { numRuns: POOL, seed })] as const,
    );
  }
}
