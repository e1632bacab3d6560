/** How a signed release is bent: around its signature, in what is signed (by a key that is trusted), in the signature itself. */
import { sign as signBytes, generateKeyPairSync, type KeyObject } from "node:crypto";
import type { Bundle, Statement } from "../../lib/messages-release";
import { seal } from "../../lib/release/dsse";
import type { PrivateKey } from "../../lib/release/keys";
import { releaseDigest } from "../../lib/release/digest";
import { sha256 } from "../../lib/storage/hash";
import type { Signed } from "./signed-release";

/** A release as it is handed to both readers. */
export interface Bent {
  readonly bundle: Uint8Array | string;
  readonly files?: ReadonlyMap<string, Uint8Array>;
  /** Public key in PEM where another is trusted than the one that signed. */
  readonly trusted?: string;
}

export interface Case {
  readonly name: string;
  readonly bend: (from: Signed) => Bent;
  readonly reference: "refuses" | "verifies";
  readonly why?: string;
}

export type Json = Record<string, unknown>;
export const TYPE = "application/vnd.in-toto+json";

const bundleOf = ({ bundle }: Signed): Bundle => JSON.parse(Buffer.from(bundle).toString()) as Bundle;
export const payloadOf = (from: Signed): Buffer => Buffer.from(bundleOf(from).dsseEnvelope.payload, "base64");
const statementOf = (from: Signed): Statement => JSON.parse(payloadOf(from).toString()) as Statement;

/** The bundle with what stands around the signature changed. */
export function around(change: (bundle: Bundle & Json) => void): Case["bend"] {
  return (from) => {
    const bundle = bundleOf(from) as Bundle & Json;
    change(bundle);
    return { bundle: JSON.stringify(bundle) };
  };
}

/** Any payload, under a signature that is in order: what a trusted key could sign by mistake. */
export function resigned(from: Signed, payload: string | Uint8Array, payloadType = TYPE): Bundle {
  return { ...bundleOf(from), dsseEnvelope: seal(payloadType, Buffer.from(payload), from.by, "") };
}

export function signedAnew(
  change: (statement: Statement & Json, from: Signed) => void,
  files?: (from: Signed) => Bent["files"],
) {
  return (from: Signed): Bent => {
    const statement = statementOf(from) as Statement & Json;
    change(statement, from);
    const more = files?.(from);
    return { bundle: JSON.stringify(resigned(from, JSON.stringify(statement))), ...(more && { files: more }) };
  };
}

export function withRoot(statement: Statement): void {
  const hashes = statement.predicate.resources.map(({ digest }) => digest);
  // In the order in which they stand, as the reference counts.
  const inOrder = Object.fromEntries(hashes.map((digest, i) => [String(i).padStart(4, "0"), digest]));
  statement.subject = [{ name: "small", digest: { sha256: releaseDigest(inOrder) } }];
}

export function withFile(from: Signed, name: string, bytes = "more"): Map<string, Uint8Array> {
  return new Map([...from.files, [name, Buffer.from(bytes)]]);
}

/** The payload under a signature by a key of another kind, which is then trusted. */
export function byOtherKey(curve: string, hash: string): Case["bend"] {
  return (from) => {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: curve });
    const trusted = publicKey.export({ type: "spki", format: "pem" }).toString();
    const bundle = bundleOf(from);
    bundle.verificationMaterial.publicKey = { hint: sha256(trusted) };
    bundle.dsseEnvelope.signatures[0] = { sig: rawSignature(payloadOf(from), privateKey, hash), keyid: "" };
    return { bundle: JSON.stringify(bundle), trusted };
  };
}

export function rawSignature(
  payload: Uint8Array,
  key: KeyObject,
  hash = "sha256",
  encoding: "der" | "ieee-p1363" = "der",
): string {
  const pae = Buffer.concat([Buffer.from(`DSSEv1 ${TYPE.length} ${TYPE} ${payload.length} `), payload]);
  return signBytes(hash, pae, { key, dsaEncoding: encoding }).toString("base64");
}

export function signature(make: (payload: Buffer, by: PrivateKey) => string): Case["bend"] {
  return (from) => {
    const bundle = bundleOf(from);
    bundle.dsseEnvelope.signatures = [{ sig: make(payloadOf(from), from.by), keyid: "" }];
    return { bundle: JSON.stringify(bundle) };
  };
}

export const text =
  (change: (text: string) => string): Case["bend"] =>
  (from) => ({
    bundle: change(Buffer.from(from.bundle).toString()),
  });

/** The text of the statement changed, and signed again: what an object in memory cannot hold. */
export const statementText =
  (change: (text: string) => string): Case["bend"] =>
  (from) => ({
    bundle: JSON.stringify(resigned(from, change(payloadOf(from).toString()))),
  });

/** `f"DSSEV1 … {raw_payload}"` of a bytes object: what version 0.2 signed by mistake. */
export function pythonRepr(payload: Buffer): Buffer {
  const quoted = payload.toString().replaceAll("\\", "\\\\").replaceAll("'", "\\'");
  return Buffer.from(`DSSEV1 ${TYPE.length} ${TYPE} ${payload.length} b'${quoted}'`);
}

/** (r, n − s) is a signature wherever (r, s) is: a pointer therefore names a bundle by its bytes. */
export function mirrored(sig: string): string {
  const der = Buffer.from(sig, "base64");
  const length = der[3] ?? 0;
  const r = der.subarray(4, 4 + length);
  const s = BigInt(`0x${der.subarray(6 + length).toString("hex")}`);
  const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const hex = (n - s).toString(16).padStart(64, "0");
  const other = Buffer.from(BigInt(`0x${hex}`) >> 255n === 1n ? `00${hex}` : hex, "hex");
  let at = 0;
  while (other[at] === 0 && ((other[at + 1] ?? 128) & 128) === 0) at++;
  const short = other.subarray(at);
  const body = Buffer.concat([Buffer.from([2, r.length]), r, Buffer.from([2, short.length]), short]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]).toString("base64");
}
