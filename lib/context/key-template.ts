/**
 * Keys from templates: `context:{code}`, `asset:{context.asset_id}`. Values are percent-encoded down to letters, digits and
 * `- _ . ~`, so a scan that contains ":" or anything else never reaches another namespace.
 */
import { EdgeError } from "../errors";
import type { Context } from "../messages";
import { valueAt } from "../path";
import type { ScanText } from "./scan";

/** What the placeholders of a template can speak of. */
export interface KeySource {
  readonly scan: ScanText;
  readonly reader: string | undefined;
  readonly asset: string | undefined;
  readonly context: Context | undefined;
}

type Kind = "code" | "symbology" | "reader" | "asset" | "gs1" | "context";

interface Placeholder {
  readonly text: string;
  readonly kind: Kind;
  /** Behind "gs1." or "context.". */
  readonly path: string;
}

const PLAIN: ReadonlySet<string> = new Set(["code", "symbology", "reader", "asset"]);
const UNRESERVED = Uint8Array.from({ length: 128 }, (_, char) =>
  /[A-Za-z0-9\-_.~]/.test(String.fromCharCode(char)) ? 1 : 0,
);

export class KeyTemplate {
  /** What every key of this template starts with. */
  readonly prefix: string;
  /** Properties of the context that it needs; empty when the scan alone is enough. */
  readonly contextPaths: readonly string[];
  private readonly literals: readonly string[];
  private readonly placeholders: readonly Placeholder[];

  /** @throws EdgeError `config-template` */
  constructor(readonly text: string) {
    const literals: string[] = [];
    const placeholders: Placeholder[] = [];
    let at = 0;
    for (;;) {
      const open = text.indexOf("{", at);
      literals.push(text.slice(at, open < 0 ? undefined : open));
      if (open < 0) break;
      const close = text.indexOf("}", open);
      if (close < 0) throw new EdgeError("config-template", `key template "${text}": a { is not closed`);
      placeholders.push(placeholder(text, text.slice(open + 1, close).trim()));
      at = close + 1;
    }
    for (const literal of literals) {
      // Redis names invalidated keys to us joined by commas; control characters and spaces are typing errors.
      if (/[\s,}\p{Cc}]/u.test(literal))
        throw new EdgeError("config-template", `key template "${text}": no space, comma or } may stand outside { }`);
    }
    if (text === "") throw new EdgeError("config-template", "the key template is empty");
    this.literals = literals;
    this.placeholders = placeholders;
    this.prefix = literals[0] as string;
    this.contextPaths = placeholders.filter(({ kind }) => kind === "context").map(({ path }) => path);
  }

  /** True when every scan gets the same key. */
  get constant(): boolean {
    return this.placeholders.length === 0;
  }

  /** @throws EdgeError `key-incomplete` when the scan or context lacks what a placeholder names */
  render(from: KeySource): string {
    const { literals, placeholders } = this;
    let key = this.prefix;
    for (let i = 0; i < placeholders.length; i++) {
      const wanted = placeholders[i] as Placeholder;
      const value = valueOf(wanted, from);
      if (value === undefined || value === "") {
        const of = wanted.kind === "context" ? "the context" : "the scan";
        throw new EdgeError("key-incomplete", `${of} has no ${wanted.text}, which the key ${this.text} needs`);
      }
      key += encode(value);
      key += literals[i + 1] as string;
    }
    return key;
  }
}

function placeholder(template: string, text: string): Placeholder {
  if (PLAIN.has(text)) return { text, kind: text as Kind, path: "" };
  const dot = text.indexOf(".");
  const root = text.slice(0, dot);
  const path = text.slice(dot + 1);
  if ((root === "gs1" || root === "context") && path !== "" && !path.split(".").includes(""))
    return { text, kind: root, path };
  throw new EdgeError(
    "config-template",
    `key template "${template}": {${text}} is not known; use code, gs1.<name>, symbology, reader, asset or context.<property>`,
  );
}

function valueOf({ kind, path }: Placeholder, from: KeySource): string | undefined {
  switch (kind) {
    case "code":
      return from.scan.code;
    case "gs1":
      return from.scan.gs1 !== undefined && Object.hasOwn(from.scan.gs1, path) ? from.scan.gs1[path] : undefined;
    case "symbology":
      return from.scan.symbology;
    case "reader":
      return from.reader;
    case "asset":
      return from.asset;
    case "context":
    default:
      return scalar(valueAt(from.context, path));
  }
}

function scalar(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

/** Percent-encodes all but letters, digits and `- _ . ~` (RFC 3986, unreserved). */
export function encode(value: string): string {
  for (let i = 0; i < value.length; i++) {
    const char = value.charCodeAt(i);
    if (char > 127 || UNRESERVED[char] === 0) return encodeAll(value);
  }
  return value;
}

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}

function encodeAll(value: string): string {
  // A lone surrogate is no character and cannot be encoded.
  return encodeURIComponent(value.replace(/\p{Surrogate}/gu, "\ufffd")).replace(/[!'()*]/g, percent);
}
