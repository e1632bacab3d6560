/** Dead Simple Signing Envelope with ECDSA on P-256 and SHA-256: https://github.com/secure-systems-lab/dsse/blob/v1.0.2/protocol.md */
import { sign, verify } from "node:crypto";
import { EdgeError } from "../errors";
import type { Envelope } from "../messages-release";
import { shortFingerprint, type PrivateKey, type PublicKey } from "./keys";

export interface Opened {
  /** The bytes that were signed: parse these, and nothing made of them. */
  readonly payload: Uint8Array;
  readonly signer: PublicKey;
}

/** Pre-authentication encoding: what is signed names its type and both lengths, so that nothing can be read as something else. */
function encoded(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = Buffer.from(payloadType);
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.byteLength} ${payloadType} ${payload.byteLength} `), payload]);
}

/** @returns an envelope with one signature (DER) */
export function seal(payloadType: string, payload: Uint8Array, by: PrivateKey, keyid: string): Envelope {
  const sig = sign("sha256", encoded(payloadType, payload), { key: by.key, dsaEncoding: "der" });
  return {
    payload: Buffer.from(payload).toString("base64"),
    payloadType,
    signatures: [{ sig: sig.toString("base64"), keyid }],
  };
}

/**
 * The payload of an envelope that one of the trusted keys has signed. The hint only spares trying the others: a key that it
 * names and nobody trusts is not found anywhere else.
 * @param hint fingerprint of the key, "" where none is given
 * @param what for messages: "the bundle"
 * @throws EdgeError `signature-invalid`, `signature-untrusted`
 */
export function open(
  envelope: Envelope,
  payloadType: string,
  trusted: readonly PublicKey[],
  hint: string,
  what: string,
): Opened {
  if (trusted.length === 0) {
    throw new EdgeError("signature-untrusted", `${what}: no key is trusted`, {
      remedy: "enter the public key of who signs",
    });
  }
  if (envelope.payloadType !== payloadType) {
    throw new EdgeError("signature-invalid", `${what} holds ${envelope.payloadType}, not ${payloadType}`);
  }
  const candidates = hint === "" ? trusted : trusted.filter(({ fingerprint }) => fingerprint === hint);
  const names = trusted.map(shortFingerprint).join(", ");
  if (candidates.length === 0) {
    throw new EdgeError(
      "signature-untrusted",
      `${what} says that it is signed by ${hint.slice(0, 16)}, and trusted are ${names}`,
      { remedy: "sign with a trusted key, or trust this one after asking whose it is" },
    );
  }
  const payload = decoded(envelope.payload, what);
  const signature = decoded(envelope.signatures[0]?.sig ?? "", what);
  const message = encoded(payloadType, payload);
  const signer = candidates.find(({ key }) => verify("sha256", message, { key, dsaEncoding: "der" }, signature));
  if (!signer) {
    throw new EdgeError(
      "signature-invalid",
      `${what} is not what ${candidates.map(shortFingerprint).join(" or ")} signed: it was changed, or another key signed it`,
    );
  }
  return { payload, signer };
}

/** Base64 in its one form: no line feeds, no other alphabet, no bits that decoding drops. */
function decoded(text: string, what: string): Buffer {
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) throw new EdgeError("signature-invalid", `${what}: a part is no plain base64`);
  return bytes;
}
