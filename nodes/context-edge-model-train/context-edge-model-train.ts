import type { Node, NodeAPI, NodeDef } from "node-red";
import { onClose, onInput, refuseAll } from "../common/adapter";
import { ConfigReader, service, type RawConfig } from "../common/config";
import type { DeviceService, ModelService, ObjectsService } from "../common/services";
import { apiOf, type TrainSecrets } from "./github";
import { Recipe } from "./recipe";
import { serveRoutes } from "./routes";
import { TrainRuntime } from "./runtime";
import { boundOrigin } from "./token";

type Config = NodeDef & { place?: string; python?: string; device?: string; objects?: string; model?: string };

interface TrainNode extends Node<TrainSecrets> {
  /** What it would train now; for its dialog. */
  recipe?: Recipe;
  /** The program that its flow names; for its dialog. */
  python?: string | undefined;
  /** Where its token belongs; for its dialog. */
  tokenOrigin?: string | undefined;
}

/** Makes a better model out of the records: on this machine or by GitHub Actions, one run per trigger. */
export = function (RED: NodeAPI): void {
  function ModelTrain(this: TrainNode, config: Config): void {
    RED.nodes.createNode(this, config);
    this.python = config.python;
    try {
      const raw = config as unknown as RawConfig;
      const reader = new ConfigReader(raw, "model-train");
      const device = service<DeviceService>(RED, config.device, "context-edge-device", "model-train");
      const objects = service<ObjectsService>(RED, config.objects, "context-edge-objects", "model-train");
      const model = config.model
        ? service<ModelService>(RED, config.model, "context-edge-model", "model-train")
        : undefined;
      this.recipe = new Recipe(RED, reader, model);
      const token = this.credentials?.token ?? "";
      if (config.place === "github" && token !== "") {
        this.tokenOrigin = boundOrigin(device.dataDir, token, apiOf(reader));
      }
      const secrets = { token, origin: this.tokenOrigin };
      const runtime = new TrainRuntime(this, reader, { device, objects, recipe: this.recipe }, secrets);
      onInput(this, (message, send) => runtime.input(message, send), runtime.queue);
      onClose(this, (removed) => runtime.close(removed));
    } catch (error) {
      refuseAll(this, error);
    }
  }
  RED.nodes.registerType<TrainNode, Config, object, TrainSecrets>("context-edge-model-train", ModelTrain, {
    credentials: { token: { type: "password" } },
  });
  serveRoutes(RED);
};
