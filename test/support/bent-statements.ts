/** Every way we know to bend what a trusted key has signed, and the files beside it; and what may differ without harm. */
import { sha256 } from "../../lib/storage/hash";
import { around, mirrored, signedAnew, statementText, withFile, withRoot, type Case } from "./bend";

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
