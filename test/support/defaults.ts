import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";

const NODES = join(__dirname, "..", "..", "nodes");

type Defaults = Readonly<Record<string, { readonly value?: unknown; readonly type?: string }>>;

/** The defaults that each node's editor page registers, by type. */
export function editorDefaults(): Map<string, Defaults> {
  const found = new Map<string, Defaults>();
  const registerType = (type: string, { defaults }: { defaults: Defaults }): void => void found.set(type, defaults);
  for (const type of readdirSync(NODES)) {
    if (type === "common") continue;
    const page = readFileSync(join(NODES, type, `${type}.html`), "utf8");
    for (const [, script] of page.matchAll(/<script type="text\/javascript">([\s\S]*?)<\/script>/g))
      runInNewContext(script, { RED: { nodes: { registerType } }, window: {} });
  }
  return found;
}
