import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DataType,
  makeEUInformation,
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAServer,
  SecurityPolicy,
  standardUnits,
  StatusCodes,
  type UAVariable,
} from "node-opcua";
import { CHANNELS, type Channel, type Readings } from "../lib/plant/catalogue";

export interface OpcuaOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly assets: readonly string[];
}

/** What a plant's PLC would show: one object per asset, one analog item per channel, `ns=1;s=<asset>.<channel>`. */
export interface OpcuaPlant {
  readonly endpoint: string;
  readonly port: number;
  /** Node ids by asset and channel. */
  readonly nodes: Readonly<Record<string, Readonly<Record<string, string>>>>;
  show(asset: string, readings: Readings, at: Date): void;
  /** How many clients have a session. */
  sessions(): number;
  close(): Promise<void>;
}

const UNIT = {
  // UNECE recommendation 20, code C16; node-opcua has no constant for it.
  vibration_x: makeEUInformation("C16", "mm/s", "millimetre per second"),
  vibration_y: makeEUInformation("C16", "mm/s", "millimetre per second"),
  temperature: standardUnits.degree_celsius,
  current: standardUnits.ampere,
} as const;
const RANGE: Readonly<Record<Channel, { low: number; high: number }>> = {
  vibration_x: { low: 0, high: 50 },
  vibration_y: { low: 0, high: 50 },
  temperature: { low: -40, high: 200 },
  current: { low: 0, high: 100 },
};

export async function startOpcua({ host, port, assets }: OpcuaOptions): Promise<OpcuaPlant> {
  // A folder of its own: certificates must not pile up in the user's home, nor be shared between two plants.
  const folder = mkdtempSync(join(tmpdir(), "context-edge-plant-"));
  const certificates = new OPCUACertificateManager({ rootFolder: join(folder, "pki") });
  const server = new OPCUAServer({
    host,
    hostname: host,
    port,
    resourcePath: "/plant",
    serverCertificateManager: certificates,
    userCertificateManager: certificates,
    securityModes: [MessageSecurityMode.None],
    securityPolicies: [SecurityPolicy.None],
    allowAnonymous: true,
    serverInfo: { applicationName: { text: "Context Edge simulated plant" }, applicationUri: "urn:context-edge:plant" },
    buildInfo: { productName: "context-edge-plant" },
    serverCapabilities: { maxSessions: 50 },
    maxConnectionsPerEndpoint: 50,
  });
  try {
    await server.initialize();
    const variables = addPlant(server, assets);
    await server.start();
    const endpoint = server.getEndpointUrl();
    return {
      endpoint,
      port: Number(new URL(endpoint).port),
      nodes: Object.fromEntries(assets.map((asset) => [asset, nodeIds(asset)])),
      show: (asset, readings, at) => {
        for (const channel of CHANNELS) {
          const value = { dataType: DataType.Double, value: readings[channel] };
          variables.get(nodeName(asset, channel))?.setValueFromSource(value, StatusCodes.Good, at);
        }
      },
      sessions: () => server.engine.currentSessionCount,
      close: async () => {
        await server.shutdown(0);
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function nodeName(asset: string, channel: Channel): string {
  return `${asset}.${channel}`;
}

function nodeIds(asset: string): Record<string, string> {
  return Object.fromEntries(CHANNELS.map((channel) => [channel, `ns=1;s=${nodeName(asset, channel)}`]));
}

function addPlant(server: OPCUAServer, assets: readonly string[]): Map<string, UAVariable> {
  const space = server.engine.addressSpace;
  if (!space) throw new Error("the OPC UA server has no address space");
  const own = space.getOwnNamespace();
  const plant = own.addObject({ organizedBy: space.rootFolder.objects, browseName: "Plant", nodeId: "s=plant" });
  const variables = new Map<string, UAVariable>();
  for (const asset of assets) {
    const object = own.addObject({ componentOf: plant, browseName: asset, nodeId: `s=${asset}` });
    for (const channel of CHANNELS) {
      const variable = own.addAnalogDataItem({
        componentOf: object,
        browseName: channel,
        nodeId: `s=${nodeName(asset, channel)}`,
        dataType: "Double",
        engineeringUnits: UNIT[channel],
        engineeringUnitsRange: RANGE[channel],
        minimumSamplingInterval: 10,
      });
      // Until the first unit is on the rig there is no value, only a status that says so.
      variable.setValueFromSource({ dataType: DataType.Double, value: 0 }, StatusCodes.BadWaitingForInitialData);
      variables.set(nodeName(asset, channel), variable);
    }
  }
  return variables;
}
