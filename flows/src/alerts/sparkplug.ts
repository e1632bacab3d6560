import { functionOf, source } from "../files";
import { globalConfig } from "../modules";
import { Sheet, type FlowNode } from "../sheet";
import { addAlarmSource, addAsking } from "./source";

const SPARKPLUG_ENV = {
  MQTT_HOST: "127.0.0.1",
  MQTT_PORT: "1883",
  SPARKPLUG_GROUP: "demo",
  SPARKPLUG_EDGE_NODE: "gateway-1",
  SPARKPLUG_ASSET: "motor-1",
} as const;

/** The package with the Sparkplug nodes, in the version that was tried. */
const SPARKPLUG_PACKAGE = { "node-red-contrib-mqtt-sparkplug-plus": "2.1.11" } as const;

const METRICS = {
  "alarm/active": { dataType: "Int32" },
  "alarm/open": { dataType: "Int32" },
  "alarm/unacknowledged": { dataType: "Int32" },
  "alarm/severity": { dataType: "Int32" },
  "alarm/label": { dataType: "String" },
  "alarm/action": { dataType: "String" },
  "alarm/mer_id": { dataType: "String" },
} as const;

/** An asset's alarms as a Sparkplug B device. */
export function sparkplug(): FlowNode[] {
  const info = source("alerts", "sparkplug.md");
  const sheet = new Sheet("alerts-sparkplug", "Alerts to Sparkplug B", info);
  const title = "An asset's alarms as a Sparkplug B device (needs node-red-contrib-mqtt-sparkplug-plus)";
  sheet.comment("start", { col: 0, row: 0 }, title, info);
  const decision = addAlarmSource(sheet);
  const broker = sheet.config("mqtt-sparkplug-broker", "broker", {
    name: "plant broker",
    deviceGroup: "${SPARKPLUG_GROUP}",
    eonName: "${SPARKPLUG_EDGE_NODE}",
    broker: "${MQTT_HOST}",
    port: "${MQTT_PORT}",
    tls: "",
    clientid: "",
    usetls: false,
    verifyservercert: false,
    protocolVersion: "4",
    keepalive: "15",
    cleansession: true,
    enableStoreForward: false,
    compressAlgorithm: "",
    aliasMetrics: true,
    useTemplates: false,
    templates: "",
    manualEoNBirth: false,
    primaryScada: "",
  });
  const metrics = sheet.node(
    "function",
    "metrics",
    { col: 3.2, row: 4 },
    { name: "metrics of the asset", ...functionOf([source("alerts", "urgency.js"), source("alerts", "sparkplug.js")]) },
  );
  const device = sheet.node(
    "mqtt sparkplug device",
    "device-1",
    { col: 4.2, row: 4 },
    { name: "${SPARKPLUG_ASSET}", metrics: METRICS, broker, birthImmediately: false, bufferDevice: false },
  );
  const asks = addAsking(sheet, decision, { col: 3.2, row: 5.4 }, { closed: false });
  sheet.wire(decision, 0, metrics);
  sheet.wire(metrics, 0, device);
  sheet.group("scada", "To the SCADA (copy this to where your decision node is)", [metrics, device, ...asks]);
  return [...sheet.json(), globalConfig(SPARKPLUG_ENV, SPARKPLUG_PACKAGE)];
}
