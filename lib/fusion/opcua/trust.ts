/** Which servers a person has decided to trust: exactly these certificates, whoever signed them. */
import { createHash, X509Certificate } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { EdgeError, errorCode } from "../../errors";
import { applicationUriOf, writeWhole } from "./certificate";

/** A server's certificate as a dialog shows it. */
export interface ServerCertificate {
  readonly subject: string;
  readonly issuer: string;
  /** SHA-1, upper-case hex without colons, as OPC UA tools show it. */
  readonly thumbprint: string;
  /** SHA-256, lower-case hex: what trust is kept by. */
  readonly sha256: string;
  /** ISO 8601. */
  readonly not_before: string;
  readonly not_after: string;
  readonly application_uri?: string;
}

/** Reads a certificate; of a chain its first, which is the server's own. @throws EdgeError `opcua-certificate` */
export function describeCertificate(der: Buffer): ServerCertificate {
  const certificate = parse(der);
  const uri = applicationUriOf(certificate);
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    thumbprint: certificate.fingerprint.replaceAll(":", ""),
    sha256: sha256Of(certificate.raw),
    not_before: certificate.validFromDate.toISOString(),
    not_after: certificate.validToDate.toISOString(),
    ...(uri === undefined ? {} : { application_uri: uri }),
  };
}

export function sha256Of(der: Buffer): string {
  return createHash("sha256").update(der).digest("hex");
}

/**
 * The folder `trusted/certs`: one certificate a file, DER or PEM, under any name, so that certificates can also be put
 * there by hand. It is read anew each time; a connection is opened rarely.
 */
export class TrustedServers {
  private readonly folder: string;

  constructor(pkiDir: string) {
    this.folder = join(pkiDir, "trusted", "certs");
  }

  isTrusted(sha256: string): boolean {
    return this.list().some(({ certificate }) => sha256Of(certificate.raw) === sha256);
  }

  /** Another certificate of the same application that is trusted: this one is new there. */
  isChange({ sha256, application_uri: uri }: ServerCertificate): boolean {
    if (uri === undefined) return false;
    return this.list().some(
      ({ certificate }) => applicationUriOf(certificate) === uri && sha256Of(certificate.raw) !== sha256,
    );
  }

  trust(der: Buffer): void {
    const certificate = parse(der);
    writeWhole(join(this.folder, `${sha256Of(certificate.raw)}.pem`), certificate.toString(), 0o644);
  }

  /** @returns whether it was trusted */
  distrust(sha256: string): boolean {
    const found = this.list().filter(({ certificate }) => sha256Of(certificate.raw) === sha256);
    for (const { file } of found) rmSync(file);
    return found.length > 0;
  }

  private list(): { file: string; certificate: X509Certificate }[] {
    return names(this.folder).flatMap((name) => {
      const file = join(this.folder, name);
      try {
        return [{ file, certificate: new X509Certificate(readFileSync(file)) }];
      } catch {
        // A file that is no certificate trusts nobody.
        return [];
      }
    });
  }
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}

function parse(der: Buffer): X509Certificate {
  try {
    return new X509Certificate(der);
  } catch (error) {
    throw new EdgeError("opcua-certificate", "what the server shows is no certificate", { cause: error });
  }
}

function oneLine(name: string): string {
  return name.split("\n").join(", ");
}
