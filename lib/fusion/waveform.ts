/**
 * Waveforms: many evenly spaced samples in one message, `{payload, rate_hz, at?, dtype?}`. The payload is a list, a typed
 * array of any realm, or bytes with a `dtype`. `at` is when the first sample was taken.
 */
import { isRecord } from "../path";
import type { Reading } from "./reading";
import { stampOf } from "./stamps";
import { unitOf } from "../units";
import { WINDOW_CAPACITY } from "./window";

type Read = (view: DataView, at: number, little: boolean) => number;

/** Number formats of bytes, by name and in NumPy's short form. */
const DTYPES: Readonly<Record<string, { readonly bytes: number; readonly short: string; readonly read: Read }>> = {
  int8: { bytes: 1, short: "i1", read: (view, at) => view.getInt8(at) },
  uint8: { bytes: 1, short: "u1", read: (view, at) => view.getUint8(at) },
  int16: { bytes: 2, short: "i2", read: (view, at, little) => view.getInt16(at, little) },
  uint16: { bytes: 2, short: "u2", read: (view, at, little) => view.getUint16(at, little) },
  int32: { bytes: 4, short: "i4", read: (view, at, little) => view.getInt32(at, little) },
  uint32: { bytes: 4, short: "u4", read: (view, at, little) => view.getUint32(at, little) },
  int64: { bytes: 8, short: "i8", read: (view, at, little) => Number(view.getBigInt64(at, little)) },
  uint64: { bytes: 8, short: "u8", read: (view, at, little) => Number(view.getBigUint64(at, little)) },
  float32: { bytes: 4, short: "f4", read: (view, at, little) => view.getFloat32(at, little) },
  float64: { bytes: 8, short: "f8", read: (view, at, little) => view.getFloat64(at, little) },
};

/** Highest rate that is believed: faster than any converter of a plant. */
const FASTEST_HZ = 1e8;

/** What says that an object is a waveform. */
export function isWaveform(fields: Readonly<Record<string, unknown>>): boolean {
  return fields["rate_hz"] !== undefined || fields["dtype"] !== undefined;
}

/**
 * Reads a waveform out of a message, or out of an object within one. Of more samples than a window holds the newest are
 * read; every one that is read must be a finite number, or none is believed. Never throws.
 * @returns why it is none, in words
 */
export function readWaveform(fields: Readonly<Record<string, unknown>>): Reading | string {
  const raw = fields["payload"] ?? fields["value"] ?? fields["samples"];
  const { rate_hz: rate, dtype } = fields;
  if (rate !== undefined && !(typeof rate === "number" && rate > 0 && rate <= FASTEST_HZ))
    return `rate_hz is ${shown(rate)}, must be a number of samples per second`;
  const samples = dtype === undefined ? listOf(raw) : bytesOf(raw, dtype);
  if (typeof samples === "string") return samples;
  const { values, total } = samples;
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) return `sample ${total - values.length + wrong + 1} of ${total} is not a finite number`;
  const begun = stampOf(fields["at"]);
  return {
    value: values.at(-1) as number,
    quality: "good",
    reason: "",
    unit: unitOf(fields["unit"]),
    samples: values,
    ...(rate !== undefined && { rateHz: rate }),
    ...(total > values.length && { cut: total - values.length }),
    ...(begun !== undefined && { stamp: rate === undefined ? begun : begun + ((total - 1) * 1000) / rate }),
  };
}

interface Samples {
  /** The newest, as many as a window holds. */
  readonly values: Float64Array;
  readonly total: number;
}

function listOf(raw: unknown): Samples | string {
  const isView = ArrayBuffer.isView(raw) && !isDataView(raw);
  if (!Array.isArray(raw) && !isView) return "a waveform without dtype is a list of numbers or a typed array";
  const list = raw as unknown as ArrayLike<unknown>;
  const total = list.length;
  if (total === 0) return "the waveform holds no sample";
  const from = Math.max(0, total - WINDOW_CAPACITY);
  const values = new Float64Array(total - from);
  for (let i = from; i < total; i++) {
    const value = list[i];
    values[i - from] = typeof value === "number" ? value : typeof value === "bigint" ? Number(value) : NaN;
  }
  return { values, total };
}

function isDataView(view: ArrayBufferView): boolean {
  return Object.prototype.toString.call(view) === "[object DataView]";
}

function bytesOf(raw: unknown, dtype: unknown): Samples | string {
  const format = formatOf(dtype);
  if (!format) return `dtype is ${shown(dtype)}; there are ${Object.keys(DTYPES).join(", ")}, with le or be behind`;
  const bytes = viewOf(raw);
  if (!bytes) return "a waveform with dtype is a Buffer, a typed array's bytes or Base64";
  if (bytes.byteLength === 0) return "the waveform holds no sample";
  if (bytes.byteLength % format.bytes !== 0)
    return `${bytes.byteLength} bytes are no whole number of ${String(dtype)} samples of ${format.bytes} bytes`;
  const total = bytes.byteLength / format.bytes;
  const from = Math.max(0, total - WINDOW_CAPACITY);
  const values = new Float64Array(total - from);
  for (let i = from; i < total; i++) values[i - from] = format.read(bytes, i * format.bytes, format.little);
  return { values, total };
}

/** "int16", "int16le", "int16be", "<i2", ">i2"; little-endian where it does not say. */
function formatOf(dtype: unknown): { bytes: number; read: Read; little: boolean } | undefined {
  if (typeof dtype !== "string") return undefined;
  const text = dtype.trim().toLowerCase();
  const [, order = "", word = "", end = ""] = /^([<>|=]?)([a-z]+\d+)(le|be)?$/.exec(text) ?? [];
  if (order !== "" && end !== "") return undefined;
  const found = Object.entries(DTYPES).find(([name, { short }]) => word === name || word === short);
  return found && { ...found[1], little: end !== "be" && order !== ">" };
}

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

function viewOf(raw: unknown): DataView | undefined {
  if (typeof raw === "string") return BASE64.test(raw) ? viewOf(Buffer.from(raw, "base64")) : undefined;
  if (ArrayBuffer.isView(raw)) return new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  // A Buffer that went through JSON.
  if (isRecord(raw) && raw["type"] === "Buffer" && Array.isArray(raw["data"])) return viewOf(Buffer.from(raw["data"]));
  return undefined;
}

function shown(value: unknown): string {
  return typeof value === "string"
    ? `"${value.slice(0, 20)}"`
    : typeof value === "number"
      ? String(value)
      : typeof value;
}
