/**
 * Runs of the plant as Labeled Data Objects, at full speed and in the order of their time: what a trainer learns from
 * before there is a real plant. Every one says `simulated: true` and carries the true state as its context's label.
 */
import { isoTime } from "../clock";
import type { ChannelState, Ldo, SensorData } from "../messages";
import { CHANNELS, contextFor, NEW_PRODUCTS, PRODUCTS, RIGS, UNITS, type Product } from "./catalogue";
import { codeText } from "./codes";
import { DRIFT, drawReading, drawUnit, eachChannel, expectedReadings, stateOf } from "./physics";
import { Random } from "./random";
import { BatchBook, FaultCourse, type Batch } from "./schedule";

export const PRODUCT_CHOICES = ["seen", "new", "all"] as const;
export type ProductChoice = (typeof PRODUCT_CHOICES)[number];

export interface RunsOptions {
  readonly seed: number;
  readonly runs: number;
  /** Share of runs with a fault, in [0, 0.8]. */
  readonly faultShare: number;
  readonly products: ProductChoice;
  /** How many rigs run side by side, from motor-1 on. */
  readonly assets: number;
  readonly device: string;
  readonly startMs: number;
  /** The runs are spread evenly over so many days. */
  readonly days: number;
  /** How far the readings have drifted at the end, as a multiple of DRIFT; 0 for none. */
  readonly drift: number;
}

export function productsOf(choice: ProductChoice): readonly Product[] {
  if (choice === "seen") return PRODUCTS;
  return choice === "new" ? NEW_PRODUCTS : [...PRODUCTS, ...NEW_PRODUCTS];
}

/** Fixed parts of every record; a healthy plant's readings are all good. */
const QUALITY: Readonly<Record<string, ChannelState>> = Object.fromEntries(
  CHANNELS.map((name) => [name, { unit: UNITS[name], quality: "good", age_ms: 50, source: "plant" }]),
);

interface RigState {
  readonly faults: FaultCourse;
  readonly noise: Random;
  batch: Batch | undefined;
  sequence: number;
  unit: number;
}

export function* simulateLdos(options: RunsOptions): Generator<Ldo> {
  const root = new Random(options.seed, `runs/${options.products}`);
  const ids = new Random(options.seed, `ids/${spoolIdOf(options)}`);
  const book = new BatchBook(root.stream("batches"));
  const products = productsOf(options.products);
  const installId = root.stream("install").uuidv7(options.startMs);
  const rigs = RIGS.slice(0, options.assets);
  const states: RigState[] = rigs.map(({ id }) => ({
    faults: new FaultCourse(root.stream(`faults/${id}`), options.faultShare),
    noise: root.stream(`noise/${id}`),
    batch: undefined,
    sequence: 0,
    unit: 0,
  }));
  for (let run = 0; run < options.runs; run++) {
    const place = run % rigs.length;
    const rig = rigs[place] as (typeof rigs)[number];
    const state = states[place] as RigState;
    if (!state.batch || state.unit === state.batch.units) {
      state.sequence++;
      state.unit = 0;
      state.batch = book.draw(rig, place + 1, state.sequence, products);
    }
    state.unit++;
    const { batch } = state;
    const at = options.startMs + Math.floor((run / options.runs) * options.days * 86_400_000);
    const fault = state.faults.next();
    const drift = eachChannel((i) => DRIFT[i] * options.drift * (run / options.runs));
    const mean = expectedReadings({ product: batch.product, recipe: batch.recipe, rig, fault });
    const sensorData: SensorData = drawReading(mean, drawUnit(state.noise), drift, state.noise);
    const code = codeText("plain", { gtin: batch.product.gtin, batch: batch.id, unit: state.unit });
    const label = stateOf(fault);
    yield {
      schema: "ldo/1",
      ldo_id: `LDO-${ids.uuidv7(at)}`,
      timestamp: at / 1000,
      device: options.device,
      install_id: installId,
      site: "simulated",
      line: "line-1",
      asset_id: rig.id,
      run_id: ids.uuidv7(at),
      mode: "live",
      simulated: true,
      scan: { id: ids.uuidv7(at), code, raw: code, reader: `reader-${place + 1}`, at: isoTime(at) },
      context: { ...contextFor(batch.product, batch.recipe, rig.id, batch.id), ground_truth_label: label },
      lookup: null,
      sensor_data: sensorData,
      sensor_quality: QUALITY,
      clock: { synced: true, skew_ms: 0 },
      ai_prediction: null,
      ai_confidence: null,
      ai_probabilities: null,
      model: null,
      backend: null,
      ground_truth_label: label,
      label_source: "context",
      decision: null,
      video_clip: null,
      latency_ms: { lookup: null, fuse: null, infer: null, total: null },
    };
  }
}

/** The spool these runs stand under in the bucket: the same options give the same spool, others another. */
export function spoolIdOf(options: RunsOptions): string {
  const { runs, faultShare, products, assets, device, startMs, days, drift } = options;
  return new Random(
    options.seed,
    ["spool", runs, faultShare, products, assets, device, startMs, days, drift].join("/"),
  ).hex(128);
}
