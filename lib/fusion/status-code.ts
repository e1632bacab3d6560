/** How far a source itself trusts a value. */
export type SourceQuality = "good" | "uncertain" | "bad";

/** OPC UA Part 4, 7.39: the two top bits of a StatusCode are its severity; 3 is reserved and counts as bad. */
const SEVERITY: readonly SourceQuality[] = ["good", "uncertain", "bad", "bad"];

/** What a StatusCode says, as the nodes of the field pass it on: a number, a name, or an object with either. */
export interface SourceStatus {
  readonly quality: SourceQuality;
  /** As it can be shown: "BadSensorFailure", "0x80000000". */
  readonly name: string;
}

const GOOD: SourceStatus = { quality: "good", name: "Good" };

/**
 * Reads a StatusCode. Severity decides, not equality with Good: GoodOverload and Good with the overflow bit are good.
 * What cannot be read is bad: a value whose status is unknown is not a good one.
 */
export function sourceStatus(code: unknown): SourceStatus {
  if (code === undefined || code === null || code === 0) return GOOD;
  if (typeof code === "number") {
    if (!Number.isInteger(code)) return { quality: "bad", name: String(code) };
    // An HTTP node's statusCode: in a StatusCode these bits are never set without bit 10 (OPC UA Part 4, 7.39).
    if (code >= 400 && code < 600) return { quality: "bad", name: `HTTP status ${code}` };
    const quality = SEVERITY[code >>> 30] as SourceQuality;
    return quality === "good" ? GOOD : { quality, name: hex(code) };
  }
  if (typeof code === "string") return named(code);
  if (typeof code === "object") {
    const { value, name } = code as { value?: unknown; name?: unknown };
    if (typeof value === "number") {
      const quality = SEVERITY[value >>> 30] as SourceQuality;
      if (quality === "good") return GOOD;
      return { quality, name: typeof name === "string" && name !== "" ? name : hex(value) };
    }
    if (typeof name === "string") return named(name);
  }
  return { quality: "bad", name: "an unreadable status" };
}

/** "Good", "BadSensorFailure", "Uncertain (0x40000000)", "0x80000000", "2147483648". */
function named(text: string): SourceStatus {
  const word = text.trim();
  const head = word.slice(0, 4).toLowerCase();
  if (head === "good") return GOOD;
  if (head === "unce") return { quality: "uncertain", name: word };
  if (head.startsWith("bad")) return { quality: "bad", name: word };
  const code = word === "" ? NaN : Number(word);
  return Number.isInteger(code) ? sourceStatus(code) : { quality: "bad", name: `status "${word.slice(0, 40)}"` };
}

/**
 * Reads the `quality` field of a plain reading: a word, true/false, an OPC Classic quality byte (192 good, 64 uncertain,
 * 0 bad: its two top bits), or a StatusCode.
 */
export function plainQuality(said: unknown): SourceStatus {
  const quality = typeof said === "string" && /^\s*\d+\s*$/.test(said) ? Number(said) : said;
  if (quality === undefined || quality === null || quality === true) return GOOD;
  if (quality === false) return { quality: "bad", name: "quality false" };
  if (typeof quality === "number" && quality >= 0 && quality <= 255) {
    if (quality >= 192) return GOOD;
    return { quality: quality >= 64 && quality < 128 ? "uncertain" : "bad", name: `quality ${quality}` };
  }
  return sourceStatus(quality);
}

function hex(code: number): string {
  return `0x${(code >>> 0).toString(16).padStart(8, "0").toUpperCase()}`;
}
