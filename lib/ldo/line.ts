import { EdgeError, asError } from "../errors";
import type { Ldo } from "../messages";

/** Bytes of a context: it is copied into every object of its run. */
export const MAX_CONTEXT_BYTES = 64 << 10;
/** Bytes of an object as one line of a segment. */
export const MAX_LINE_BYTES = 256 << 10;

/** The object as one line of JSON. @throws EdgeError `ldo-invalid`, `context-too-large`, `ldo-too-large` */
export function ldoLine(ldo: Ldo): string {
  let line: string;
  try {
    line = JSON.stringify(ldo);
  } catch (error) {
    throw new EdgeError("ldo-invalid", `${ldo.ldo_id} is not JSON: ${asError(error).message}`, { cause: error });
  }
  // A line that is short enough holds no context that is too large, and need not be measured twice.
  if (line.length * 3 <= MAX_CONTEXT_BYTES) return line;
  const bytes = Buffer.byteLength(line);
  if (bytes <= MAX_CONTEXT_BYTES) return line;
  const context = Buffer.byteLength(JSON.stringify(ldo.context));
  if (context > MAX_CONTEXT_BYTES) {
    throw new EdgeError(
      "context-too-large",
      `${ldo.ldo_id}: the context has ${context} bytes, limit ${MAX_CONTEXT_BYTES}`,
    );
  }
  if (bytes > MAX_LINE_BYTES) {
    throw new EdgeError("ldo-too-large", `${ldo.ldo_id} has ${bytes} bytes, limit ${MAX_LINE_BYTES}`);
  }
  return line;
}
