import { createPrivateKey, X509Certificate } from "node:crypto";
import type { EndpointDescription, OPCUAClient, UserIdentityInfo } from "node-opcua-client";
import { EdgeError } from "../../errors";
import { beside, type OpcuaLibrary } from "./library";
import { describeCertificate, TrustedServers, type ServerCertificate } from "./trust";

export const SECURITY_MODES = ["None", "Sign", "SignAndEncrypt"] as const;
export const SECURITY_POLICIES = ["Basic256Sha256", "Aes128_Sha256_RsaOaep", "Aes256_Sha256_RsaPss"] as const;

export interface OpcuaSecurity {
  readonly mode: (typeof SECURITY_MODES)[number];
  /** Of no meaning without a mode. */
  readonly policy: (typeof SECURITY_POLICIES)[number];
}

export type OpcuaUser =
  | { readonly name: string; readonly password: string }
  /** An X.509 identity: both PEM, the key without passphrase. */
  | { readonly certificate: string; readonly key: string };

export interface OpcuaEndpoint {
  readonly url: string;
  /** undefined: messages are neither signed nor encrypted, and any server is talked to. */
  readonly security?: OpcuaSecurity | undefined;
  /** undefined: anonymous. */
  readonly user: OpcuaUser | undefined;
  /** Folder of the client's own certificate, made when absent, and of the servers that are trusted. */
  readonly pkiDir: string;
}

export function isSecure(endpoint: OpcuaEndpoint): endpoint is OpcuaEndpoint & { readonly security: OpcuaSecurity } {
  return endpoint.security !== undefined && endpoint.security.mode !== "None";
}

/** The endpoints that a server offers; `client` is connected without security, as anybody may ask for them. */
export async function endpointsOf(client: OPCUAClient, url: string): Promise<EndpointDescription[]> {
  await client.connect(url);
  return await client.getEndpoints({ endpointUrl: url });
}

/** The certificate among these endpoints: that of the wanted security, else any. undefined: the server has none. */
export function certificateOf(
  endpoints: readonly EndpointDescription[],
  endpoint: OpcuaEndpoint,
  opcua: OpcuaLibrary,
): Buffer | undefined {
  const wanted = isSecure(endpoint) ? matching(endpoints, endpoint.security, opcua) : undefined;
  const holder = wanted ?? endpoints.find(({ serverCertificate }) => serverCertificate?.length > 0);
  return holder && holder.serverCertificate?.length > 0 ? holder.serverCertificate : undefined;
}

/**
 * The server's certificate, if a person trusts exactly this one.
 * @throws EdgeError `opcua-security` when the server does not offer the wanted mode and policy, `opcua-untrusted`
 */
export function trustedCertificate(
  endpoints: readonly EndpointDescription[],
  endpoint: OpcuaEndpoint & { readonly security: OpcuaSecurity },
  opcua: OpcuaLibrary,
): Buffer {
  const found = matching(endpoints, endpoint.security, opcua);
  if (!found) {
    const { mode, policy } = endpoint.security;
    throw new EdgeError("opcua-security", `${endpoint.url} does not offer ${mode} with ${policy}`, {
      remedy: `it offers ${offers(endpoints, opcua)}`,
    });
  }
  refuseUntrusted(describeCertificate(found.serverCertificate), endpoint);
  return found.serverCertificate;
}

function refuseUntrusted(shown: ServerCertificate, { url, pkiDir }: OpcuaEndpoint): void {
  const trusted = new TrustedServers(pkiDir);
  if (trusted.isTrusted(shown.sha256)) return;
  const which = `${shown.thumbprint} (${shown.subject})`;
  throw new EdgeError(
    "opcua-untrusted",
    trusted.isChange(shown)
      ? `${url}: the server's certificate has changed, the new one ${which} is not trusted`
      : `${url}: the server's certificate ${which} is not trusted`,
    { remedy: "compare the thumbprint with the server's own and press Trust in the OPC UA connection" },
  );
}

function matching(
  endpoints: readonly EndpointDescription[],
  { mode, policy }: OpcuaSecurity,
  opcua: OpcuaLibrary,
): EndpointDescription | undefined {
  return endpoints.find(
    ({ securityMode, securityPolicyUri }) =>
      securityMode === opcua.MessageSecurityMode[mode] && securityPolicyUri === opcua.SecurityPolicy[policy],
  );
}

function offers(endpoints: readonly EndpointDescription[], opcua: OpcuaLibrary): string {
  const named = endpoints.map(({ securityMode, securityPolicyUri }) => {
    const mode = opcua.MessageSecurityMode[securityMode];
    return mode === "None" ? mode : `${mode} with ${securityPolicyUri?.split("#")[1] ?? "no policy"}`;
  });
  return [...new Set(named)].join(", ") || "nothing";
}

/** @throws EdgeError `opcua-user` when certificate and key do not fit each other */
export function identityOf(user: OpcuaUser | undefined, opcua: OpcuaLibrary): UserIdentityInfo {
  if (!user) return { type: opcua.UserTokenType.Anonymous };
  if ("name" in user) return { type: opcua.UserTokenType.UserName, userName: user.name, password: user.password };
  const { crypto } = beside();
  return {
    type: opcua.UserTokenType.Certificate,
    certificateData: new X509Certificate(user.certificate).raw,
    keyOperations: crypto.keyOperationsFromPrivateKey(crypto.makePrivateKeyFromPem(user.key)),
  } as UserIdentityInfo;
}

/**
 * A user's certificate and key as somebody pasted or uploaded them: PEM, or DER in base64.
 * @param passphrase of the key, "" where it has none
 * @throws EdgeError `opcua-user`
 */
export function userCertificate(certificate: string, key: string, passphrase: string): OpcuaUser {
  const remedy = "paste or load a certificate and its private key (PEM or DER)";
  let parsed: X509Certificate;
  try {
    parsed = new X509Certificate(fromText(certificate));
  } catch (error) {
    throw new EdgeError("opcua-user", "the user's certificate cannot be read", { cause: error, remedy });
  }
  const pem = readKey(key, passphrase);
  if (pem === undefined || !parsed.checkPrivateKey(createPrivateKey(pem))) {
    const what = pem === undefined ? "cannot be read" : "does not belong to the user's certificate";
    throw new EdgeError("opcua-user", `the user's private key ${what}`, { remedy });
  }
  return { certificate: parsed.toString(), key: pem };
}

function readKey(text: string, passphrase: string): string | undefined {
  const key = fromText(text);
  const secret = passphrase === "" ? {} : { passphrase };
  const attempts = isPem(key)
    ? [{ key, ...secret }]
    : (["pkcs8", "pkcs1"] as const).map((type) => ({ key, format: "der" as const, type, ...secret }));
  for (const attempt of attempts) {
    try {
      return createPrivateKey(attempt).export({ type: "pkcs8", format: "pem" }) as string;
    } catch {
      // Not of this kind: the next may fit, and the caller says when none does.
    }
  }
  return undefined;
}

/** PEM (a field of one line has taken its line breaks), or the bytes of a file in base64, be it PEM or DER. */
function fromText(text: string): Buffer {
  const [, begin, body, end] = /(-----BEGIN [^-]+-----)([A-Za-z0-9+/=\s]+)(-----END [^-]+-----)/.exec(text) ?? [];
  if (begin !== undefined && body !== undefined)
    return Buffer.from(`${begin}\n${body.trim().replaceAll(/\s+/g, "\n")}\n${end}\n`);
  return text.includes("-----BEGIN") ? Buffer.from(text) : Buffer.from(text.trim(), "base64");
}

function isPem(bytes: Buffer): boolean {
  return bytes.includes("-----BEGIN");
}
