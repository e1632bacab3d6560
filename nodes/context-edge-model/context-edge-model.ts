import type { Node, NodeAPI, NodeDef } from "node-red";
import { DEFAULT_MODEL } from "../../lib/inference/bundled";
import type { Lease } from "../../lib/storage/registry";
import type { ModelSlot } from "../../lib/inference/slot";
import { openSlot, type SlotRequest } from "../../lib/inference/slots";
import type { ChannelParts } from "../../lib/release/channel";
import { onClose } from "../common/adapter";
import { ConfigReader, refuseService, type RawConfig } from "../common/config";
import type { ModelService } from "../common/services";
import { testRoute } from "../common/test-route";
import { placeOf, readChannel, testChannel } from "./channel";

interface ModelNode extends Node {
  service?: ModelService;
}

/** Which model serves, and how it is run. The slot itself outlives this node by some seconds, so that a deploy reloads nothing. */
export = function (RED: NodeAPI): void {
  function ContextEdgeModel(this: ModelNode, config: NodeDef): void {
    RED.nodes.createNode(this, config);
    try {
      const { request, parts } = readConfig(RED, config as unknown as RawConfig);
      let own: Lease<ModelSlot> | undefined;
      const manifest = (): ModelSlot["manifest"] => (own ??= openSlot(request, parts)).value.manifest;
      this.service = { open: () => openSlot(request, parts), labels: () => manifest()?.labels, manifest };
      onClose(this, () => own?.release());
    } catch (error) {
      refuseService(this, error);
    }
  }
  RED.nodes.registerType("context-edge-model", ContextEdgeModel);

  testRoute(
    RED,
    "context-edge-model",
    (body) => placeOf(RED, body),
    (body) => testChannel(RED, body, new ConfigReader(body, "model")),
  );
};

function readConfig(RED: NodeAPI, raw: RawConfig): { request: SlotRequest; parts?: ChannelParts } {
  const config = new ConfigReader(raw, "model");
  const how = {
    backend: config.choice("backend", ["auto", "onnx", "tensorrt"], "auto"),
    allowFallback: config.flag("allow_fallback"),
    load: {
      placement: config.choice("placement", ["auto", "in-process", "worker"], "auto"),
      threads: config.number("threads", 1, { min: 0, max: 64, integer: true }),
      maxBlockMs: config.number("max_block_ms", 1, { min: 0.1, max: 1000 }),
    },
    queueLimit: config.number("queue_limit", 1000, { min: 1, max: 100_000, integer: true }),
  } as const;
  const source = config.choice("source", ["bundled", "channel", "none"], "bundled");
  if (source === "none") return { request: { ...how, source } };
  if (source === "bundled") return { request: { ...how, source, model: config.text("model", DEFAULT_MODEL) } };
  const { channel, parts } = readChannel(RED, raw, config);
  return { request: { ...how, source, ...channel }, parts };
}
