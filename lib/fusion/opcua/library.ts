import { createRequire } from "node:module";
import type * as Opcua from "node-opcua-client";
import { loadOptional } from "../../optional";

export type OpcuaLibrary = typeof Opcua;

/** What node-opcua's own crypto package makes for us; node-opcua-client does not hand it on. */
export interface OpcuaCrypto {
  createSelfSignedCertificate(of: {
    readonly privateKey: CryptoKey;
    readonly subject: string;
    readonly applicationUri: string;
    readonly dns: readonly string[];
    readonly notBefore: Date;
    readonly notAfter: Date;
    readonly purpose: number;
  }): Promise<{ readonly cert: string }>;
  makePrivateKeyFromPem(pem: string): unknown;
  keyOperationsFromPrivateKey(key: unknown): Opcua.UserIdentityInfoX509["keyOperations"];
  readonly CertificatePurpose: { readonly ForApplication: number };
}

type KeyPairProvider = NonNullable<Opcua.OPCUAClientOptions["certificateKeyPairProvider"]>;

/** A certificate and its key in memory, as the library takes them. */
export interface OpcuaCommon {
  readonly InMemoryCertificateKeyPairProvider: new (chain: readonly Buffer[], key: unknown) => KeyPairProvider;
}

/**
 * Loading it takes 0.3 s and 32 MB: only who uses OPC UA pays for it.
 * @throws EdgeError `library-missing`
 */
export function opcuaLibrary(): OpcuaLibrary {
  // oxlint-disable-next-line typescript/no-require-imports
  return loadOptional("node-opcua-client", "OPC UA", () => require("node-opcua-client") as OpcuaLibrary);
}

/** The packages that node-opcua-client itself uses, in its versions. */
export function beside(): { readonly crypto: OpcuaCrypto; readonly common: OpcuaCommon } {
  const near = createRequire(require.resolve("node-opcua-client"));
  return {
    crypto: near("node-opcua-crypto") as OpcuaCrypto,
    common: near("node-opcua-common") as OpcuaCommon,
  };
}
