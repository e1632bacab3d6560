/** What more than one sheet has alike: config nodes, and properties of Node-RED's own nodes as the editor writes them. */
import type { Ref, Sheet } from "./sheet";

/** Where the plant's broker is, unless the global environment says otherwise. */
export const MQTT_ENV = { MQTT_HOST: "127.0.0.1", MQTT_PORT: "1883" } as const;

/** A device with the one asset that the examples speak of. */
export function exampleDevice(sheet: Sheet, name: string, more: Readonly<Record<string, unknown>> = {}): Ref {
  return sheet.config("context-edge-device", "device", {
    name,
    line: "line-1",
    site: "demo",
    ...more,
    assets: [{ id: "motor-1", line: "line-1", station: "test-1", readers: "reader-1" }],
  });
}

/** A debug node that writes to the sidebar. @param complete a property of the message, "true" for all of it */
export function shown(name: string, complete: string): Record<string, unknown> {
  const where = { active: true, tosidebar: true, console: false, tostatus: false };
  const targetType = complete === "true" ? "full" : "msg";
  return { name, ...where, complete, targetType, statusVal: "", statusType: "auto" };
}

/** The plant's broker. @param messages its birth, close and will messages */
export function mqttBroker(sheet: Sheet, messages: Readonly<Record<string, unknown>> = {}): Ref {
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
    ...messages,
    userProps: "",
    sessionExpiry: "",
  });
}

/** Publishes with QoS 1 on the message's own topic. */
export function mqttOut(name: string, broker: Ref, retain: boolean): Record<string, unknown> {
  return {
    name,
    topic: "",
    qos: "1",
    retain: String(retain),
    respTopic: "",
    contentType: "",
    userProps: "",
    correl: "",
    expiry: "",
    broker,
  };
}
