import { isAbsolute, join } from "node:path";
import type { Node, NodeAPI, NodeDef } from "node-red";
import { systemClock } from "../../lib/clock";
import { EdgeError } from "../../lib/errors";
import type { EdgeMessage } from "../../lib/messages";
import { CHANNELS, RIGS } from "../../lib/plant/catalogue";
import { CODE_FORMS, type CodeForm } from "../../lib/plant/codes";
import { defaultStations, type PlantEvent, type PlantOptions } from "../../lib/plant/plant";
import { PlantRecord } from "../../lib/plant/record";
import { RunningPlant } from "../../lib/plant/running-plant";
import { MAX_FAULT_SHARE } from "../../lib/plant/schedule";
import { onClose, onInput, refuseAll, sendFrom } from "../common/adapter";
import { ConfigReader, service, type RawConfig } from "../common/config";
import type { DeviceService } from "../common/services";
import { StatusLine } from "../common/status";

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
  const config = new ConfigReader(raw, "plant");
  const options = readOptions(RED, raw, config);
  const perChannel = config.choice("readings", ["object", "channels"], "object") === "channels";
  const file = config.text("record", "");
  const record =
    file === "" ? undefined : openRecord(node, isAbsolute(file) ? file : join(RED.settings.userDir ?? "", file));
  const status = new StatusLine(node);
  const states = new Map<string, string>();
  const show = (): void => {
    const faults = [...states].filter(([, state]) => state !== "normal").map(([asset, state]) => `${asset}: ${state}`);
    if (!plant.running) status.set("grey", "ring", "stopped");
    else if (faults.length > 0)
      status.set("yellow", "dot", faults.length === 1 ? `${faults[0]}` : `${faults.length} assets with a fault`);
    else status.set("green", "dot", "running");
  };
  const happened = (event: PlantEvent): void => {
    if (event.kind === "reading") return sendFrom(node, [null, readingMessages(event, perChannel)]);
    states.set(event.asset, event.truth.state);
    show();
    return sendFrom(node, [scanMessage(event), null]);
  };
  const plant = new RunningPlant(options, { clock: systemClock, record, happened });
  const importContexts = (): void => sendFrom(node, [contextsMessage(plant), null]);
  // Only when every node is there: what is sent while a flow is being built is lost. A later deploy may have brought a
  // new store, so the contexts go out again; the plant itself goes on.
  let begun = false;
  const started = (): void => {
    importContexts();
    if (!begun) plant.start();
    begun = true;
    show();
  };
  RED.events.on("flows:started", started);

  onInput(node, (message) => {
    const command = message.command;
    if (!command)
      throw new EdgeError(
        "plant-command",
        "the message has no command: inject, clear, new_product, drift, start, stop, contexts",
      );
    if (command.name === "contexts") importContexts();
    else plant.obey(command);
    show();
  });
  onClose(node, async () => {
    RED.events.off("flows:started", started);
    plant.stop();
    status.close();
    await record?.close();
  });
}

function readOptions(RED: NodeAPI, raw: RawConfig, config: ConfigReader): PlantOptions {
  const device = config.has("device")
    ? service<DeviceService>(RED, raw["device"], "context-edge-device", "plant")
    : undefined;
  const stations = defaultStations(config.number("assets", 1, { min: 1, max: RIGS.length, integer: true })).map(
    (station, i) => {
      const asset = device?.assets[i];
      return asset ? { asset: asset.id, reader: asset.readers[0] ?? station.reader } : station;
    },
  );
  const faults = config.flag("faults", true);
  return {
    seed: config.number("seed", 1, { min: 0, max: 2 ** 32 - 1, integer: true }),
    stations,
    rateHz: config.number("rate_hz", 10, { min: 0.1, max: 500 }),
    cycleS: config.number("cycle_s", 2, { min: 0.01, max: 86_400 }),
    faultShare: faults ? config.number("fault_share", 0.1, { min: 0, max: MAX_FAULT_SHARE }) : 0,
    firstFaultS: faults ? config.number("first_fault_s", 8, { min: 0, max: 86_400 }) : 0,
    codes: config.choice<CodeForm | "mixed">("codes", [...CODE_FORMS, "mixed"], "plain"),
  };
}

function openRecord(node: Node, file: string): PlantRecord {
  return new PlantRecord(file, (error) => node.error(`plant-record: ${file} cannot be written: ${error.message}`));
}

function contextsMessage(plant: RunningPlant): EdgeMessage {
  return { topic: "contexts", command: { name: "import" }, payload: plant.contexts(), simulated: true };
}

function scanMessage({ asset, reader, text }: Extract<PlantEvent, { kind: "scan" }>): EdgeMessage {
  return { topic: asset, payload: text, reader, simulated: true };
}

function readingMessages(
  event: Extract<PlantEvent, { kind: "reading" }>,
  perChannel: boolean,
): EdgeMessage | EdgeMessage[] {
  const { asset, readings } = event;
  if (!perChannel) return { topic: asset, payload: readings, simulated: true };
  return CHANNELS.map((channel) => ({ topic: `${asset}/${channel}`, payload: readings[channel], simulated: true }));
}
