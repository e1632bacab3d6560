import type { NodeAPI } from "node-red";
import { checkPython } from "../../lib/training/trainer-process";
import { ConfigReader, service, type RawConfig } from "../common/config";
import type { ModelService } from "../common/services";
import { dialogRoute, testRoute, type DialogAnswer } from "../common/test-route";
import { pythonOf } from "./python";
import { Recipe } from "./recipe";

const TYPE = "context-edge-model-train";

/** What the dialog asks: the configuration that would be written now, and whether the place of training can be reached. */
export function serveRoutes(RED: NodeAPI): void {
  dialogRoute(
    RED,
    TYPE,
    "config",
    () => "",
    async (body): Promise<DialogAnswer & { toml?: string }> => {
      const config = new ConfigReader(body, "model-train");
      const toml = new Recipe(RED, config, modelOf(RED, body)).toml();
      return { ok: true, text: "as the flow stands now", toml };
    },
  );
  testRoute(
    RED,
    TYPE,
    () => "",
    async (body) => {
      const config = new ConfigReader(body, "model-train");
      const command = await pythonOf(config.text("python", ""));
      return { ok: true, text: `${await checkPython(command)} runs the trainer: ${command.python}` };
    },
  );
}

function modelOf(RED: NodeAPI, body: RawConfig): ModelService | undefined {
  const id = body["model"];
  if (typeof id !== "string" || id === "" || id === "_ADD_") return undefined;
  return service<ModelService>(RED, id, "context-edge-model", "model-train");
}
