/**
 * From a fused sample and its context to the numbers the model was trained on. Everything is checked here, because the
 * runtime checks nothing: NaN in gives NaN out, and a negative embedding row silently selects the last one.
 */
import type { Context, Fault, Fusion, Manifest, SensorData } from "../messages";
import { isRecord, valueAt } from "../path";
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
  private readonly ids: { input: string; field: string; rows: ReadonlyMap<string, bigint> }[];

  constructor(readonly manifest: Manifest) {
    this.ids = manifest.ids.map(({ input, field, vocabulary }) => ({
      input,
      field,
      rows: new Map(Object.entries(vocabulary).map(([value, row]) => [value, BigInt(row)])),
    }));
  }

  encode(sample: Sample, feeds: Feeds, row: number): Encoded {
    if (!isRecord(sample.sensor_data))
      return fault("sample-missing", "the message has no sensor_data: wire a sensor-fuse before this node");
    return (
      this.channels(sample, sample.sensor_data, feeds, row) ??
      this.numeric(sample, feeds, row) ??
      this.embeddings(sample, feeds, row)
    );
  }

  private channels(sample: Sample, data: SensorData, feeds: Feeds, row: number): Encoded | undefined {
    const { channels } = this.manifest;
    const out = feeds.arrays[SENSORS] as Float32Array;
    let at = row * channels.length;
    for (const channel of channels) {
      const value = Object.hasOwn(data, channel.name) ? data[channel.name] : undefined;
      let encoded: number | undefined;
      if (typeof value !== "number" || Number.isNaN(value)) {
        if (channel.fill === undefined) return fault("channel-missing", `${channel.name} has no usable value`);
        encoded = channel.fill;
      } else {
        const unit = sample.fusion?.channels?.[channel.name]?.unit;
        if (unit !== undefined && unit !== "" && unit !== channel.unit) {
          return fault("channel-unit", `${channel.name} is in ${unit}, the model was trained in ${channel.unit}`);
        }
        const [low, high] = channel.range;
        if (!(value >= low && value <= high)) {
          return fault("channel-range", `${channel.name} is ${value} ${channel.unit}, plausible is ${low} to ${high}`);
        }
        encoded = value;
        if (channel.reference !== undefined) {
          const reference = valueAt(sample.context, channel.reference);
          if (typeof reference !== "number" || Number.isNaN(reference)) {
            if (channel.fill === undefined) {
              return fault(
                "reference-missing",
                `the context has no number at ${channel.reference}, which says what ${channel.name} is normal`,
              );
            }
            encoded = channel.fill;
          } else if (!(reference >= low && reference <= high)) {
            return fault(
              "reference-range",
              `${channel.reference} is ${reference} ${channel.unit}, plausible is ${low} to ${high}`,
            );
          } else {
            encoded = value - reference;
          }
        }
      }
      if (!isFloat32(encoded))
        return fault("channel-range", `${channel.name} is ${encoded}, which is no 32-bit number`);
      out[at++] = encoded;
    }
    return undefined;
  }

  private numeric(sample: Sample, feeds: Feeds, row: number): Encoded | undefined {
    if (this.manifest.numeric === undefined) return undefined;
    for (const { input, fields } of this.manifest.numeric) {
      const out = feeds.arrays[input] as Float32Array;
      let at = row * fields.length;
      for (const field of fields) {
        const value = valueAt(sample.context, field);
        if (typeof value !== "number" || !isFloat32(value))
          return fault("context-number", `the context has no usable number at ${field}`);
        out[at++] = value;
      }
    }
    return undefined;
  }

  private embeddings(sample: Sample, feeds: Feeds, row: number): Encoded {
    let unknown: Record<string, string> | undefined;
    for (const { input, field, rows } of this.ids) {
      const value = (field === "asset_id" ? sample.asset?.id : undefined) ?? valueAt(sample.context, field);
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

/** False for NaN, and for what 32 bits would turn into an infinity. */
function isFloat32(value: number): boolean {
  return Number.isFinite(Math.fround(value));
}

function fault(code: string, message: string): Encoded {
  return { fault: { code, message } };
}
