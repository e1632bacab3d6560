/** The OPC UA client's own certificate, in a folder of ours: the library would put it into the user's home. */
import { createPrivateKey, generateKeyPair, X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { errorCode } from "../../errors";
import { beside } from "./library";

const DAY_MS = 86_400_000;
const VALID_DAYS = 3650;
/** Renewed so long before its end: somebody has to trust the new one on the servers. */
const RENEW_DAYS = 30;

export interface OwnCertificate {
  /** The DER bytes. */
  readonly der: Buffer;
  readonly pem: string;
  /** PKCS #8, PEM. */
  readonly key: string;
  /** As the certificate says it; it stays the same when the host is renamed or the certificate renewed. */
  readonly applicationUri: string;
  /** SHA-1, upper-case hex without colons, as OPC UA servers list it. */
  readonly thumbprint: string;
}

/** What is under way, by folder: two connections that start at once make one certificate. */
const making = new Map<string, Promise<OwnCertificate>>();

/**
 * The client's certificate of this folder: made once, kept with its key and application URI, renewed (same key, same
 * URI) when it is about to end or not yet valid, and made anew where a file of it is damaged.
 * @param now epoch milliseconds
 * @throws EdgeError `library-missing`; what the file system says of a folder that cannot be written
 */
export function ownCertificate(folder: string, applicationName: string, now: number): Promise<OwnCertificate> {
  let made = making.get(folder);
  if (!made) {
    made = readOrMake(folder, applicationName, now).finally(() => making.delete(folder));
    making.set(folder, made);
  }
  return made;
}

async function readOrMake(folder: string, applicationName: string, now: number): Promise<OwnCertificate> {
  const file = join(folder, "own", "certs", "client_certificate.pem");
  const keyFile = join(folder, "own", "private", "private_key.pem");
  const pem = readPem(file, (text) => new X509Certificate(text));
  let key = readPem(keyFile, createPrivateKey);
  if (pem && key && serves(pem.parsed, now) && pem.parsed.checkPrivateKey(key.parsed)) return owned(pem.text, key.text);
  if (!key) {
    const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
    key = { text: privateKey.export({ type: "pkcs8", format: "pem" }) as string, parsed: privateKey };
    writeWhole(keyFile, key.text, 0o600);
  }
  const uri = (pem && applicationUriOf(pem.parsed)) ?? defaultUri(applicationName);
  const made = await sign(key.text, applicationName, uri, now);
  writeWhole(file, made, 0o644);
  return owned(made, key.text);
}

function serves({ validFromDate, validToDate }: X509Certificate, now: number): boolean {
  return validFromDate.getTime() <= now && now < validToDate.getTime() - RENEW_DAYS * DAY_MS;
}

async function sign(key: string, applicationName: string, applicationUri: string, now: number): Promise<string> {
  const opcua = beside().crypto;
  const pkcs8 = createPrivateKey(key).export({ type: "pkcs8", format: "der" });
  const privateKey = await crypto.subtle.importKey(
    "pkcs8",
    pkcs8,
    { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
    true,
    ["sign"],
  );
  const { cert } = await opcua.createSelfSignedCertificate({
    privateKey,
    applicationUri,
    dns: [hostname()],
    subject: `CN=${applicationName}`,
    // A day back: the server's clock may be behind ours.
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + VALID_DAYS * DAY_MS),
    purpose: opcua.CertificatePurpose.ForApplication,
  });
  return cert;
}

function defaultUri(applicationName: string): string {
  return `urn:${hostname()}:${applicationName.replaceAll(" ", "")}`;
}

function owned(pem: string, key: string): OwnCertificate {
  const certificate = new X509Certificate(pem);
  return {
    der: certificate.raw,
    pem,
    key,
    applicationUri: applicationUriOf(certificate) ?? "",
    thumbprint: certificate.fingerprint.replaceAll(":", ""),
  };
}

/** The application URI that a certificate carries among its alternative names (OPC UA Part 6, 6.2.2). */
export function applicationUriOf({ subjectAltName }: X509Certificate): string | undefined {
  const uri = /(?:^|, )URI:("(?:[^"\\]|\\.)*"|[^,]*)/.exec(subjectAltName ?? "")?.[1];
  return uri?.startsWith('"') ? (JSON.parse(uri) as string) : uri;
}

/** What a file holds, and what it means; undefined where it is absent or damaged: then it is made anew. */
function readPem<T>(file: string, parse: (text: string) => T): { text: string; parsed: T } | undefined {
  const text = readText(file);
  if (text === undefined) return undefined;
  try {
    return { text, parsed: parse(text) };
  } catch {
    return undefined;
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Whole or not at all: a power cut must leave no half certificate. */
export function writeWhole(file: string, text: string, mode: number): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, text, { mode, flush: true });
  renameSync(`${file}.new`, file);
}
