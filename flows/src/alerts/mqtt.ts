import { MQTT_ENV, mqttBroker, mqttOut } from "../common";
import { functionOf, source } from "../files";
import { globalConfig } from "../modules";
import { Sheet, type FlowNode } from "../sheet";
import { addAlarmSource, addAsking } from "./source";

const ENV = { ...MQTT_ENV, MQTT_STATUS_TOPIC: "demo/line-1/gateway/online" } as const;

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
    mqttOut("publish, QoS 1, retained", mqttBroker(sheet, presence()), true),
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
  return [...sheet.json(), globalConfig(ENV, {})];
}

/** Retained "true" while this Node-RED is connected, "false" by the broker itself when it is gone. */
function presence(): Record<string, unknown> {
  const said = (when: string, payload: string) => ({
    [`${when}Topic`]: "${MQTT_STATUS_TOPIC}",
    [`${when}Qos`]: "1",
    [`${when}Retain`]: "true",
    [`${when}Payload`]: payload,
    [`${when}Msg`]: {},
  });
  return { ...said("birth", "true"), ...said("close", "false"), ...said("will", "false") };
}
