/**
 * Keys that sign releases and pointers: ECDSA on P-256, as PEM (SPKI public, PKCS#8 private). Nothing of a signature says
 * with which algorithm or key it is to be checked: both stand here.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { EdgeError, asError } from "../errors";
import { sha256 } from "../storage/hash";

export interface PublicKey {
  readonly key: KeyObject;
  /** In the one form that has a fingerprint: an uncompressed point, lines of 64, a line feed at the end. */
  readonly pem: string;
  /** SHA-256 of that PEM in hexadecimal: what OpenSSF Model Signing calls the key's hint. */
  readonly fingerprint: string;
}

export interface PrivateKey {
  readonly key: KeyObject;
  readonly pem: string;
  readonly public: PublicKey;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;
const MOST_KEYS = 16;
const CURVE = "prime256v1";

/**
 * Public keys out of a text that holds one PEM block or several. Line feeds may be written as \n: an environment variable
 * often cannot hold them.
 * @param what for the message: "trusted release keys"
 * @throws EdgeError `key-invalid`
 */
export function readPublicKeys(text: string, what: string): PublicKey[] {
  const lines = text.replaceAll("\\n", "\n");
  const keys: PublicKey[] = [];
  const rest = lines.replace(BLOCK, (block, label: string) => {
    keys.push(publicKey(block, label, what));
    return "";
  });
  const strange = rest.split("\n").find((line) => line.trim() !== "" && !line.trim().startsWith("#"));
  if (strange !== undefined) throw invalid(what, `"${strange.trim().slice(0, 40)}" is no PEM`);
  if (keys.length > MOST_KEYS) throw invalid(what, `${keys.length} keys, limit ${MOST_KEYS}`);
  const twice = keys.find((key, i) => keys.findIndex((other) => other.fingerprint === key.fingerprint) !== i);
  if (twice) throw invalid(what, `the key ${shortFingerprint(twice)} stands there twice`);
  return keys;
}

function publicKey(block: string, label: string, what: string): PublicKey {
  if (label.endsWith("PRIVATE KEY")) {
    throw invalid(
      what,
      "this is a private key",
      "it stays with the one who signs; here belongs its public part (.pub.pem)",
    );
  }
  if (label !== "PUBLIC KEY") throw invalid(what, `a block says ${label}, not PUBLIC KEY`);
  try {
    return described(createPublicKey({ key: block, format: "pem" }));
  } catch (error) {
    throw error instanceof EdgeError ? invalid(what, error.message) : invalid(what, asError(error).message);
  }
}

/**
 * @param pem PKCS#8, or SEC 1 as openssl ecparam writes it
 * @throws EdgeError `key-invalid`
 */
export function readPrivateKey(pem: string, what: string): PrivateKey {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, format: "pem" });
  } catch (error) {
    throw invalid(what, `it is no private key without a passphrase in PEM: ${asError(error).message}`);
  }
  try {
    return {
      key,
      pem: key.export({ type: "pkcs8", format: "pem" }).toString(),
      public: described(createPublicKey(key)),
    };
  } catch (error) {
    throw invalid(what, asError(error).message);
  }
}

/** A new pair, from the system's randomness. */
export function newKey(): PrivateKey {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: CURVE });
  return readPrivateKey(privateKey.export({ type: "pkcs8", format: "pem" }).toString(), "a new key");
}

/** The beginning of a fingerprint, for people. */
export function shortFingerprint({ fingerprint }: PublicKey): string {
  return fingerprint.slice(0, 16);
}

/** @throws EdgeError `key-invalid` for another kind of key or another curve */
function described(key: KeyObject): PublicKey {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (key.asymmetricKeyType !== "ec" || curve !== CURVE) {
    throw new EdgeError("key-invalid", `it is ${curve ?? key.asymmetricKeyType}, not ECDSA on P-256 (${CURVE})`);
  }
  // Over JWK: a compressed point is the same key and must have the same fingerprint.
  const plain = createPublicKey({ key: key.export({ format: "jwk" }), format: "jwk" });
  const pem = plain.export({ type: "spki", format: "pem" }).toString();
  return { key: plain, pem, fingerprint: sha256(pem) };
}

function invalid(what: string, detail: string, remedy = "`context-edge keys new` makes keys"): EdgeError {
  return new EdgeError("key-invalid", `${what}: ${detail}`, { remedy });
}
