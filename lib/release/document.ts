import { conforming, type Contracts } from "../contract/contract";
import { EdgeError, asError } from "../errors";
import { parseStrictJson } from "../strict-json";

/** Far above what any of these documents needs, far below what hurts a gateway. */
const LIMITS = { maxBytes: 1 << 20, maxDepth: 16 };
export const MAX_DOCUMENT_BYTES = LIMITS.maxBytes;

/**
 * A document that is or was signed: JSON with no key twice, of exactly this contract.
 * @param what for the message: "the statement in the bundle"
 * @throws EdgeError `signature-invalid`
 */
export function readDocument<C extends keyof Contracts>(bytes: Uint8Array, contract: C, what: string): Contracts[C] {
  let value: unknown;
  try {
    value = parseStrictJson(bytes, LIMITS);
  } catch (error) {
    throw new EdgeError("signature-invalid", `${what} is not JSON as it must be: ${asError(error).message}`, {
      cause: error,
    });
  }
  const checked = conforming(contract, value);
  if ("breach" in checked) throw new EdgeError("signature-invalid", `${what}: ${checked.breach}`);
  return checked.value;
}
