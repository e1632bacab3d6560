/** Everything that the builder writes. */
import { alertsEmail } from "./alerts/email";
import { historian } from "./alerts/historian";
import { alertsMqtt } from "./alerts/mqtt";
import { sparkplug } from "./alerts/sparkplug";
import { alertsWebhook } from "./alerts/webhook";
import { completeLoop } from "./complete-loop/flow";
import { contribModbus } from "./contrib-modbus/flow";
import { contextAdmin } from "./context-admin/flow";
import { edgeLoop } from "./edge-loop/flow";
import { modelTrain } from "./model-train/flow";
import { opcuaNodes } from "./opcua-nodes/flow";
import { plant } from "./plant/flow";
import { BESIDE_EDGE_LOOP, retrain } from "./retrain/flow";
import type { FlowNode } from "./sheet";
import { waveform } from "./waveform/flow";

export interface Output {
  /** Relative to the package. */
  readonly path: string;
  readonly nodes: readonly FlowNode[];
}

export function outputs(): Output[] {
  return [
    { path: "examples/1 Complete loop, simulated.json", nodes: completeLoop() },
    { path: "examples/2 Edge loop over OPC UA, Modbus and TCP.json", nodes: edgeLoop() },
    { path: "examples/3 Plant control.json", nodes: plant() },
    { path: "examples/4 Training.json", nodes: retrain() },
    { path: "examples/Alerts by e-mail.json", nodes: alertsEmail() },
    { path: "examples/Alerts to MQTT.json", nodes: alertsMqtt() },
    { path: "examples/Alerts to Sparkplug B.json", nodes: sparkplug() },
    { path: "examples/Alerts to a webhook.json", nodes: alertsWebhook() },
    { path: "examples/Readings from node-red-contrib-modbus.json", nodes: contribModbus() },
    { path: "examples/Readings from node-red-contrib-opcua.json", nodes: opcuaNodes() },
    { path: "examples/Context admin.json", nodes: contextAdmin() },
    { path: "examples/Waveform to features.json", nodes: waveform() },
    { path: "examples/Samples and alarms to a historian.json", nodes: historian() },
    { path: "examples/context-edge-model-train.json", nodes: modelTrain() },
    { path: "flows/edge-loop.json", nodes: edgeLoop() },
    { path: "flows/plant.json", nodes: plant() },
    { path: "flows/retrain.json", nodes: retrain(BESIDE_EDGE_LOOP) },
  ];
}
