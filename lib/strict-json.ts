/**
 * JSON for documents whose meaning must not depend on who reads them: what is signed, and what stands around a signature.
 * JSON.parse takes the last of two equal keys and so do most readers, but not all; here the second one is an error.
 */

export interface JsonLimits {
  readonly maxBytes: number;
  /** Objects and arrays within each other. */
  readonly maxDepth: number;
}

/**
 * @param bytes UTF-8 without a byte order mark
 * @throws Error that says what is wrong, with no word about what the document is
 */
export function parseStrictJson(bytes: Uint8Array, { maxBytes, maxDepth }: JsonLimits): unknown {
  if (bytes.byteLength > maxBytes) throw new Error(`it has ${bytes.byteLength} bytes, limit ${maxBytes}`);
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  const value: unknown = JSON.parse(text);
  refuseRepeats(text, maxDepth);
  return value;
}

/** Strings, with whether a colon follows, and brackets: all that matters of a text that JSON.parse has taken. */
const TOKEN = /"((?:[^"\\]|\\.)*)"(\s*:)?|[{}[\]]/g;

function refuseRepeats(text: string, maxDepth: number): void {
  /** Keys of the objects that are open; undefined for an array. */
  const open: (Set<string> | undefined)[] = [];
  for (const [token, string, colon] of text.matchAll(TOKEN)) {
    if (token === "{" || token === "[") {
      open.push(token === "{" ? new Set() : undefined);
      if (open.length > maxDepth) throw new Error(`it is nested deeper than ${maxDepth}`);
    } else if (token === "}" || token === "]") open.pop();
    else if (colon !== undefined) {
      // An escape is another way to write the same key.
      const key = JSON.parse(`"${string}"`) as string;
      const keys = open.at(-1);
      if (keys?.has(key)) throw new Error(`the key "${key}" stands there twice`);
      keys?.add(key);
    }
  }
}
