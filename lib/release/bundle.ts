/**
 * Releases under OpenSSF Model Signing v1.0 in key mode, read and written with node:crypto alone
 * (https://github.com/ossf/model-signing-spec). What the reference library signs is taken here; where it is lenient (older
 * formats, other curves, any ignored path, several signatures, keys that stand there twice), this is not.
 */
import { EdgeError } from "../errors";
import type { Bundle, Statement } from "../messages-release";
import { sha256 } from "../storage/hash";
import { releaseDigest } from "./digest";
import { readDocument } from "./document";
import { open, seal } from "./dsse";
import type { PrivateKey, PublicKey } from "./keys";

/** What a bundle says and a trusted key has signed. */
export interface SignedFiles {
  /** File name to SHA-256, in the order of the names. */
  readonly files: ReadonlyMap<string, string>;
  /** Root digest: what the release is known by (see digest.ts). */
  readonly digest: string;
  readonly signer: PublicKey;
  /** Of the bundle's bytes: what a pointer names. */
  readonly bundleSha256: string;
}

/** Where the signature lies in a release's folder. */
export const SIGNATURE_FILE = "model.sig";
/** What may lie in a signed folder without being signed: the signature itself, and what git keeps there. */
export const IGNORABLE: readonly string[] = [SIGNATURE_FILE, ".git", ".gitattributes", ".github", ".gitignore"];
/** Of one file of a release: a gateway holds it in memory while it is loaded. */
export const MAX_FILE_BYTES = 256 << 20;

const PAYLOAD_TYPE = "application/vnd.in-toto+json";
const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/**
 * Reads a bundle and checks all that can be checked without the files.
 * @throws EdgeError `signature-invalid`, `signature-untrusted`
 */
export function readBundle(bytes: Uint8Array, trusted: readonly PublicKey[], what = "the bundle"): SignedFiles {
  const bundle = readDocument(bytes, "bundle", what);
  const { dsseEnvelope, verificationMaterial } = bundle;
  // A second place for the same hint; the reference leaves it empty.
  if ((dsseEnvelope.signatures[0]?.keyid ?? "") !== "")
    throw new EdgeError("signature-invalid", `${what}: the signature has a keyid of its own`);
  const hint = verificationMaterial.publicKey.hint ?? "";
  const { payload, signer } = open(dsseEnvelope, PAYLOAD_TYPE, trusted, hint, what);
  const statement = readDocument(payload, "statement", `the statement in ${what}`);
  const wrong = inconsistency(statement);
  if (wrong !== undefined) throw new EdgeError("signature-invalid", `the statement in ${what}: ${wrong}`);
  const files = new Map(statement.predicate.resources.map(({ name, digest }) => [name, digest]));
  return { files, digest: statement.subject[0]?.digest.sha256 ?? "", signer, bundleSha256: sha256(bytes) };
}

/**
 * SHA-256 of the files that a bundle names, whoever signed it: to know what belongs to one that is kept, never to load it.
 * @throws EdgeError `signature-invalid` for what is no bundle
 */
export function namedFiles(bytes: Uint8Array): string[] {
  const { dsseEnvelope } = readDocument(bytes, "bundle", "the bundle");
  const statement = readDocument(Buffer.from(dsseEnvelope.payload, "base64"), "statement", "the statement");
  return statement.predicate.resources.map(({ digest }) => digest);
}

function inconsistency({ predicate, subject }: Statement): string | undefined {
  const { resources, serialization } = predicate;
  const ignored = serialization.ignore_paths?.find((path) => !IGNORABLE.includes(path));
  if (ignored !== undefined) return `it leaves out ${ignored}; ${IGNORABLE.join(", ")} may be left out`;
  const names = resources.map(({ name }) => name);
  const strange = names.find((name) => !FILE_NAME.test(name) || name.includes("..") || IGNORABLE.includes(name));
  if (strange !== undefined) return `${JSON.stringify(strange)} is not the name of a file of a release`;
  // On some disks, and in some readers' eyes, such names are one.
  const twin = names.find((name, i) => names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) !== i);
  if (twin !== undefined) return `two files are called ${twin}`;
  // In another order the same files would have another digest.
  const unsorted = names.find((name, i) => i > 0 && name < (names[i - 1] as string));
  if (unsorted !== undefined) return `${unsorted} is not in the order of the names`;
  const digest = releaseDigest(Object.fromEntries(resources.map((file) => [file.name, file.digest])));
  const stated = subject[0]?.digest.sha256;
  return digest === stated ? undefined : `its files have the root digest ${digest}, it says ${stated}`;
}

/**
 * Signs files as the reference does: what this writes, it verifies.
 * @param files file name to SHA-256
 * @param name of the release, for people
 * @returns the bundle's bytes
 * @throws EdgeError `release-files` for names that a release cannot have
 */
export function signFiles(files: ReadonlyMap<string, string>, name: string, by: PrivateKey): Uint8Array {
  const sorted = [...files].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const statement: Statement = {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name, digest: { sha256: releaseDigest(Object.fromEntries(files)) } }],
    predicateType: "https://model_signing/signature/v1.0",
    predicate: {
      serialization: {
        method: "files",
        hash_type: "sha256",
        allow_symlinks: false,
        ignore_paths: [...IGNORABLE],
      },
      resources: sorted.map(([file, digest]) => ({ name: file, algorithm: "sha256", digest })),
    },
  };
  const wrong = inconsistency(statement);
  if (wrong !== undefined) throw new EdgeError("release-files", `${name} cannot be signed: ${wrong}`);
  const bundle: Bundle = {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: { publicKey: { hint: by.public.fingerprint }, tlogEntries: [] },
    dsseEnvelope: seal(PAYLOAD_TYPE, Buffer.from(JSON.stringify(statement)), by, ""),
  };
  return Buffer.from(JSON.stringify(bundle));
}
