import { isRecord } from "../path";
import { kindOf } from "../words";
import { unitOf } from "../units";
import { stampOf } from "./stamps";
import { plainQuality, sourceStatus, type SourceQuality, type SourceStatus } from "./status-code";
import { isWaveform, readWaveform } from "./waveform";

/** One value for one channel, judged by what its source said of it. A bad one keeps no number: `value` is NaN. */
export interface Reading {
  readonly value: number;
  readonly quality: SourceQuality;
  /** Why it is not good; empty when it is. */
  readonly reason: string;
  /** Unit the source named; undefined: the channel's own. */
  readonly unit: string | undefined;
  /** That unit is the one of its variable, as the source declares it: of the raw value. */
  readonly declared?: boolean;
  /** Everything that came at once, the oldest first, where more than one value did. */
  readonly samples: ArrayLike<number> | undefined;
  /** Samples per second, where `samples` are evenly spaced. */
  readonly rateHz?: number;
  /** Older samples that came with them and were not read: no window would hold them. */
  readonly cut?: number;
  /** When the source says that it was measured (the newest sample), in epoch ms. */
  readonly stamp?: number;
  /** How long ago it was measured, where the source knows without a stamp to trust. */
  readonly ageMs?: number;
  /** The source is to be trusted for its stamps, whatever the channel says. */
  readonly trusted?: boolean;
  /** 1 and 0 that came as true and false: no value for a channel of numbers. */
  readonly fromBoolean?: boolean;
  /** No reading at all, only why none came: the last one counts until it is too old. */
  readonly silent?: true;
}

/** What a message or a source says of a reading beside its value. */
export interface ReadingFacts {
  readonly stamp?: number | undefined;
  readonly unit?: string | undefined;
  /** The unit is that of the variable, and did not come with the value. */
  readonly declared?: boolean;
  readonly trusted?: boolean;
}

/** `reading` with what stands beside it; what it says itself goes first. */
export function withFacts(reading: Reading, { stamp, unit, declared, trusted }: ReadingFacts): Reading {
  return {
    ...reading,
    unit: reading.unit ?? unit,
    ...(reading.unit === undefined && declared === true && { declared }),
    ...(reading.stamp === undefined && stamp !== undefined && { stamp }),
    ...(trusted === true && { trusted }),
  };
}

/** Longest text that is looked at: a reading is a number, not a document. */
const LONGEST_TEXT = 4096;

export function goodReading(value: number): Reading {
  return { value, quality: "good", reason: "", unit: undefined, samples: undefined };
}

export function badReading(reason: string): Reading {
  return { value: NaN, quality: "bad", reason, unit: undefined, samples: undefined };
}

/** A source says why nothing comes from it: what it said before counts until it is stale, and then this is the reason. */
export function silentReading(reason: string): Reading {
  return { ...badReading(reason), silent: true };
}

/**
 * Judges whatever arrived for a channel: number, numeric text, boolean, `{value, unit?, quality?, statusCode?}`, OPC UA
 * DataValue, list of samples. Never throws; what is no number comes back bad, with the reason.
 */
export function readValue(raw: unknown): Reading {
  switch (typeof raw) {
    case "number":
      return Number.isFinite(raw) ? goodReading(raw) : badReading(`${raw} is not a finite number`);
    case "string":
      return readText(raw);
    case "boolean":
      return { ...goodReading(raw ? 1 : 0), fromBoolean: true };
    case "bigint":
      return readValue(Number(raw));
    case "undefined":
      return badReading("there is no value");
    case "object":
      return raw === null ? badReading("null is not a value") : readObject(raw);
    case "function":
    case "symbol":
      return badReading(`a ${typeof raw} is not a number`);
    default:
      return badReading("it is not a number");
  }
}

/** Lowers a reading to what its source says of it: a bad status makes a plausible number bad. */
export function underStatus(reading: Reading, status: SourceStatus): Reading {
  if (status.quality === "good") return reading;
  if (status.quality === "bad") return badReading(status.name);
  return reading.quality === "bad" ? reading : { ...reading, quality: "uncertain", reason: status.name };
}

function readText(text: string): Reading {
  if (text.length > LONGEST_TEXT) return badReading(`a text of ${text.length} characters is not a number`);
  const trimmed = text.trim();
  if (isDecimal(trimmed)) return readValue(Number(trimmed));
  const first = trimmed[0];
  if (first === "{" || first === "[") {
    const parsed = parseJson(trimmed);
    if (parsed !== undefined) return readValue(parsed);
  }
  return badReading(`"${trimmed.slice(0, 40)}" is not a number`);
}

/** The JSON value of a text, or undefined. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** "12.5", "-3", "1.2e-3": a decimal number with a point. "12,5", "0x10", "Infinity" and "" are none. */
function isDecimal(text: string): boolean {
  let digits = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c >= 0x30 && c <= 0x39) digits++;
    else if (c !== 0x2e && c !== 0x2d && c !== 0x2b && c !== 0x65 && c !== 0x45) return false;
  }
  return digits > 0 && digits <= 400 && !Number.isNaN(Number(text));
}

function readObject(raw: object): Reading {
  if (Array.isArray(raw)) return readSamples(raw);
  if (Buffer.isBuffer(raw)) {
    return raw.length <= LONGEST_TEXT
      ? readText(raw.toString("utf8"))
      : badReading(`${raw.length} bytes are not a number`);
  }
  if (ArrayBuffer.isView(raw)) return readTypedArray(raw);
  if (raw instanceof Date) return badReading("a date is not a number");
  const fields = raw as Readonly<Record<string, unknown>>;
  // What an OPC UA node answers to a write: its number is no measurement.
  if (typeof fields["isGoodish"] === "function") return badReading("a status code is not a value");
  if (isWaveform(fields)) {
    const waveform = readWaveform(fields);
    if (typeof waveform === "string") return badReading(waveform);
    return underStatus(waveform, sourceStatus(fields["statusCode"]));
  }
  const inner = fields["value"];
  const facts = factsIn(fields);
  const reading = readField(fields, inner);
  return facts ? withFacts(reading, facts) : reading;
}

/** The stamp and the unit that stand beside a value: in a message, a DataValue, or an object of a plant's own. */
export function factsIn(fields: Readonly<Record<string, unknown>>): ReadingFacts | undefined {
  const stamp = stampOf(fields["sourceTimestamp"] ?? fields["at"] ?? fields["timestamp"]);
  const unit = unitOf(fields["unit"] ?? fields["engineeringUnits"]);
  return stamp === undefined && unit === undefined ? undefined : { stamp, unit };
}

function readField(fields: Readonly<Record<string, unknown>>, inner: unknown): Reading {
  if (isVariant(inner)) return underStatus(readVariant(inner), sourceStatus(fields["statusCode"]));
  if (inner === undefined && "statusCode" in fields) {
    const status = sourceStatus(fields["statusCode"]);
    return badReading(status.quality === "good" ? "there is no value" : status.name);
  }
  if (inner === undefined)
    return badReading(`an object ${contentOf(fields)} is not a number: its value would stand in "value"`);
  if (isRecord(inner)) return badReading("a value within a value is not a number");
  let reading = readValue(inner);
  reading = underStatus(reading, plainQuality(fields["quality"]));
  reading = underStatus(reading, sourceStatus(fields["statusCode"]));
  const { status } = fields;
  // Many fields are called so ("running"): only what clearly is a judgement counts.
  if (typeof status === "string" && /^(bad|uncertain)/i.test(status))
    reading = underStatus(reading, sourceStatus(status));
  const unit = fields["unit"];
  return typeof unit === "string" && unit !== "" ? { ...reading, unit } : reading;
}

function contentOf(fields: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(fields);
  return names.length === 0 ? "without properties" : `with ${names.slice(0, 3).join(", ")}`;
}

/** The last of a list is the newest; every one must be a number, or none is believed. */
function readSamples(list: readonly unknown[]): Reading {
  if (list.length === 0) return badReading("an empty list holds no value");
  const newest = list.at(-1);
  if (Array.isArray(newest)) return badReading("a list within a list is not a number");
  const last = readValue(newest);
  if (list.length === 1 || last.quality === "bad") return last;
  for (const sample of list) {
    if (typeof sample !== "number" || !Number.isFinite(sample))
      return badReading(
        `a list with ${typeof sample === "number" ? sample : kindOf(sample)} in it is not a list of samples`,
      );
  }
  return { ...last, samples: list as readonly number[] };
}

/** An OPC UA array: samples for a channel with window features, no value for one that wants a single number. */
function readTypedArray(raw: ArrayBufferView): Reading {
  const list = raw as unknown as ArrayLike<unknown>;
  const kind = raw.constructor.name;
  if (typeof list.length !== "number") return badReading(`a ${kind} is not a number`);
  const bad = badReading(`a ${kind} of ${list.length} values is not one number`);
  for (let i = 0; i < list.length; i++) {
    if (typeof list[i] !== "number" || !Number.isFinite(list[i])) return bad;
  }
  return list.length === 0 ? bad : { ...bad, samples: list as ArrayLike<number> };
}

interface Variant {
  readonly dataType: unknown;
  readonly value?: unknown;
}

function isVariant(value: unknown): value is Variant {
  return isRecord(value) && "dataType" in value;
}

/** A 64-bit integer as node-opcua delivers it: [high, low]; its lists of other numbers are typed arrays. */
export function wideInteger(halves: readonly unknown[], signed = true): number | undefined {
  const [high, low] = halves;
  if (halves.length !== 2 || !isHalf(high) || !isHalf(low)) return undefined;
  return (signed ? high | 0 : high >>> 0) * 0x1_0000_0000 + (low >>> 0);
}

function isHalf(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= -0x8000_0000 && value <= 0xffff_ffff;
}

function readVariant(variant: Variant): Reading {
  const { dataType, value } = variant;
  const signed = dataType === 8 || dataType === "Int64";
  if ((signed || dataType === 9 || dataType === "UInt64") && Array.isArray(value)) {
    const number = wideInteger(value, signed);
    if (number !== undefined) return readValue(number);
  }
  // Text on an OPC UA server is no measurement unless it is one in full: readText decides.
  return readValue(value);
}
