/** The OPC UA client's own certificate, in a folder of ours: the library would put it into the user's home. */
import { mkdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import type * as Opcua from "node-opcua-client";

type CertificateManager = NonNullable<Opcua.OPCUAClientOptions["clientCertificateManager"]>;

interface Manager {
  initialize(): Promise<void>;
  createSelfSignedCertificate(of: {
    readonly applicationUri: string;
    readonly dns: string[];
    readonly outputFile: string;
    readonly subject: string;
    readonly startDate: Date;
    readonly validity: number;
  }): Promise<void>;
}

const VALID_DAYS = 3650;

/** What is under way, by file: two connections that start at once make one certificate. */
const making = new Map<string, Promise<void>>();

export class OwnCertificate {
  readonly manager: CertificateManager;
  private readonly near: NodeJS.Require;

  constructor(
    private readonly folder: string,
    private readonly applicationName: string,
  ) {
    this.near = createRequire(require.resolve("node-opcua-client"));
    const { OPCUACertificateManager } = this.near("node-opcua-certificate-manager") as {
      OPCUACertificateManager: new (options: { rootFolder: string }) => CertificateManager;
    };
    this.manager = new OPCUACertificateManager({ rootFolder: folder });
  }

  /** Made ahead of the client, which would say on the console that it makes one. */
  async make(): Promise<void> {
    const file = join(this.folder, "own", "certs", "client_certificate.pem");
    if (isWritten(file)) return;
    let made = making.get(file);
    if (!made) {
      made = this.write(file).finally(() => making.delete(file));
      making.set(file, made);
    }
    await made;
  }

  private async write(outputFile: string): Promise<void> {
    const { makeApplicationUrn, makeSubject } = this.near("node-opcua-common") as Record<
      "makeApplicationUrn" | "makeSubject",
      (...of: [string, string]) => string
    >;
    const manager = this.manager as unknown as Manager;
    await manager.initialize();
    mkdirSync(dirname(outputFile), { recursive: true });
    await manager.createSelfSignedCertificate({
      applicationUri: makeApplicationUrn(hostname(), this.applicationName),
      dns: [hostname()],
      outputFile,
      subject: makeSubject(this.applicationName, hostname()),
      startDate: new Date(),
      validity: VALID_DAYS,
    });
  }
}

function isWritten(file: string): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;
}
