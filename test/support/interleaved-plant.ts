/**
 * Eight assets behind three readers, interleaved in one flow, so that anything that crosses over shows: every scan and
 * every value of every sample names its asset, its part and its place in the order, exactly.
 */
import type { EdgeMessage, Ldo } from "../../lib/messages";
import { CHANNELS, PRODUCTS, RECIPES, UNITS } from "../../lib/plant/catalogue";

export const ASSETS = ["motor-1", "motor-2", "motor-3", "motor-4", "motor-5", "motor-6", "motor-7", "motor-8"];
const SAMPLES = 5;
/** Of readings: those that make a sample come last. */
const TRIGGER = "current";
const MOST_UNDER_WAY = 256;

/** Two readers are fixed to an asset, as the device's table says; a third is carried around, and the context tells. */
const READERS: Readonly<Record<string, string>> = { "motor-1": "reader-1", "motor-2": "reader-2" };
const HANDHELD = "reader-3";

export interface Inlets {
  scan(message: EdgeMessage): void;
  reading(message: EdgeMessage): void;
}

/** What the recorded objects say: none of these may be more than zero. */
export interface Crossings {
  /** Objects that are not the next one of their asset, in words. */
  readonly crossed: string[];
  /** Samples that were made and are in no object. */
  readonly lost: number;
  /** Objects that the model did not judge. */
  readonly unjudged: number;
}

interface Line {
  readonly asset: string;
  part: number;
  sample: number;
  /** Index of the next reading of the sample; -1: the scan is due. */
  reading: number;
  waiting: boolean;
  parts: number;
}

export class InterleavedPlant {
  messages = 0;
  private readonly lines: readonly Line[];
  private samples = 0;
  private recorded = 0;
  private random = 0x2545f491;

  constructor(private readonly inlets: Inlets) {
    this.lines = ASSETS.map((asset) => ({ asset, part: -1, sample: SAMPLES, reading: -1, waiting: false, parts: 0 }));
  }

  /** Every context that `parts` parts on each asset need, by key. */
  static contexts(parts: number): Map<string, object> {
    const contexts = new Map<string, object>();
    for (const [n, asset] of ASSETS.entries())
      for (let part = 0; part < parts; part++)
        contexts.set(`context:${codeOf(asset, part)}`, contextOf(n, asset, part));
    return contexts;
  }

  /** To be called with each message that leaves qr-context: only then do the readings of its part begin. */
  scanned({ asset }: EdgeMessage): void {
    const line = this.lines.find((candidate) => candidate.asset === asset?.id);
    if (line) line.waiting = false;
  }

  /** To be called with each object that is kept: what is under way is bounded. */
  kept(): void {
    this.recorded++;
  }

  /**
   * Runs `parts` more parts on every asset, message by message in random order.
   * @param perSecond messages; Infinity: as fast as they go
   * @returns messages per second
   */
  run(parts: number, perSecond: number): Promise<number> {
    for (const line of this.lines) line.parts += parts;
    const started = performance.now();
    const before = this.messages;
    return new Promise((resolve) => {
      const timer = setInterval(() => {
        const due = Math.min(((performance.now() - started) / 1000) * perSecond, Number.MAX_SAFE_INTEGER);
        while (this.messages - before < due && this.step());
        if (this.lines.some((line) => !isDone(line)) || this.recorded < this.samples) return;
        clearInterval(timer);
        resolve(((this.messages - before) / (performance.now() - started)) * 1000);
      }, 1);
    });
  }

  /** Compares objects, in the order in which they were kept, with what was sent. */
  check(ldos: readonly Ldo[]): Crossings {
    const crossed: string[] = [];
    const next = new Map<string | null, { part: number; sample: number }>();
    const runs = new Map<string, string>();
    for (const ldo of ldos) {
      const at = next.get(ldo.asset_id) ?? { part: 0, sample: 0 };
      const wrong = differences(ldo, at, runs);
      if (wrong !== "") crossed.push(`${ldo.asset_id} part ${at.part} sample ${at.sample}: ${wrong}`);
      next.set(
        ldo.asset_id,
        at.sample + 1 < SAMPLES ? { ...at, sample: at.sample + 1 } : { part: at.part + 1, sample: 0 },
      );
    }
    const unjudged = ldos.filter((ldo) => ldo.unusable !== undefined || ldo.ai_prediction === null).length;
    return { crossed, lost: this.samples - ldos.length, unjudged };
  }

  /** Sends the next message of an asset that has one, chosen at random; false when none has. */
  private step(): boolean {
    if (this.samples - this.recorded >= MOST_UNDER_WAY) return false;
    const ready = this.lines.filter((line) => !line.waiting && !isDone(line));
    const line = ready[this.draw(ready.length)];
    if (!line) return false;
    this.messages++;
    if (line.reading < 0) this.sendScan(line);
    else this.sendReading(line);
    return true;
  }

  private sendScan(line: Line): void {
    line.part++;
    line.sample = 0;
    line.reading = 0;
    line.waiting = true;
    const { asset, part } = line;
    this.inlets.scan({ topic: "scans", reader: READERS[asset] ?? HANDHELD, payload: `\x02${codeOf(asset, part)}\r` });
  }

  /** Three ways in which readings come: a topic each, all at once under the asset's topic, and with the asset named. */
  private sendReading(line: Line): void {
    const { asset, part, sample } = line;
    const values = valuesOf(ASSETS.indexOf(asset), part, sample);
    const channel = CHANNELS[line.reading] as string;
    const whole = asset === "motor-8";
    if (whole) this.inlets.reading({ topic: asset, payload: values });
    else if (asset === "motor-7")
      this.inlets.reading({ asset: asset as never, topic: channel, payload: values[channel] });
    else this.inlets.reading({ topic: `${asset}/${channel}`, payload: values[channel] });
    if (whole || channel === TRIGGER) {
      this.samples++;
      line.sample++;
      line.reading = line.sample < SAMPLES ? 0 : -1;
    } else line.reading++;
  }

  /** xorshift32 (Marsaglia 2003): the same order in every run. */
  private draw(below: number): number {
    this.random ^= this.random << 13;
    this.random ^= this.random >>> 17;
    this.random ^= this.random << 5;
    return (this.random >>> 0) % Math.max(1, below);
  }
}

function isDone({ part, parts, reading }: Line): boolean {
  return part === parts - 1 && reading < 0;
}

function codeOf(asset: string, part: number): string {
  return `${asset}.${part}`;
}

function contextOf(n: number, asset: string, part: number): object {
  const product = PRODUCTS[n % PRODUCTS.length];
  return {
    product: product.name,
    recipe: RECIPES[0]?.name,
    // A fixed reader's asset stands in the table: the context need not tell it.
    ...(asset in READERS ? {} : { asset_id: asset }),
    serial: codeOf(asset, part),
    batch: `batch-${part}`,
    expected_runtime: 600,
    normal: Object.fromEntries(CHANNELS.map((channel, i) => [channel, product.normal[i]])),
    thresholds: { temp_warning: 120, temp_critical: 140, vibration_max: 20 },
  };
}

/** In the model's range; a number never stands for two of (asset, part below 1,000, sample). */
function valuesOf(n: number, part: number, sample: number): Record<string, number> {
  const place = n + part / 1_000 + sample / 10_000;
  return Object.fromEntries(CHANNELS.map((channel, i) => [channel, round(2 + i * 10 + place / (1 + i))]));
}

function round(value: number): number {
  return Number(value.toFixed(6));
}

/** What of an object is not that of its asset's next sample; "" when all is. */
function differences(ldo: Ldo, { part, sample }: { part: number; sample: number }, runs: Map<string, string>): string {
  const wrong: string[] = [];
  const expect = (what: string, got: unknown, wanted: unknown): void => {
    if (JSON.stringify(got) !== JSON.stringify(wanted))
      wrong.push(`${what} is ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`);
  };
  const n = ASSETS.indexOf(ldo.asset_id ?? "");
  const asset = ASSETS[n];
  if (asset === undefined) return `no asset is called so`;
  const code = codeOf(asset, part);
  expect("sensor_data", ldo.sensor_data, valuesOf(n, part, sample));
  expect("scan", ldo.scan?.code, code);
  expect("reader", ldo.scan?.reader, READERS[asset] ?? HANDHELD);
  expect("context", ldo.context, contextOf(n, asset, part));
  expect("key", ldo.lookup?.key, `context:${code}`);
  const run = ldo.run_id ?? "none";
  if (!runs.has(run)) runs.set(run, code);
  expect("run", runs.get(run), code);
  return wrong.join("; ");
}

const ROW = { source: "wire", match: "", min: "-50", max: "200", max_age_ms: "600000", required: "true" };
export const NODES = {
  tab: "9a00000000000001",
  scans: "9a00000000000002",
  readings: "9a00000000000003",
  judge: "9a00000000000004",
  decide: "9a00000000000005",
  emit: "9a00000000000006",
  device: "9a00000000000007",
  store: "9a00000000000008",
  model: "9a00000000000009",
  objects: "9a0000000000000a",
  found: "9a0000000000000b",
  kept: "9a0000000000000c",
} as const;

/** The loop for these assets: scans go into NODES.scans, readings into NODES.readings; found and kept are the caller's. */
export function interleavedFlow(redisUrl: string, dataDir: string, bucket: string): Record<string, unknown>[] {
  const { tab, device, store, model, objects } = NODES;
  const node = (id: string, type: string, wires: string[][], more: object): Record<string, unknown> => ({
    id,
    type,
    z: tab,
    x: 200,
    y: 80,
    wires,
    ...more,
  });
  return [
    { id: tab, type: "tab", label: "eight assets" },
    node(
      NODES.scans,
      "qr-context",
      [
        [NODES.readings, NODES.found],
        [NODES.readings, NODES.found],
      ],
      {
        device,
        store,
        key: "context:{code}",
        deadline_ms: "5000",
      },
    ),
    node(NODES.readings, "sensor-fuse", [[NODES.judge], [NODES.judge]], {
      device,
      trigger: "channel",
      trigger_channel: TRIGGER,
      channels: CHANNELS.map((name) => ({ ...ROW, name, unit: UNITS[name] })),
    }),
    node(NODES.judge, "tensorrt-infer", [[NODES.decide]], { model }),
    node(NODES.decide, "decision", [[], [], [NODES.emit]], { device, model }),
    node(NODES.emit, "ldo-emit", [[NODES.kept], []], { device, objects }),
    {
      id: device,
      type: "context-edge-device",
      device_id: "edge-1",
      mode: "live",
      data_dir: dataDir,
      assets: ASSETS.map((id) => ({ id, line: "line-1", station: `at-${id}`, readers: READERS[id] ?? "" })),
    },
    { id: store, type: "context-edge-store", kind: "redis", url: redisUrl, cache: true },
    { id: model, type: "context-edge-model", source: "bundled", model: "motor-faults", backend: "onnx", threads: "1" },
    { id: objects, type: "context-edge-objects", kind: "folder", folder: bucket },
  ];
}
