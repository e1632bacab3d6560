import { readFileSync } from "node:fs";
import { join } from "node:path";
import { idOf, type FlowNode } from "./sheet";

const ROOT = join(__dirname, "..", "..");

function versionOf(...path: string[]): string {
  return (JSON.parse(readFileSync(join(ROOT, ...path, "package.json"), "utf8")) as { version: string }).version;
}

const DASHBOARD = {
  "@flowfuse/node-red-dashboard": versionOf("node_modules", "@flowfuse", "node-red-dashboard"),
};

/**
 * The node in which an export names the packages it needs (as exact versions, which is what the editor's own export
 * writes and what "Install" asks npm for), and the values that this flow takes from its surroundings.
 * @param modules beside this one
 */
export function globalConfig(
  env: Readonly<Record<string, string>> = {},
  modules: Readonly<Record<string, string>> = DASHBOARD,
): FlowNode {
  return {
    id: idOf("shared/global-config"),
    type: "global-config",
    env: Object.entries(env).map(([name, value]) => ({ name, value, type: "str" })),
    modules: {
      "@context-edge/node-red": versionOf(),
      ...modules,
    },
  };
}
