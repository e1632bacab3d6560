import { exampleDevice } from "../common";
import { source } from "../files";
import { globalConfig } from "../modules";
import { Sheet, type FlowNode, type Ref } from "../sheet";

/** What the palette manager is asked to install; the test installs the same. */
export const CONTRIB_OPCUA = { "node-red-contrib-opcua": "0.2.354" } as const;

const VARIABLES = ["ns=1;s=motor-1.temperature", "ns=1;s=motor-1.current"] as const;
const CHANNELS = [
  { name: "temperature", source: "wire", match: "ns=1;s={asset}.temperature", unit: "°C" },
  { name: "current", source: "wire", match: "ns=1;s={asset}.current", unit: "A" },
];
const CLIENT = {
  deadbandtype: "a",
  deadbandvalue: 1,
  time: "200",
  timeUnit: "ms",
  certificate: "n",
  localfile: "",
  localkeyfile: "",
  securitymode: "None",
  securitypolicy: "None",
  useTransport: false,
  maxChunkCount: 1,
  maxMessageSize: 8192,
  receiveBufferSize: 8192,
  sendBufferSize: 8192,
  setstatusandtime: false,
  keepsessionalive: true,
  applicationName: "",
  applicationUri: "",
};

/** The four ways in which node-red-contrib-opcua reads, each into a sensor-fuse. */
export function opcuaNodes(): FlowNode[] {
  const info = source("opcua-nodes", "info.md");
  const sheet = new Sheet("opcua-nodes", "OPC UA by contrib nodes", info);
  sheet.comment("start", { col: 0, row: 0 }, "node-red-contrib-opcua into sensor-fuse: four ways", info);
  const device = exampleDevice(sheet, "this device");
  const endpoint = sheet.config("OpcUa-Endpoint", "endpoint", {
    name: "plant",
    endpoint: "${PLANT_OPCUA}",
    secpol: "None",
    secmode: "None",
    none: true,
    login: false,
    usercert: false,
    usercertificate: "",
    userprivatekey: "",
  });
  const each = VARIABLES.map((nodeId) => ({ topic: nodeId, payload: "" }));
  const ways = [
    { name: "subscribe", action: "subscribe", repeat: "", sent: each },
    {
      name: "subscribe to a list",
      action: "subscribe",
      repeat: "",
      sent: [{ topic: "multiple", payload: JSON.stringify(VARIABLES.map((nodeId) => ({ nodeId }))) }],
    },
    { name: "read", action: "read", repeat: "1", sent: each },
    {
      name: "read multiple",
      action: "readmultiple",
      repeat: "1",
      sent: [{ topic: "readmultiple", payload: JSON.stringify(VARIABLES) }],
    },
  ];
  for (const [i, { name, action, repeat, sent }] of ways.entries()) {
    const row = 1 + 2 * i;
    const client = sheet.node("OpcUa-Client", `client-${i}`, { col: 1.2, row }, { ...CLIENT, name, action, endpoint });
    for (const [j, message] of sent.entries()) {
      const label = sent.length > 1 ? `${name} ${j + 1}` : name;
      const asks = sheet.node("inject", `ask-${i}-${j}`, { col: 0, row: row + 0.8 * j }, ask(label, message, repeat));
      sheet.wire(asks, 0, client);
    }
    const fuse = sheet.node("sensor-fuse", `fuse-${i}`, { col: 2.3, row }, fuseFor(name, device));
    const shown = { active: i === 0, tosidebar: true, complete: "sensor_data", targetType: "msg" };
    const samples = sheet.node(
      "debug",
      `samples-${i}`,
      { col: 3.5, row: row - 0.4 },
      { ...shown, name: `${name}: samples` },
    );
    const unusable = sheet.node(
      "debug",
      `unusable-${i}`,
      { col: 3.5, row: row + 0.6 },
      { ...shown, active: true, complete: "unusable", name: `${name}: not usable` },
    );
    sheet.wire(client, 0, fuse);
    sheet.wire(fuse, 0, samples);
    sheet.wire(fuse, 1, unusable);
  }
  return [...sheet.json(), globalConfig({ PLANT_OPCUA: "opc.tcp://127.0.0.1:4840/plant" }, CONTRIB_OPCUA)];
}

function fuseFor(way: string, device: Ref): Record<string, unknown> {
  return { name: `fused: ${way}`, device, trigger: "periodic", period_ms: "1000", channels: CHANNELS };
}

function ask(
  name: string,
  { topic, payload }: { topic: string; payload: string },
  repeat: string,
): Record<string, unknown> {
  const payloadType = payload === "" ? "str" : "json";
  const props = [{ p: "payload" }, { p: "topic", vt: "str" }];
  return { name, props, repeat, crontab: "", once: true, onceDelay: 8, topic, payload, payloadType };
}
