/**
 * GS1 Digital Link URIs (GS1 Digital Link Standard: URI Syntax 1.6, uncompressed) to identifiers. Any host; the path ends
 * in a key with its qualifiers, further attributes stand in the query.
 */
import { EdgeError } from "../errors";
import { byNumber, fieldFault, type ApplicationIdentifier } from "./application-identifiers";
import { addField, type Gs1 } from "./gs1";

/** GTIN-8, -12 and -13 may stand unpadded in a link. */
const SHORT_GTIN = new Set([8, 12, 13]);

function isHttp(text: string): boolean {
  const scheme = text.slice(0, 8).toLowerCase();
  return scheme.startsWith("http://") || scheme === "https://";
}

/** undefined when percent-encoding is broken */
function tryDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** @throws EdgeError `scan-gs1` when percent-encoding is broken */
function decode(text: string): string {
  const decoded = tryDecode(text);
  if (decoded === undefined) throw new EdgeError("scan-gs1", `"${text.slice(0, 40)}" is not valid percent-encoding`);
  return decoded;
}

function padded(identifier: ApplicationIdentifier, value: string): string {
  return identifier.ai === "01" && SHORT_GTIN.has(value.length) ? value.padStart(14, "0") : value;
}

/**
 * The identifiers of a Digital Link, or undefined when the text is no Digital Link: an ordinary web address that happens to
 * hold a number stays one.
 * @throws EdgeError `scan-check-digit`, `scan-gs1` when it is one but a field is wrong
 */
export function parseDigitalLink(text: string): Gs1 | undefined {
  if (!isHttp(text)) return undefined;
  const hash = text.indexOf("#");
  const whole = hash < 0 ? text : text.slice(0, hash);
  const query = whole.indexOf("?");
  const path = query < 0 ? whole : whole.slice(0, query);
  const steps = path.split("/").slice(3);
  if (steps.at(-1) === "") steps.pop();

  const start = keyStart(steps);
  if (start === undefined) {
    if (isCompressed(path, steps))
      throw new EdgeError("scan-gs1", "this is a compressed GS1 Digital Link: only uncompressed ones can be read");
    return undefined;
  }
  const found: Gs1 = {};
  for (let i = start; i < steps.length; i += 2) {
    const identifier = byNumber(steps[i] as string) as ApplicationIdentifier;
    addField(found, identifier, padded(identifier, decode(steps[i + 1] as string)));
  }
  if (query >= 0) addAttributes(found, whole.slice(query + 1));
  return found;
}

/** GS1 Digital Link Standard: Compression: base64url alone or behind a key. On other hosts such a page may be anything. */
function isCompressed(path: string, steps: readonly string[]): boolean {
  return /^https?:\/\/id\.gs1\.org\//i.test(path) && steps.length % 2 === 1 && /^[\w-]{8,}$/.test(steps.at(-1) ?? "");
}

/** Where the key stands in the path: the last one whose value has its form and that only its own qualifiers follow. */
function keyStart(steps: readonly string[]): number | undefined {
  for (let i = steps.length - 2; i >= 0; i -= 2) {
    const key = byNumber(steps[i] as string);
    if (!key?.qualifiers) continue;
    const value = tryDecode(steps[i + 1] as string);
    if (value === undefined || fieldFault(key, padded(key, value))?.kind === "format") continue;
    const following = steps.slice(i + 2).filter((_, k) => k % 2 === 0);
    if (key.qualifiers.some((order) => inOrder(following, order))) return i;
  }
  return undefined;
}

function inOrder(given: readonly string[], order: readonly string[]): boolean {
  let from = 0;
  for (const ai of given) {
    const at = order.indexOf(ai, from);
    if (at < 0) return false;
    from = at + 1;
  }
  return true;
}

function addAttributes(into: Gs1, query: string): void {
  for (const pair of query.split(/[&;]/)) {
    const equals = pair.indexOf("=");
    if (equals <= 0) continue;
    const identifier = byNumber(pair.slice(0, equals));
    if (identifier) addField(into, identifier, padded(identifier, decode(pair.slice(equals + 1))));
  }
}
