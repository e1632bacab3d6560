/**
 * Where contexts are kept. A store deals in texts: what was stored is what is answered, and only the lookup that needs the
 * object parses it. Reads answer through a sink, because one object per lookup is cheaper than a promise per key.
 */
import { EdgeError } from "../errors";
import type { Context } from "../messages";
import { isRecord } from "../path";

/** A context is copied into every Labeled Data Object, so it has to stay small: bytes of its JSON. */
export const MAX_CONTEXT_BYTES = 65_536;

/** Deeper ones would overflow whoever copies or parses them by recursion, Python's json among them; a person writes five. */
const MAX_DEPTH = 64;

export type Source = "redis" | "cache" | "embedded";

/** What a read calls, exactly once, at once or later. `slot` is what the reader passed in. */
export interface Sink {
  /** @param text null where nothing is stored under the key; @param ageMs since it was read from where it is kept */
  answered(slot: number, text: string | null, source: Source, ageMs: number): void;
  failed(slot: number, error: EdgeError): void;
}

export interface Entry {
  readonly key: string;
  readonly value: Context;
}

/** A text that was true when it was read. */
export interface Known {
  readonly text: string;
  readonly ageMs: number;
}

export interface StoreState {
  /** "ready" answers; "degraded" too, but slower; "waiting" gets there by itself; "failed" needs somebody. */
  readonly phase: "ready" | "degraded" | "waiting" | "failed";
  readonly text: string;
  /** Of one that is reached over a network and waiting: why it does not answer, "" where no cause is known. */
  readonly peer?: "unused" | { readonly away: string };
}

export interface ContextStore {
  readonly kind: "redis" | "embedded";
  /** How a status names it: "redis 10.0.0.5:6379" */
  readonly place: string;
  readonly state: StoreState;
  /** Right after a start, while it cannot be asked yet: resolves when it can, or has to be without an answer. */
  readonly opening: Promise<void> | undefined;
  read(key: string, sink: Sink, slot: number): void;
  /** The last text that was read under the key, however old; undefined where there is none. Never of another key. */
  lastKnown(key: string): Known | undefined;
  /** Stores whole contexts. @throws EdgeError `context-unavailable`, `disk-full`, `store-full` */
  replace(entries: readonly Entry[]): Promise<void>;
  /**
   * Changes one context as one step: nobody's write in between is lost.
   * @throws EdgeError `context-conflict`, `context-unavailable`, `disk-full`, `store-full`, or what `change` throws
   */
  update(key: string, change: (before: Context | undefined) => Context): Promise<void>;
  /** @returns how many there were. @throws EdgeError `context-unavailable`, `disk-full` */
  remove(keys: readonly string[]): Promise<number>;
  /** Says which keys will be read, so that their changes can be followed, and whether last known values are wanted. */
  use(user: object, interest: Interest): void;
  release(user: object): Promise<void>;
  /** Called on every change of `state`, with the state it has now at once. Returns what ends it. */
  watch(listener: (state: StoreState) => void): () => void;
}

export interface Interest {
  readonly prefixes: readonly string[];
  readonly lastKnown: boolean;
}

/** @throws EdgeError `context-invalid` */
export function parseContext(key: string, text: string): Context {
  if (text.length > MAX_CONTEXT_BYTES) throw tooLarge(key, `more than ${text.length - 1}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new EdgeError("context-invalid", `${key} is not JSON: "${text.slice(0, 40)}"`, { cause: error });
  }
  if (!isRecord(value)) {
    throw new EdgeError(
      "context-invalid",
      `${key} is ${Array.isArray(value) ? "a list" : String(value).slice(0, 40)}, must be a JSON object`,
    );
  }
  if (isDeeper(value, MAX_DEPTH)) throw tooDeep(key);
  return value;
}

/** @throws EdgeError `context-invalid` */
export function encodeContext(key: string, value: unknown): string {
  if (!isRecord(value))
    throw new EdgeError(
      "context-invalid",
      `the context for ${key} is ${Array.isArray(value) ? "a list" : typeof value}, must be an object`,
    );
  let text: string;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw new EdgeError("context-invalid", `the context for ${key} cannot be written as JSON`, { cause: error });
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_CONTEXT_BYTES) throw tooLarge(key, String(bytes));
  if (isDeeper(value, MAX_DEPTH)) throw tooDeep(key);
  return text;
}

/** Looks no deeper than `levels`, so it never overflows itself. */
function isDeeper(value: object, levels: number): boolean {
  if (levels === 0) return true;
  for (const part of Object.values(value) as unknown[]) {
    if (typeof part === "object" && part !== null && isDeeper(part, levels - 1)) return true;
  }
  return false;
}

function tooDeep(key: string): EdgeError {
  return new EdgeError("context-invalid", `${key} is nested deeper than ${MAX_DEPTH} levels`);
}

export function tooLarge(key: string, bytes: string): EdgeError {
  return new EdgeError("context-invalid", `${key} has ${bytes} bytes, limit ${MAX_CONTEXT_BYTES}`);
}
