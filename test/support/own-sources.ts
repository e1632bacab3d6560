import { rmSync } from "node:fs";
import helper from "node-red-node-test-helper";
import { scratch } from "./cache";
import { startOpcuaPeer, startPeer, type Peer } from "./peers";
import { freePort } from "./ports";

/** A Node-RED without a flow yet, and an OPC UA server and a Modbus device for sensor-fuse to read by itself. */
export class OwnSources {
  private constructor(
    readonly folder: string,
    readonly server: Peer,
    readonly plc: Peer,
    readonly plcPort: number,
  ) {}

  /** @param name of a folder, @param opcuaArgs of the OPC UA server */
  static async start(name: string, ...opcuaArgs: readonly string[]): Promise<OwnSources> {
    const folder = scratch(name);
    const plcPort = await freePort();
    const [server, plc] = await Promise.all([
      startOpcuaPeer(...opcuaArgs),
      startPeer("pymodbus_server.py", ["--port", String(plcPort)]),
    ]);
    helper.init(require.resolve("node-red"), { userDir: folder });
    await new Promise<void>((resolve) => helper.startServer(resolve));
    return new OwnSources(folder, server, plc, plcPort);
  }

  async stop(): Promise<void> {
    await Promise.all([
      this.server.stop(),
      this.plc.stop(),
      new Promise<void>((resolve) => helper.stopServer(resolve)),
    ]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A row of the channel table. */
export const sourceRow = (name: string, source: string, match: string, more: object = {}): object => ({
  name,
  source,
  match,
  ...more,
});
