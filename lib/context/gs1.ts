/**
 * GS1 element strings to identifiers: FNC1-separated as a reader sends them, or with bracketed identifiers as they are
 * printed under the symbol. Only called where a symbology identifier, FNC1 or a bracket says that it is GS1.
 */
import { EdgeError, errorCode } from "../errors";
import { byNumber, fieldFault, identifierAt, type ApplicationIdentifier } from "./application-identifiers";

/** Identifiers by name (gtin, batch, serial, …), others by their number; values as encoded. */
export type Gs1 = Record<string, string>;

/** FNC1 as readers transmit it. */
export const GS = "\x1d";

/** FNC1 as keyboard wedges and terminals write it where a control character cannot stand. */
const SPELLED = /\u241d|[<{[]GS[>}\]]|\^\]|\\x1d|\\u001d/gi;
const FNC1 = new RegExp(`${GS}|${SPELLED.source}`, "i");

/** The text with every FNC1 as GS. `<GS>` could be part of a batch by its characters, but is none that anybody prints. */
function withFnc1(text: string): string {
  return FNC1.test(text) ? text.replace(SPELLED, GS) : text;
}

/**
 * Adds one field, tested.
 * @throws EdgeError `scan-check-digit`, `scan-gs1`
 */
export function addField(into: Gs1, identifier: ApplicationIdentifier, value: string): void {
  const fault = fieldFault(identifier, value);
  if (fault) throw new EdgeError(fault.kind === "check" ? "scan-check-digit" : "scan-gs1", fault.reason);
  const known = into[identifier.name];
  if (known !== undefined && known !== value) {
    throw new EdgeError("scan-gs1", `(${identifier.ai}) stands twice, as "${known}" and "${value}"`);
  }
  into[identifier.name] = value;
}

/**
 * @param raw element string without symbology identifier; a leading FNC1 is skipped
 * @throws EdgeError `scan-check-digit`, `scan-gs1`
 */
export function parseElementString(raw: string): Gs1 {
  const text = withFnc1(raw);
  const found: Gs1 = {};
  let at = 0;
  while (at < text.length) {
    if (text[at] === GS) {
      at++;
      continue;
    }
    const identifier = identifierAt(text, at);
    if (!identifier)
      throw new EdgeError(
        "scan-gs1",
        `no application identifier is known at character ${at + 1}: "${text.slice(at, at + 4)}"`,
      );
    at += identifier.ai.length;
    const separator = text.indexOf(GS, at);
    const rest = separator < 0 ? text.length : separator;
    const end = identifier.predefined > 0 ? Math.min(at + identifier.predefined, rest) : rest;
    addField(found, identifier, text.slice(at, end));
    at = end;
  }
  if (Object.keys(found).length === 0)
    throw new EdgeError("scan-gs1", "the GS1 symbol holds no application identifier");
  return found;
}

/**
 * The identifiers of a text without symbology identifier, or undefined when it holds no FNC1. In front FNC1 says that the
 * text is GS1; between fields it says so where all of them are: others use GS, too.
 * @throws EdgeError `scan-check-digit`, `scan-gs1`
 */
export function parseSeparated(raw: string): Gs1 | undefined {
  const first = raw.search(FNC1);
  if (first < 0) return undefined;
  try {
    return parseElementString(raw);
  } catch (error) {
    if (first > 0 && errorCode(error) === "scan-gs1") return undefined;
    throw error;
  }
}

/** The AI whose bracket opens at `at`: "(01)"; undefined for any other bracket. */
function bracketAt(text: string, at: number): ApplicationIdentifier | undefined {
  if (text[at] !== "(") return undefined;
  const close = text.indexOf(")", at);
  return close < 0 || close - at > 5 ? undefined : byNumber(text.slice(at + 1, close));
}

/** True when the text starts with a known identifier in brackets. */
export function isBracketed(text: string): boolean {
  return bracketAt(text, 0) !== undefined;
}

/**
 * @param text bracketed element string: "(01)09506000134352(10)ABC"
 * @throws EdgeError `scan-check-digit`, `scan-gs1`
 */
export function parseBracketed(text: string): Gs1 {
  const found: Gs1 = {};
  let at = 0;
  let identifier = bracketAt(text, 0);
  while (identifier) {
    const start = at + identifier.ai.length + 2;
    let end = start;
    let next: ApplicationIdentifier | undefined;
    while (end < text.length && !(next = bracketAt(text, end))) end++;
    addField(found, identifier, text.slice(start, end));
    at = end;
    identifier = next;
  }
  return found;
}
