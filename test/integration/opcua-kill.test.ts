import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { MessageSecurityMode, OPCUACertificateManager, OPCUAServer, SecurityPolicy, UserTokenType } from "node-opcua";
import { systemClock } from "../../lib/clock";
import { ownCertificate } from "../../lib/fusion/opcua/certificate";
import { OpcuaConnection } from "../../lib/fusion/opcua/connection";
import { SECURITY_POLICIES, userCertificate, type OpcuaEndpoint } from "../../lib/fusion/opcua/endpoint";
import { askEndpoints } from "../../lib/fusion/opcua/session";
import { OpcuaSource } from "../../lib/fusion/opcua/source";
import { TrustedServers } from "../../lib/fusion/opcua/trust";
import { scratch } from "../support/cache";
import { peerPython } from "../support/peers";
import { freePort } from "../support/ports";
import { TestProcess, until } from "../support/process";

const ROOT = join(__dirname, "..", "..");

interface Server {
  readonly name: string;
  readonly nodeId: string;
  readonly url: (port: number) => string;
  readonly start: (port: number) => Promise<TestProcess>;
}

const SERVERS: readonly Server[] = [
  {
    name: "node-opcua",
    nodeId: "ns=1;s=motor-1.temperature",
    url: (port) => `opc.tcp://127.0.0.1:${port}/plant`,
    start: async (port) => {
      const main = join(ROOT, "simulator", "main.ts");
      const options = ["serve", "--assets", "1", "--opcua-port", String(port)];
      const server = new TestProcess(process.execPath, ["--import=tsx", main, ...options], { cwd: ROOT });
      await server.line(/opc\.tcp/);
      return server;
    },
  },
  {
    name: "asyncua",
    nodeId: "nsu=urn:peer:sensors;s=temperature",
    url: (port) => `opc.tcp://127.0.0.1:${port}/peer`,
    start: async (port) => {
      const script = join(ROOT, "test", "peers", "asyncua_server.py");
      const server = new TestProcess(await peerPython(), [script, "--port", String(port)]);
      await server.line(/"ready"/);
      return server;
    },
  },
];

const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;

describe("OPC UA source at a server whose process is killed", function () {
  this.timeout(90_000);
  for (const { name, nodeId, url, start } of SERVERS) {
    it(`is back within five seconds of its return, and leaves no socket: ${name}`, async () => {
      const folder = scratch("opcua-kill");
      const port = await freePort();
      let server = await start(port);
      const before = sockets();
      const options = { url: url(port), user: undefined, pkiDir: folder, intervalMs: 100, watchdogMs: 5000 };
      const source = new OpcuaSource(options, systemClock, Math.random);
      let good = 0;
      source.follow(nodeId, ({ quality }) => {
        if (quality === "good") good++;
      });
      try {
        await until("values", () => good > 2);
        await server.stop("SIGKILL");
        await new Promise((resolve) => setTimeout(resolve, 1000));
        server = await start(port);
        const counted = good;
        await until("values after the start", () => good > counted + 2, 5000);
        await source.close();
        await until("every socket is closed", () => sockets() <= before, 5000);
      } finally {
        await source.close();
        await server.stop();
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});

describe("OPC UA users who are known by their certificate", function () {
  this.timeout(60_000);

  it("sign in with each policy of the library's server, signed or encrypted", async () => {
    const folder = scratch("opcua-user");
    const certificates = (name: string): OPCUACertificateManager =>
      new OPCUACertificateManager({
        rootFolder: join(folder, name),
        automaticallyAcceptUnknownCertificate: true,
        disableFileWatchers: true,
      });
    const server = new OPCUAServer({
      host: "127.0.0.1",
      hostname: "127.0.0.1",
      port: await freePort(),
      serverCertificateManager: certificates("server"),
      userCertificateManager: certificates("users"),
      securityModes: [MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt],
      securityPolicies: SECURITY_POLICIES.map((policy) => SecurityPolicy[policy]),
      userTokenTypes: [UserTokenType.Certificate],
      allowAnonymous: false,
    } as ConstructorParameters<typeof OPCUAServer>[0]);
    try {
      await server.start();
      const person = await ownCertificate(join(folder, "person"), "Person", Date.now());
      const base = { url: server.getEndpointUrl(), pkiDir: join(folder, "client") };
      for (const mode of ["Sign", "SignAndEncrypt"] as const) {
        for (const policy of SECURITY_POLICIES) {
          const user = userCertificate(person.pem, person.key, "");
          const endpoint: OpcuaEndpoint = { ...base, user, security: { mode, policy } };
          const { endpoints } = await askEndpoints(endpoint, systemClock);
          new TrustedServers(base.pkiDir).trust(endpoints[0].serverCertificate);
          const connection = await OpcuaConnection.open(endpoint, systemClock, new AbortController().signal);
          const { value } = await connection.read("i=2258");
          assert.match(String(value), /^\d{4}-/, `${mode} ${policy}`);
          await connection.close();
        }
      }
    } finally {
      await server.shutdown(0);
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
