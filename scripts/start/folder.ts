import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

export interface PlantPorts {
  readonly opcua: number;
  readonly modbus: number;
  readonly scanner: number;
  readonly control: number;
}

type FlowNode = Record<string, unknown> & { id: string; type: string };

/** What the flows take from their surroundings, by the names in their global configuration. */
export function plantEnv(data: string, ports: PlantPorts): Record<string, string> {
  return {
    PLANT_HOST: "127.0.0.1",
    PLANT_OPCUA: `opc.tcp://127.0.0.1:${ports.opcua}/plant`,
    PLANT_MODBUS_PORT: String(ports.modbus),
    PLANT_SCANNER_PORT: String(ports.scanner),
    PLANT_CONTROL_PORT: String(ports.control),
    PLANT_CONTEXTS: join(data, "plant", "contexts.json"),
    CONTEXT_EDGE_DATA: join(data, "device"),
    CONTEXT_EDGE_OBJECTS: join(data, "objects"),
  };
}

/** Lets Node-RED find this package in the user directory as if the palette had installed it. */
export function linkPackage(root: string, userDir: string): void {
  const link = join(userDir, "node_modules", "@context-edge", "node-red");
  mkdirSync(dirname(link), { recursive: true });
  const present = lstatSync(link, { throwIfNoEntry: false });
  if (present && !present.isSymbolicLink()) throw new Error(`${link} is in the way: remove it`);
  if (present && readlinkSync(link) === root) return;
  if (present) rmSync(link);
  symlinkSync(root, link, "dir");
}

/**
 * Puts the shipped flows into the user directory, or keeps those that were edited there; either way the addresses are
 * this start's.
 */
export function deployFlows(
  root: string,
  userDir: string,
  env: Readonly<Record<string, string>>,
  fresh: boolean,
): void {
  const file = join(userDir, "flows.json");
  const flows = existsSync(file) && !fresh ? read(file) : shipped(root);
  const config = flows.find((node) => node.type === "global-config");
  if (config) {
    const others = Array.isArray(config["env"])
      ? (config["env"] as { name: string }[]).filter(({ name }) => !(name in env))
      : [];
    config["env"] = [...others, ...Object.entries(env).map(([name, value]) => ({ name, value, type: "str" }))];
  }
  writeFileSync(file, `${JSON.stringify(flows, null, 4)}\n`);
}

/** All whole flows as one; config nodes that they share stand in it once. */
function shipped(root: string): FlowNode[] {
  const nodes = ["edge-loop", "plant", "retrain"].flatMap((name) => read(join(root, "flows", `${name}.json`)));
  return [...new Map(nodes.map((node) => [node.id, node])).values()];
}

function read(file: string): FlowNode[] {
  return JSON.parse(readFileSync(file, "utf8")) as FlowNode[];
}
