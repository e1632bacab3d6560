import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import { asError } from "../../lib/errors";
import type { EdgeMessage, LabelSpec } from "../../lib/messages";
import { onClose, onInput, refuseAll } from "../common/adapter";
import { ConfigReader, service, type RawConfig } from "../common/config";
import type { DeviceService, ModelService } from "../common/services";
import { DecisionRuntime } from "./runtime";

type Config = NodeDef & { device?: string; model?: string };

/** Judges each sample once; raises, counts and clears alarms; draws what is to be reviewed. */
export = function (RED: NodeAPI): void {
  const clone = (message: EdgeMessage) => RED.util.cloneMessage(message as NodeMessage) as EdgeMessage;

  function DecisionNode(this: Node, config: Config): void {
    RED.nodes.createNode(this, config);
    try {
      const device = service<DeviceService>(RED, config.device, "context-edge-device", "decision");
      const settings = new ConfigReader(config as unknown as RawConfig, "decision");
      const runtime = new DecisionRuntime(this, settings, device, labelsOf(RED, this, config.model), clone);
      onInput(this, (message, send) => runtime.input(message, send), runtime.queue);
      onClose(this, () => runtime.close());
    } catch (error) {
      refuseAll(this, error);
    }
  }
  RED.nodes.registerType("decision", DecisionNode);
};

/**
 * The labels of the model that is chosen, asked for each time: a model can be swapped in. None, or one that is gone, is no
 * reason to stop: the limits guard without.
 */
function labelsOf(RED: NodeAPI, node: Node, id: string | undefined): () => readonly LabelSpec[] | undefined {
  if (!id) return () => undefined;
  try {
    const model = service<ModelService>(RED, id, "context-edge-model", "decision");
    return () => model.labels();
  } catch (error) {
    node.warn(`${asError(error).message}: until then labels are taken by their names, and the limits guard`);
    return () => undefined;
  }
}
