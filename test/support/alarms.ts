import type { FlowNode } from "../../flows/src/sheet";
import type { NodeRed } from "./nodered";
import { until } from "./process";

/** The shipped example, ready for a test's Node-RED: without what asks the editor to install packages. */
export function withEnv(nodes: readonly FlowNode[], env: Readonly<Record<string, string>>): FlowNode[] {
  return nodes.map((node) =>
    node.type === "global-config"
      ? { ...node, env: Object.entries(env).map(([name, value]) => ({ name, value, type: "str" })) }
      : node,
  );
}

/** Presses an inject node's button, by its name. */
export async function press(red: NodeRed, nodes: readonly FlowNode[], name: string): Promise<void> {
  const button = nodes.find((node) => node.type === "inject" && node["name"] === name);
  if (!button) throw new Error(`no button ${name}`);
  // After a deploy it takes a moment until the node is there.
  await until(`button ${name}`, async () => (await fetch(`${red.url}/inject/${button.id}`, { method: "POST" })).ok);
}
