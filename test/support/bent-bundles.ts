/**
 * Every way we know to bend a bundle. `reference` says what the reference library makes of it; where it verifies, `why` says
 * why this reader does not.
 */
import { sign as signBytes } from "node:crypto";
import type { Bundle } from "../../lib/messages-release";
import { sha256 } from "../../lib/storage/hash";
import { around, byOtherKey, pythonRepr, rawSignature, signature, text, type Case, type Json } from "./bend";

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
