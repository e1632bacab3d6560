/**
 * Every way we know to bend a signed release. `reference` says what the reference library makes of it; where it verifies, `why`
 * says why this reader does not.
 */
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

type Json = Record<string, unknown>;
const TYPE = "application/vnd.in-toto+json";

const bundleOf = ({ bundle }: Signed): Bundle => JSON.parse(Buffer.from(bundle).toString()) as Bundle;
const payloadOf = (from: Signed): Buffer => Buffer.from(bundleOf(from).dsseEnvelope.payload, "base64");
const statementOf = (from: Signed): Statement => JSON.parse(payloadOf(from).toString()) as Statement;

/** The bundle with what stands around the signature changed. */
function around(change: (bundle: Bundle & Json) => void): Case["bend"] {
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

function signedAnew(
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

function withRoot(statement: Statement): void {
  const hashes = statement.predicate.resources.map(({ digest }) => digest);
  // In the order in which they stand, as the reference counts.
  const inOrder = Object.fromEntries(hashes.map((digest, i) => [String(i).padStart(4, "0"), digest]));
  statement.subject = [{ name: "small", digest: { sha256: releaseDigest(inOrder) } }];
}

function withFile(from: Signed, name: string, bytes = "more"): Map<string, Uint8Array> {
  return new Map([...from.files, [name, Buffer.from(bytes)]]);
}

/** The payload under a signature by a key of another kind, which is then trusted. */
function byOtherKey(curve: string, hash: string): Case["bend"] {
  return (from) => {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: curve });
    const trusted = publicKey.export({ type: "spki", format: "pem" }).toString();
    const bundle = bundleOf(from);
    bundle.verificationMaterial.publicKey = { hint: sha256(trusted) };
    bundle.dsseEnvelope.signatures[0] = { sig: rawSignature(payloadOf(from), privateKey, hash), keyid: "" };
    return { bundle: JSON.stringify(bundle), trusted };
  };
}

function rawSignature(
  payload: Uint8Array,
  key: KeyObject,
  hash = "sha256",
  encoding: "der" | "ieee-p1363" = "der",
): string {
  const pae = Buffer.concat([Buffer.from(`DSSEv1 ${TYPE.length} ${TYPE} ${payload.length} `), payload]);
  return signBytes(hash, pae, { key, dsaEncoding: encoding }).toString("base64");
}

function signature(make: (payload: Buffer, by: PrivateKey) => string): Case["bend"] {
  return (from) => {
    const bundle = bundleOf(from);
    bundle.dsseEnvelope.signatures = [{ sig: make(payloadOf(from), from.by), keyid: "" }];
    return { bundle: JSON.stringify(bundle) };
  };
}

const text =
  (change: (text: string) => string): Case["bend"] =>
  (from) => ({
    bundle: change(Buffer.from(from.bundle).toString()),
  });

/** The text of the statement changed, and signed again: what an object in memory cannot hold. */
const statementText =
  (change: (text: string) => string): Case["bend"] =>
  (from) => ({
    bundle: JSON.stringify(resigned(from, change(payloadOf(from).toString()))),
  });

export const AROUND: readonly Case[] = [
  {
    name: "another media type",
    reference: "refuses",
    bend: around((b) => Object.assign(b, { mediaType: "application/vnd.dev.sigstore.bundle+json;version=0.2" })),
  },
  { name: "no media type", reference: "refuses", bend: around((b) => delete (b as Partial<Bundle>).mediaType) },
  {
    name: "the hint of another key",
    reference: "refuses",
    bend: around((b) => (b.verificationMaterial.publicKey.hint = sha256("other"))),
  },
  {
    name: "a hint in capitals",
    reference: "refuses",
    bend: around(
      (b) => (b.verificationMaterial.publicKey.hint = String(b.verificationMaterial.publicKey.hint).toUpperCase()),
    ),
  },
  {
    name: "a certificate in place of the hint",
    reference: "refuses",
    bend: around((b) =>
      Object.assign(b, { verificationMaterial: { certificate: { rawBytes: "AAAA" }, tlogEntries: [] } }),
    ),
  },
  {
    name: "a certificate beside the hint",
    reference: "refuses",
    bend: around((b) => Object.assign(b.verificationMaterial, { certificate: { rawBytes: "AAAA" } })),
  },
  {
    name: "the key itself in the bundle",
    reference: "verifies",
    why: "a key in a bundle proves nothing and has no place there",
    bend: around((b) =>
      Object.assign(b.verificationMaterial.publicKey, { rawBytes: "AAAA", keyDetails: "PKIX_ECDSA_P256_SHA_256" }),
    ),
  },
  { name: "an unknown field", reference: "refuses", bend: around((b) => (b["more"] = 1)) },
  {
    name: "names as Python writes them",
    reference: "verifies",
    why: "Sigstore's JSON has one name for each field",
    bend: text((t) => t.replace('"mediaType"', '"media_type"')),
  },
  {
    name: "two signatures, the second one foreign",
    reference: "verifies",
    why: "nobody would know which of them counts",
    bend: around((b) => b.dsseEnvelope.signatures.push({ sig: "AAAA", keyid: "" })),
  },
  {
    name: "two signatures, the first one foreign",
    reference: "refuses",
    bend: around((b) => b.dsseEnvelope.signatures.unshift({ sig: "AAAA", keyid: "" })),
  },
  { name: "no signature", reference: "refuses", bend: around((b) => (b.dsseEnvelope.signatures = [])) },
  { name: "an empty signature", reference: "refuses", bend: signature(() => "") },
  {
    name: "a keyid",
    reference: "verifies",
    why: "the hint stands in one place; the reference leaves this one empty",
    bend: around((b) => ((b.dsseEnvelope.signatures[0] as Json)["keyid"] = "k")),
  },
  {
    name: "another payload type",
    reference: "refuses",
    bend: around((b) => (b.dsseEnvelope.payloadType = "application/json")),
  },
  {
    name: "a message signature in place of the envelope",
    reference: "refuses",
    bend: around((b) => {
      delete (b as Json)["dsseEnvelope"];
      b["messageSignature"] = { messageDigest: { algorithm: "SHA2_256", digest: "AAAA" }, signature: "AAAA" };
    }),
  },
  {
    name: "line feeds in the base64",
    reference: "verifies",
    why: "one signature has one spelling",
    bend: around((b) => (b.dsseEnvelope.payload = b.dsseEnvelope.payload.replace(/.{64}/g, "$&\n"))),
  },
  {
    name: "strange characters in the base64",
    reference: "verifies",
    why: "one signature has one spelling",
    bend: around(
      (b) => (b.dsseEnvelope.payload = `${b.dsseEnvelope.payload.slice(0, 8)}!?${b.dsseEnvelope.payload.slice(8)}`),
    ),
  },
  {
    name: "a key that stands there twice",
    reference: "verifies",
    why: "readers differ in which of the two they take",
    bend: text((t) => t.replace('"payloadType"', '"payloadType":"text/plain","payloadType"')),
  },
  {
    name: "the same key twice, once with an escape",
    reference: "verifies",
    why: "readers differ in which of the two they take",
    bend: text((t) => t.replace('"payloadType"', '"payload\\u0054ype":"text/plain","payloadType"')),
  },
  { name: "a byte order mark", reference: "refuses", bend: text((t) => `\uFEFF${t}`) },
  { name: "something after the end", reference: "refuses", bend: text((t) => `${t}{}`) },
  { name: "an array around it", reference: "refuses", bend: text((t) => `[${t}]`) },
  { name: "null", reference: "refuses", bend: () => ({ bundle: "null" }) },
];

export const SIGNATURES: readonly Case[] = [
  {
    name: "r and s without DER",
    reference: "refuses",
    bend: signature((payload, by) => rawSignature(payload, by.key, "sha256", "ieee-p1363")),
  },
  {
    name: "SHA-384 on P-256",
    reference: "refuses",
    bend: signature((payload, by) => rawSignature(payload, by.key, "sha384")),
  },
  { name: "SHA-1", reference: "refuses", bend: signature((payload, by) => rawSignature(payload, by.key, "sha1")) },
  {
    name: "the payload signed bare, without the envelope's encoding",
    reference: "refuses",
    bend: signature((payload, by) => signBytes("sha256", payload, by.key).toString("base64")),
  },
  {
    name: "r = s = 0",
    reference: "refuses",
    bend: signature(() => Buffer.from("3006020100020100", "hex").toString("base64")),
  },
  {
    name: "bytes after the signature",
    reference: "refuses",
    bend: around((b) => {
      const [first] = b.dsseEnvelope.signatures;
      if (first) first.sig = Buffer.concat([Buffer.from(first.sig, "base64"), Buffer.from([0])]).toString("base64");
    }),
  },
  {
    name: "a length written long, as BER may",
    reference: "refuses",
    bend: around((b) => {
      const [first] = b.dsseEnvelope.signatures;
      if (!first) return;
      const der = Buffer.from(first.sig, "base64");
      first.sig = Buffer.concat([Buffer.from([0x30, 0x81]), der.subarray(1)]).toString("base64");
    }),
  },
  {
    name: "the encoding of the library's version 0.2, which escaped the payload",
    reference: "verifies",
    why: "no release of ours was signed with it, and its encoding is not one-to-one",
    bend: signature((payload, by) => signBytes("sha256", pythonRepr(payload), by.key).toString("base64")),
  },
  {
    name: "a key on P-384 that is trusted",
    reference: "verifies",
    why: "one algorithm: nothing to choose, nothing to confuse",
    bend: byOtherKey("P-384", "sha384"),
  },
  { name: "a key on secp256k1 that is trusted", reference: "refuses", bend: byOtherKey("secp256k1", "sha256") },
];

/** `f"DSSEV1 … {raw_payload}"` of a bytes object: what version 0.2 signed by mistake. */
function pythonRepr(payload: Buffer): Buffer {
  const quoted = payload.toString().replaceAll("\\", "\\\\").replaceAll("'", "\\'");
  return Buffer.from(`DSSEV1 ${TYPE.length} ${TYPE} ${payload.length} b'${quoted}'`);
}

export const STATEMENTS: readonly Case[] = [
  {
    name: "another statement type",
    reference: "refuses",
    bend: signedAnew((s) => Object.assign(s, { _type: "https://in-toto.io/Statement/v0.1" })),
  },
  {
    name: "another predicate type",
    reference: "refuses",
    bend: signedAnew((s) => Object.assign(s, { predicateType: "https://slsa.dev/provenance/v1" })),
  },
  {
    name: "the predicate of version 0.2",
    reference: "verifies",
    why: "it has no root digest, and does not say how the files were hashed",
    bend: signedAnew((s) => {
      s.subject = s.predicate.resources.map(({ name, digest }) => ({ name, digest: { sha256: digest } }));
      Object.assign(s, { predicateType: "https://model_signing/Digests/v0.1", predicate: {} });
    }),
  },
  {
    name: "a root digest that is not that of the files",
    reference: "refuses",
    bend: signedAnew((s) => (s.subject = [{ name: "small", digest: { sha256: sha256("") } }])),
  },
  { name: "two subjects", reference: "refuses", bend: signedAnew((s) => s.subject.push(...s.subject)) },
  { name: "no subject", reference: "refuses", bend: signedAnew((s) => (s.subject = [])) },
  {
    name: "a second digest of the subject",
    reference: "verifies",
    why: "nobody would compare it",
    bend: signedAnew((s) => Object.assign(s.subject[0]?.digest ?? {}, { sha512: "00" })),
  },
  {
    name: "files hashed by shards",
    reference: "refuses",
    bend: signedAnew((s) => Object.assign(s.predicate.serialization, { method: "shards", shard_size: 1000 })),
  },
  {
    name: "another hash of the files",
    reference: "verifies",
    why: "one hash: a name in the statement chooses nothing",
    bend: signedAnew((s) => Object.assign(s.predicate.serialization, { hash_type: "blake2" })),
  },
  {
    name: "a file under another algorithm's name",
    reference: "refuses",
    bend: signedAnew((s) => Object.assign(s.predicate.resources[0] ?? {}, { algorithm: "blake3" })),
  },
  {
    name: "links allowed",
    reference: "verifies",
    why: "a release is files; a link leads out of it",
    bend: signedAnew((s) => Object.assign(s.predicate.serialization, { allow_symlinks: true })),
  },
  {
    name: "a path left out of the signature, and put there",
    reference: "verifies",
    why: "what the bundle leaves out anybody may put there",
    bend: signedAnew(
      (s) => s.predicate.serialization.ignore_paths?.push("plugin.so"),
      (from) => withFile(from, "plugin.so"),
    ),
  },
  {
    name: "everything left out",
    reference: "refuses",
    bend: signedAnew((s) => (s.predicate.serialization.ignore_paths = ["."])),
  },
  {
    name: "a path above the folder left out",
    reference: "verifies",
    why: "only names of a fixed list may be left out",
    bend: signedAnew((s) => s.predicate.serialization.ignore_paths?.push("../other")),
  },
  {
    name: "an unknown setting of the serialization",
    reference: "verifies",
    why: "it could change what the digests mean",
    bend: signedAnew((s) => Object.assign(s.predicate.serialization, { chunk: 1 })),
  },
  {
    name: "the files in another order",
    reference: "verifies",
    why: "one set of files has one digest",
    bend: signedAnew((s) => {
      s.predicate.resources.reverse();
      withRoot(s);
    }),
  },
  {
    name: "a file listed twice",
    reference: "verifies",
    why: "nobody would know which digest counts",
    bend: signedAnew((s) => {
      const [first] = s.predicate.resources;
      if (first) s.predicate.resources.unshift({ ...first });
      withRoot(s);
    }),
  },
  {
    name: "a file listed twice, with two digests",
    reference: "verifies",
    why: "nobody would know which digest counts",
    bend: signedAnew((s) => {
      const [first] = s.predicate.resources;
      if (first) s.predicate.resources.unshift({ ...first, digest: sha256("other") });
      withRoot(s);
    }),
  },
  {
    name: "two names that differ in case alone",
    reference: "verifies",
    why: "on some disks they are one file",
    bend: signedAnew(
      (s) => {
        s.predicate.resources.unshift({ name: "MODEL.json", algorithm: "sha256", digest: sha256("more") });
        withRoot(s);
      },
      (from) => withFile(from, "MODEL.json"),
    ),
  },
  {
    name: "a name with a step that goes nowhere",
    reference: "verifies",
    why: "one file has one name",
    bend: signedAnew((s) => {
      const [first] = s.predicate.resources;
      if (first) first.name = `./${first.name}`;
    }),
  },
  {
    name: "a name that leads out of the folder",
    reference: "refuses",
    bend: signedAnew((s) => {
      s.predicate.resources.unshift({ name: "../model.onnx", algorithm: "sha256", digest: sha256("") });
      withRoot(s);
    }),
  },
  {
    name: "an absolute name",
    reference: "refuses",
    bend: signedAnew((s) => {
      s.predicate.resources.unshift({ name: "/etc/passwd", algorithm: "sha256", digest: sha256("") });
      withRoot(s);
    }),
  },
  {
    name: "the signature signed as a file",
    reference: "refuses",
    bend: signedAnew((s) => {
      s.predicate.resources.push({ name: "model.sig", algorithm: "sha256", digest: sha256("") });
      withRoot(s);
    }),
  },
  {
    name: "no files",
    reference: "refuses",
    bend: signedAnew((s) => {
      s.predicate.resources = [];
      withRoot(s);
    }),
  },
  {
    name: "a digest in capitals",
    reference: "verifies",
    why: "one digest has one spelling",
    bend: signedAnew((s) => {
      for (const file of s.predicate.resources) file.digest = file.digest.toUpperCase();
    }),
  },
  {
    name: "a digest with spaces",
    reference: "verifies",
    why: "one digest has one spelling",
    bend: signedAnew((s) => {
      for (const file of s.predicate.resources) file.digest = file.digest.replace(/../g, "$& ");
    }),
  },
  {
    name: "a key of the statement twice",
    reference: "verifies",
    why: "readers differ in which of the two they take",
    bend: statementText((t) => t.replace('"predicate":', '"predicate":{},"predicate":')),
  },
  {
    name: "a number that JSON does not have",
    reference: "verifies",
    why: "it is not JSON",
    bend: statementText((t) => t.replace('"resources":', '"weight":NaN,"resources":')),
  },
  { name: "a statement that is not an object", reference: "refuses", bend: statementText(() => "[]") },
];

export const FILES: readonly Case[] = [
  {
    name: "a bit of a file turned",
    reference: "refuses",
    bend: (from) => ({
      bundle: from.bundle,
      files: new Map(
        [...from.files].map(([name, bytes], i) => [
          name,
          i === 0 ? bytes.map((byte, at) => (at === 0 ? byte ^ 1 : byte)) : bytes,
        ]),
      ),
    }),
  },
  {
    name: "a file missing",
    reference: "refuses",
    bend: (from) => ({ bundle: from.bundle, files: new Map([...from.files].slice(1)) }),
  },
  {
    name: "a file more",
    reference: "refuses",
    bend: (from) => ({ bundle: from.bundle, files: withFile(from, "more.json") }),
  },
  {
    name: "a hidden file more",
    reference: "refuses",
    bend: (from) => ({ bundle: from.bundle, files: withFile(from, ".more") }),
  },
  {
    name: "two files exchanged",
    reference: "refuses",
    bend: (from) => {
      const [[a, first], [b, second], ...rest] = [...from.files] as [[string, Uint8Array], [string, Uint8Array]];
      return { bundle: from.bundle, files: new Map([[a, second], [b, first], ...rest]) };
    },
  },
  {
    name: "a file emptied",
    reference: "refuses",
    bend: (from) => ({
      bundle: from.bundle,
      files: new Map(
        [...from.files].map(([name], i) => [name, i === 0 ? Buffer.alloc(0) : (from.files.get(name) as Uint8Array)]),
      ),
    }),
  },
];

/** What may differ without harm: both verify it. */
export const HARMLESS: readonly Omit<Case, "reference" | "why">[] = [
  { name: "as it was signed", bend: ({ bundle }) => ({ bundle }) },
  { name: "spaces between the parts of the bundle", bend: around(() => undefined) },
  { name: "no hint: each trusted key is tried", bend: around((b) => delete b.verificationMaterial.publicKey.hint) },
  { name: "no list of log entries", bend: around((b) => delete b.verificationMaterial.tlogEntries) },
  {
    name: "a field of the predicate that later versions add",
    bend: signedAnew((s) => Object.assign(s.predicate, { model_card: {} })),
  },
  { name: "nothing left out", bend: signedAnew((s) => delete s.predicate.serialization.ignore_paths) },
  {
    name: "another name of the release",
    bend: signedAnew((s) => Object.assign(s.subject[0] ?? {}, { name: "größer" })),
  },
  {
    name: "the other s of the same signature",
    bend: around((b) => {
      const [first] = b.dsseEnvelope.signatures;
      if (first) first.sig = mirrored(first.sig);
    }),
  },
];

/** (r, n − s) is a signature wherever (r, s) is: a pointer therefore names a bundle by its bytes. */
function mirrored(sig: string): string {
  const der = Buffer.from(sig, "base64");
  const length = der[3] as number;
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
