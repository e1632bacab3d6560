/**
 * What is signed, as it stands in the bucket: the bundle of a release (OpenSSF Model Signing v1.0: a Sigstore bundle with a
 * DSSE envelope and an in-toto statement, in key mode) and the pointer of a channel (`pointer/1` in a DSSE envelope).
 */
import { Type, type Static } from "typebox";
import { closed, NotEmpty, Sha256, Time } from "./schema-parts";

/** Names that become part of object keys. Two dots in a row are refused where they are read. */
const Name = Type.String({ pattern: "^[a-z0-9][a-z0-9._-]{0,62}$" });
const Base64 = Type.String({ pattern: "^[A-Za-z0-9+/]+={0,2}$" });

/** DSSE, https://github.com/secure-systems-lab/dsse/blob/v1.0.2/envelope.md */
export const Envelope = Type.Object(
  {
    payload: Base64,
    payloadType: NotEmpty,
    signatures: Type.Array(Type.Object({ sig: Base64, keyid: Type.Optional(Type.String()) }, closed), {
      minItems: 1,
      maxItems: 1,
    }),
  },
  closed,
);
export type Envelope = Static<typeof Envelope>;

/** A Sigstore bundle in key mode: no certificate, no log entry, one signature. */
export const Bundle = Type.Object(
  {
    mediaType: Type.Literal("application/vnd.dev.sigstore.bundle.v0.3+json"),
    verificationMaterial: Type.Object(
      {
        publicKey: Type.Object({ hint: Type.Optional(Sha256) }, closed),
        tlogEntries: Type.Optional(Type.Array(Type.Null(), { maxItems: 0 })),
      },
      closed,
    ),
    dsseEnvelope: Envelope,
  },
  closed,
);
export type Bundle = Static<typeof Bundle>;

/** https://github.com/ossf/model-signing-spec: the predicate may grow; readers of v1.0 leave what is new in it alone. */
export const Statement = Type.Object(
  {
    _type: Type.Literal("https://in-toto.io/Statement/v1"),
    subject: Type.Array(Type.Object({ name: Type.String(), digest: Type.Object({ sha256: Sha256 }, closed) }, closed), {
      minItems: 1,
      maxItems: 1,
    }),
    predicateType: Type.Literal("https://model_signing/signature/v1.0"),
    predicate: Type.Object({
      serialization: Type.Object(
        {
          method: Type.Literal("files"),
          hash_type: Type.Literal("sha256"),
          allow_symlinks: Type.Literal(false),
          ignore_paths: Type.Optional(Type.Array(Type.String(), { maxItems: 16 })),
        },
        closed,
      ),
      resources: Type.Array(
        Type.Object({ name: Type.String(), algorithm: Type.Literal("sha256"), digest: Sha256 }, closed),
        { minItems: 1, maxItems: 32 },
      ),
    }),
  },
  closed,
);
export type Statement = Static<typeof Statement>;

/** Which release a ring runs, `pointer/1`. */
export const Pointer = Type.Object(
  {
    schema: Type.Literal("pointer/1"),
    model: Name,
    ring: Name,
    version: Name,
    /** SHA-256 of the bundle's bytes, as they stand at releases/<model>/<version>.json. */
    release_sha256: Sha256,
    /** Grows by one or more with every pointer of this model and ring; a device never goes below what it has seen. */
    pointer_seq: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
    issued_at: Time,
    /** From then on nothing is activated by this pointer. */
    expires_at: Type.Optional(Time),
    /** Releases that no device activates any more: by the bytes of their bundles, and by their root digests, which stay when a
     * bundle is written anew. */
    revoked: Type.Optional(Type.Array(Sha256, { maxItems: 256 })),
    challenger: Type.Optional(
      Type.Object(
        {
          version: Name,
          release_sha256: Sha256,
          mode: Type.Enum(["shadow", "split"]),
          share: Type.Number({ minimum: 0, maximum: 1 }),
          split_id: NotEmpty,
        },
        closed,
      ),
    ),
    reason: Type.String({ pattern: "^[^\\u0000-\\u001f]{0,500}$" }),
    /** 128 random bits: tells this write from every other with the same content. */
    epoch: Type.String({ pattern: "^[0-9a-f]{32}$" }),
    /** Epochs of the pointers before this one, the latest first. */
    recent_epochs: Type.Array(Type.String({ pattern: "^[0-9a-f]{32}$" }), { maxItems: 16 }),
  },
  closed,
);
export type Pointer = Static<typeof Pointer>;
