import { functionOf, source } from "../files";
import { globalConfig } from "../modules";
import { Sheet, type FlowNode, type Ref } from "../sheet";
import { addAlarmSource, addAsking } from "./source";

/** Where the broker is, unless the global environment says otherwise. */
const MQTT_ENV = {
  MQTT_HOST: "127.0.0.1",
  MQTT_PORT: "1883",
  MQTT_STATUS_TOPIC: "demo/line-1/gateway/online",
} as const;

/** Alarms as retained topics, one per asset and one per open record. */
export function alertsMqtt(): FlowNode[] {
  const info = source("alerts", "mqtt.md");
  const sheet = new Sheet("alerts-mqtt", "Alerts to MQTT", info);
  sheet.comment("start", { col: 0, row: 0 }, "Alarms as retained topics: <site>/<line>/<asset>/mer", info);
  const decision = addAlarmSource(sheet);
  const view = sheet.node(
    "function",
    "state",
    { col: 3.2, row: 4 },
    { name: "what to publish", ...functionOf([source("alerts", "urgency.js"), source("alerts", "mqtt-state.js")], 2) },
  );
  const out = sheet.node(
    "mqtt out",
    "out",
    { col: 4.2, row: 4 },
    {
      name: "publish, QoS 1, retained",
      topic: "",
      qos: "1",
      retain: "true",
      respTopic: "",
      contentType: "",
      userProps: "",
      correl: "",
      expiry: "",
      broker: broker(sheet),
    },
  );
  const connected = sheet.node(
    "status",
    "connected",
    { col: 3.2, row: 2.6 },
    { name: "is the broker there?", scope: [out.id] },
  );
  const asks = addAsking(sheet, decision, { col: 3.2, row: 6 });
  const commands = sheet.linkOut("commands-out", { col: 4.2, row: 5 }, "commands", [view, 1]);
  const obeyed = sheet.linkIn("commands-in", { col: 1, row: 7 }, "commands", commands);
  sheet.wire(obeyed, 0, decision);
  sheet.wire(decision, 0, view);
  sheet.wire(connected, 0, view);
  sheet.wire(view, 0, out);
  sheet.group("mqtt", "To the broker (copy this to where your decision node is)", [
    view,
    out,
    connected,
    commands,
    ...asks,
  ]);
  return [...sheet.json(), globalConfig(MQTT_ENV, {})];
}

/** Retained "true" while this Node-RED is connected, "false" by the broker itself when it is gone. */
function broker(sheet: Sheet): Ref {
  const said = (when: string, payload: string) => ({
    [`${when}Topic`]: "${MQTT_STATUS_TOPIC}",
    [`${when}Qos`]: "1",
    [`${when}Retain`]: "true",
    [`${when}Payload`]: payload,
    [`${when}Msg`]: {},
  });
  return sheet.config("mqtt-broker", "broker", {
    name: "plant broker",
    broker: "${MQTT_HOST}",
    port: "${MQTT_PORT}",
    clientid: "",
    autoConnect: true,
    usetls: false,
    protocolVersion: "4",
    keepalive: "15",
    cleansession: true,
    autoUnsubscribe: true,
    ...said("birth", "true"),
    ...said("close", "false"),
    ...said("will", "false"),
    userProps: "",
    sessionExpiry: "",
  });
}
