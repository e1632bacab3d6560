import type { NodeAPI } from "node-red";
import { PLACES } from "../../lib/training/run";
import { checkPython } from "../../lib/training/trainer-process";
import { ConfigReader, service, type RawConfig } from "../common/config";
import { secretToTry } from "../common/dialog";
import type { ModelService } from "../common/services";
import { dialogRoute, testRoute, type DialogAnswer } from "../common/test-route";
import { apiOf, readGithub, type TrainSecrets } from "./github";
import { pythonOf } from "./python";
import { Recipe } from "./recipe";

interface StoredNode {
  readonly type: string;
  readonly python?: string;
  readonly credentials?: TrainSecrets;
  readonly tokenOrigin?: string;
}

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
      if (config.choice("place", PLACES, "local") === "github") {
        return { ok: true, text: await readGithub(config, secretsOf(RED, config, body)).check() };
      }
      const command = await pythonOf(config.text("python", ""));
      return { ok: true, text: `${await checkPython(command)} runs the trainer: ${command.python}` };
    },
    (body) => (isDeployed(RED, body["id"], body["python"]) ? undefined : "flows.write"),
  );
}

/** Whether Node-RED runs this program anyway: to try another one takes who may deploy it. */
function isDeployed(RED: NodeAPI, id: unknown, python: unknown): boolean {
  if (python === undefined || python === "") return true;
  const stored = typeof id === "string" ? (RED.nodes.getNode(id) as StoredNode | null) : null;
  return stored?.type === TYPE && stored.python === python;
}

/** The token as typed, or the stored one, which goes to no other host than its own. */
function secretsOf(RED: NodeAPI, config: ConfigReader, body: RawConfig): TrainSecrets {
  const stored = RED.nodes.getNode(config.text("id", "")) as StoredNode | null;
  const { origin } = apiOf(config);
  const own = stored?.tokenOrigin === origin;
  const typed = typeof body["token"] === "string" ? body["token"] : "";
  return {
    token: secretToTry(
      typed,
      { name: "token", place: "host" },
      own ? { secret: stored?.credentials?.token } : undefined,
    ),
    origin,
  };
}

function modelOf(RED: NodeAPI, body: RawConfig): ModelService | undefined {
  const id = body["model"];
  if (typeof id !== "string" || id === "" || id === "_ADD_") return undefined;
  return service<ModelService>(RED, id, "context-edge-model", "model-train");
}
