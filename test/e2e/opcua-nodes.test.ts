import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CONTRIB_OPCUA } from "../../flows/src/opcua-nodes/flow";
import { startOpcua, type OpcuaPlant } from "../../simulator/opcua-server";
import { cached } from "../support/cache";
import { BUNDLED_VERSION, linkedPalette, removeUserDir, startNodeRed, type NodeRed } from "../support/nodered";
import { freePort } from "../support/ports";
import { until } from "../support/process";

const EXAMPLE = join(__dirname, "..", "..", "examples", "Readings from node-red-contrib-opcua.json");

interface ReadOut {
  ok: boolean;
  text: string;
  value?: number | null;
  quality?: string;
}

/** The package as its users have it: from the registry, once, into the cache. */
async function contribOpcua(): Promise<string> {
  const [[name, version]] = Object.entries(CONTRIB_OPCUA) as [[string, string]];
  const dir = await cached(name, version, (target) => {
    writeFileSync(join(target, "package.json"), JSON.stringify({ name: "peer", private: true }));
    const quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error", "--ignore-scripts"];
    execFileSync("npm", ["install", `${name}@${version}`, ...quiet], { cwd: target, stdio: "pipe" });
  });
  return join(dir, "node_modules", name);
}

describe("node-red-contrib-opcua in a headless Node-RED", function () {
  this.timeout(180_000);
  let userDir: string;
  let red: NodeRed;
  let plant: OpcuaPlant;
  let fuses: { id: string; name: string }[];
  let asks: { id: string; name: string }[];

  before(async () => {
    const port = await freePort();
    plant = await startOpcua({ host: "127.0.0.1", port, assets: ["motor-1"] });
    userDir = linkedPalette({ "node-red-contrib-opcua": await contribOpcua() });
    const flow = JSON.parse(readFileSync(EXAMPLE, "utf8")) as (Record<string, unknown> & {
      id: string;
      type: string;
    })[];
    for (const node of flow)
      if (node.type === "global-config") node["env"] = [{ name: "PLANT_OPCUA", value: plant.endpoint, type: "str" }];
    fuses = flow.filter(({ type }) => type === "sensor-fuse") as unknown as typeof fuses;
    asks = flow.filter(({ type }) => type === "inject") as unknown as typeof asks;
    red = await startNodeRed({ version: BUNDLED_VERSION, userDir, flow });
  });
  after(async () => {
    await red.stop();
    await plant.close();
    removeUserDir(userDir);
  });

  async function readOut(id: string, channel: string): Promise<ReadOut> {
    const answer = await fetch(`${red.url}/context-edge/sensor-fuse/read`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ id, channel }),
    });
    return (await answer.json()) as ReadOut;
  }

  /** What its buttons do; a request that comes before the session is dropped, so they are pressed again. */
  async function press(way: string): Promise<void> {
    for (const { id, name } of asks)
      if (name.replace(/ \d$/, "") === way) await fetch(`${red.url}/inject/${id}`, { method: "POST" });
  }

  it("is read by sensor-fuse as it speaks: subscribed, as a list, read, and read as a list", async () => {
    assert.equal(fuses.length, 4);
    let current = 9;
    const show = (): void => {
      current += 0.1;
      plant.show("motor-1", { vibration_x: 1, vibration_y: 1, temperature: 77, current }, new Date());
    };
    const timer = setInterval(show, 100);
    try {
      for (const { id, name } of fuses) {
        let last: ReadOut | undefined;
        const good = async (): Promise<boolean> => {
          const [temperature, amperes] = [await readOut(id, "temperature"), await readOut(id, "current")];
          last = temperature.quality === "good" ? amperes : temperature;
          return temperature.value === 77 && (amperes.value ?? 0) > 9;
        };
        await until(`${name}: good`, good, 15_000)
          .catch(() => press(name.slice("fused: ".length)))
          .then(() => until(`${name}: good`, good, 10_000))
          .catch((error: unknown) => {
            throw new Error(`${String(error)}: ${last?.text}\n${red.process.output.slice(-2000)}`);
          });
      }
    } finally {
      clearInterval(timer);
    }
  });

  it("goes stale in sensor-fuse when the server says nothing more", async () => {
    for (const { id, name } of fuses.slice(0, 2))
      await until(`${name}: stale`, async () => (await readOut(id, "current")).quality === "stale", 10_000);
  });
});
