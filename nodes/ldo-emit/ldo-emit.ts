import type { Node, NodeAPI, NodeDef } from "node-red";
import { onClose, onInput, refuseAll } from "../common/adapter";
import { ConfigReader, service, type RawConfig } from "../common/config";
import type { DeviceService, ObjectsService } from "../common/services";
import { EmitRuntime } from "./runtime";

type Config = NodeDef & { device?: string; objects?: string };

/** Keeps each fused sample as a Labeled Data Object: on the disk before it is sent on, in the bucket after. */
export = function (RED: NodeAPI): void {
  function LdoEmit(this: Node, config: Config): void {
    RED.nodes.createNode(this, config);
    try {
      const device = service<DeviceService>(RED, config.device, "context-edge-device", "ldo-emit");
      const objects = service<ObjectsService>(RED, config.objects, "context-edge-objects", "ldo-emit");
      const settings = new ConfigReader(config as unknown as RawConfig, "ldo-emit");
      const runtime = new EmitRuntime(this, settings, device, objects.store);
      onInput(this, (message, send) => runtime.input(message, send), runtime.queue);
      onClose(this, () => runtime.close());
    } catch (error) {
      refuseAll(this, error);
    }
  }
  RED.nodes.registerType("ldo-emit", LdoEmit);
};
