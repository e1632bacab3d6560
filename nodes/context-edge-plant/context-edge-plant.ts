import { isAbsolute, join } from "node:path";
import type { Node, NodeAPI, NodeDef } from "node-red";
import { systemClock } from "../../lib/clock";
import { commandOf } from "../../lib/command";
import { EdgeError } from "../../lib/errors";
import type { EdgeMessage } from "../../lib/messages";
import { CHANNELS } from "../../lib/plant/catalogue";
import type { PlantEvent } from "../../lib/plant/plant";
import { PlantRecord } from "../../lib/plant/record";
import { RunningPlant } from "../../lib/plant/running-plant";
import { onClose, onInput, refuseAll, sendFrom } from "../common/adapter";
import type { RawConfig } from "../common/config";
import { StatusLine } from "../common/status";
import { readSettings } from "./settings";

/** Between the contexts and the first unit: a store on a slow disk has them by the first scan. */
const HEAD_START_MS = 1_000;

const COMMANDS = "inject, clear, new_product, drift, start, stop, contexts";

/** A simulated plant in process: scans on output 1, readings on output 2. */
export = function (RED: NodeAPI): void {
  function ContextEdgePlant(this: Node, def: NodeDef): void {
    RED.nodes.createNode(this, def);
    try {
      open(RED, this, def as unknown as RawConfig);
    } catch (error) {
      refuseAll(this, error);
    }
  }
  RED.nodes.registerType("context-edge-plant", ContextEdgePlant);
};

function open(RED: NodeAPI, node: Node, raw: RawConfig): void {
  const settings = readSettings(RED, raw);
  const record = openRecord(node, settings.record, RED.settings.userDir ?? "");
  const status = new StatusLine(node);
  const states = new Map<string, string>();
  const happened = (event: PlantEvent): void => {
    if (event.kind === "reading") return sendFrom(node, [null, readingMessages(event, settings.perChannel)]);
    states.set(event.asset, event.truth.state);
    show(status, plant, states);
    return sendFrom(node, [scanMessage(event), null]);
  };
  const plant = new RunningPlant(settings.plant, { clock: systemClock, record, happened });
  const importContexts = (): void => sendFrom(node, [contextsMessage(plant), null]);
  // Only when every node is there: what is sent while a flow is being built is lost. A later deploy may have brought a
  // new store, so the contexts go out again; the plant itself goes on.
  let begun = false;
  const started = (): void => {
    importContexts();
    if (!begun) plant.start(HEAD_START_MS);
    begun = true;
    show(status, plant, states);
  };
  RED.events.on("flows:started", started);

  onInput(node, (message) => {
    const command = commandOf(message, COMMANDS);
    if (!command) throw new EdgeError("plant-command", `the message has no command: ${COMMANDS}`);
    if (command.name === "contexts") importContexts();
    else plant.obey(command);
    show(status, plant, states);
  });
  onClose(node, async () => {
    RED.events.off("flows:started", started);
    plant.stop();
    status.close();
    await record?.close();
  });
}

function show(status: StatusLine, plant: RunningPlant, states: ReadonlyMap<string, string>): void {
  const faults = [...states].filter(([, state]) => state !== "normal").map(([asset, state]) => `${asset}: ${state}`);
  if (!plant.running) status.set("grey", "ring", "stopped");
  else if (faults[0] === undefined) status.set("green", "dot", "running");
  else status.set("yellow", "dot", faults.length === 1 ? faults[0] : `${faults.length} assets with a fault`);
}

function openRecord(node: Node, path: string, userDir: string): PlantRecord | undefined {
  if (path === "") return undefined;
  const file = isAbsolute(path) ? path : join(userDir, path);
  return new PlantRecord(file, (error) => node.error(`plant-record: ${file} cannot be written: ${error.message}`));
}

function contextsMessage(plant: RunningPlant): EdgeMessage {
  return { topic: "contexts", command: { name: "import" }, payload: plant.contexts(), simulated: true };
}

function scanMessage({ asset, reader, text }: Extract<PlantEvent, { kind: "scan" }>): EdgeMessage {
  return { topic: asset, payload: text, reader, simulated: true };
}

function readingMessages(
  { asset, readings }: Extract<PlantEvent, { kind: "reading" }>,
  perChannel: boolean,
): EdgeMessage | EdgeMessage[] {
  if (!perChannel) return { topic: asset, payload: readings, simulated: true };
  return CHANNELS.map((channel) => ({ topic: `${asset}/${channel}`, payload: readings[channel], simulated: true }));
}
