/**
 * From a fused sample and its context to the numbers the model was trained on. Everything is checked here, because the
 * runtime checks nothing: NaN in gives NaN out, and a negative embedding row silently selects the last one.
 */
import type { Context, Fault, Fusion, Manifest, SensorData } from "../messages";
import { isRecord, valueAtSteps } from "../path";
import { sameUnit } from "../units";
import type { Feeds } from "./feeds";
import { SENSORS } from "./manifest";

/** What is read of a message. It comes over a wire: anything may stand there, and nothing of it makes encoding throw. */
export interface Sample {
  readonly sensor_data?: SensorData;
  readonly context?: Context;
  readonly asset?: { readonly id: string };
  readonly fusion?: Pick<Fusion, "channels">;
}

export interface Encoded {
  /** Why the sample cannot be judged; the row is then not to be used. */
  readonly fault?: Fault;
  /** Ids the vocabulary does not know, by field; "" where the context has none. They were taken as UNK, row 0. */
  readonly unknown?: Record<string, string>;
}

const FINE: Encoded = Object.freeze({});
const UNK = 0n;

/**
 * Writes samples into the rows of a batch, as a manifest says: channels in its order, each as its reading or, with a
 * reference, as reading − reference (both in the channel's unit); ids as embedding rows; numeric context fields as they
 * are.
 *
 * Faults: `sample-missing`, `channel-missing`, `channel-range`, `channel-unit`, `reference-missing`, `reference-range`,
 * `context-number`.
 */
export class Encoder {
  private readonly references: readonly (readonly string[] | undefined)[];
  private readonly numbers: readonly { input: string; fields: readonly string[]; paths: readonly string[][] }[];
  private readonly ids: readonly { input: string; field: string; path: string[]; rows: ReadonlyMap<string, bigint> }[];

  private readonly spelled: { readonly found: string; readonly same: boolean }[] = [];

  constructor(readonly manifest: Manifest) {
    this.references = manifest.channels.map(({ reference }) => reference?.split("."));
    this.numbers = (manifest.numeric ?? []).map(({ input, fields }) => ({
      input,
      fields,
      paths: fields.map((f) => f.split(".")),
    }));
    this.ids = manifest.ids.map(({ input, field, vocabulary }) => ({
      input,
      field,
      path: field.split("."),
      rows: new Map(Object.entries(vocabulary).map(([value, row]) => [value, BigInt(row)])),
    }));
  }

  encode(sample: Sample, feeds: Feeds, row: number): Encoded {
    if (!isRecord(sample.sensor_data)) {
      return fault("sample-missing", "the message has no sensor_data: wire a sensor-fuse before this node");
    }
    return (
      this.channels(sample, sample.sensor_data, feeds, row) ??
      this.numeric(sample, feeds, row) ??
      this.embeddings(sample, feeds, row)
    );
  }

  private channels(sample: Sample, data: SensorData, feeds: Feeds, row: number): Encoded | undefined {
    const width = this.manifest.channels.length;
    const out = feeds.arrays[SENSORS] as Float32Array;
    for (let i = 0; i < width; i++) {
      const value = this.channel(i, sample, data);
      if (typeof value !== "number") return value;
      out[row * width + i] = value;
    }
    return undefined;
  }

  /** What the model sees of a channel, or why it cannot. */
  private channel(i: number, sample: Sample, data: SensorData): number | Encoded {
    const channel = this.manifest.channels[i] as Manifest["channels"][number];
    const { name, unit, range, fill } = channel;
    const value = Object.hasOwn(data, name) ? data[name] : undefined;
    if (typeof value !== "number" || Number.isNaN(value)) {
      return fill ?? fault("channel-missing", `${name} has no usable value`);
    }
    const found = sample.fusion?.channels?.[name]?.unit;
    if (found !== undefined && found !== "" && found !== unit && !this.isSame(i, found)) {
      return fault("channel-unit", `${name} is in ${found}, the model was trained in ${unit}`);
    }
    if (!(value >= range[0] && value <= range[1])) {
      return fault("channel-range", `${name} is ${value} ${unit}, ${plausible(range)}`);
    }
    const path = this.references[i];
    if (path === undefined) return value;
    const normal = valueAtSteps(sample.context, path);
    if (typeof normal !== "number" || Number.isNaN(normal)) {
      return (
        fill ?? fault("reference-missing", `the context has no number at ${channel.reference}: what ${name} is normal?`)
      );
    }
    if (!(normal >= range[0] && normal <= range[1])) {
      return fault("reference-range", `${channel.reference} is ${normal} ${unit}, ${plausible(range)}`);
    }
    return value - normal;
  }

  /** True when the channel's unit is only spelled otherwise. Looked up once: a channel's unit does not change on the way. */
  private isSame(i: number, found: string): boolean {
    const known = this.spelled[i];
    if (known?.found === found) return known.same;
    const same = sameUnit(found, (this.manifest.channels[i] as { unit: string }).unit);
    this.spelled[i] = { found, same };
    return same;
  }

  private numeric(sample: Sample, feeds: Feeds, row: number): Encoded | undefined {
    for (const { input, fields, paths } of this.numbers) {
      const out = feeds.arrays[input] as Float32Array;
      for (let i = 0; i < paths.length; i++) {
        const value = valueAtSteps(sample.context, paths[i] as string[]);
        if (typeof value !== "number" || !isFloat32(value)) {
          return fault("context-number", `the context has no usable number at ${fields[i]}`);
        }
        out[row * paths.length + i] = value;
      }
    }
    return undefined;
  }

  private embeddings(sample: Sample, feeds: Feeds, row: number): Encoded {
    let unknown: Record<string, string> | undefined;
    for (const { input, field, path, rows } of this.ids) {
      const value = (field === "asset_id" ? sample.asset?.id : undefined) ?? valueAtSteps(sample.context, path);
      const key =
        typeof value === "string"
          ? value
          : typeof value === "number" || typeof value === "boolean"
            ? String(value)
            : "";
      const found = rows.get(key);
      (feeds.arrays[input] as BigInt64Array)[row] = found ?? UNK;
      if (found === undefined) (unknown ??= {})[field] = key;
    }
    return unknown === undefined ? FINE : { unknown };
  }
}

function plausible([low, high]: readonly [number, number]): string {
  return `plausible is ${low} to ${high}`;
}

/** False for NaN, and for what 32 bits would turn into an infinity. */
function isFloat32(value: number): boolean {
  return Number.isFinite(Math.fround(value));
}

function fault(code: string, message: string): Encoded {
  return { fault: { code, message } };
}
