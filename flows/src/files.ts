import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";

/** A source file beside this one, without the newline at its end. */
export function source(...path: string[]): string {
  return readFileSync(join(__dirname, ...path), "utf8").trimEnd();
}

/** What stands between the braces of a file's default export. */
function members(file: string): string {
  const lines = source("pages", file).split("\n");
  return lines
    .slice(lines.indexOf("export default {") + 1, -1)
    .join("\n")
    .trim();
}

/** A mark names a file of the folder and stands for what is in it. */
const MARK = /\/\* ([\w-]+\.(?:js|css)) \*\//g;
/** What no page does without. */
const SHARED = ["theme.css", "format.js", "clock.js"];

/** The text of a page: its Vue file, with style sheets, its own parts and what both pages share in place of their marks. */
export function page(name: string): string {
  const text = source("pages", `${name}.vue`);
  for (const file of [...SHARED, `${name}.css`]) {
    if (!text.includes(`/* ${file} */`)) throw new Error(`${name}.vue has no mark for ${file}`);
  }
  return text.replace(MARK, (_mark, file: string) => (file.endsWith(".js") ? members(file) : source("pages", file)));
}

/** Properties of a function node whose body stands in a file. */
export function functionFrom(path: readonly string[], outputs = 1): Record<string, unknown> {
  return functionOf([source(...path)], outputs);
}

/** The same for a body of several parts. */
export function functionOf(parts: readonly string[], outputs = 1): Record<string, unknown> {
  return { func: parts.join("\n\n"), outputs, timeout: 0, noerr: 0, initialize: "", finalize: "", libs: [] };
}

const NODES = join(__dirname, "..", "..", "nodes");

/**
 * The values that a freshly dropped node of ours has, from its editor page; undefined for nodes of other packages. So a
 * flow here says only what differs, and a property that a node does not have is found when the flow is built.
 */
export function editorDefaults(type: string): Record<string, unknown> | undefined {
  const file = join(NODES, type, `${type}.html`);
  if (!existsSync(file)) return undefined;
  const script = /<script type="text\/javascript">([\s\S]*?)<\/script>/.exec(readFileSync(file, "utf8"))?.[1];
  if (script === undefined) throw new Error(`${file} has no script`);
  let defaults: Record<string, { value?: unknown }> = {};
  const nodes = {
    registerType: (_type: string, definition: { defaults: typeof defaults }) => (defaults = definition.defaults),
  };
  const editor = { nodes, _: (key: string) => key, validators: new Proxy({}, { get: () => () => () => true }) };
  runInNewContext(script, { RED: editor, window: {}, ContextEdge: undefined });
  // Copied as JSON: values of another context are not plain objects here.
  return JSON.parse(
    JSON.stringify(Object.fromEntries(Object.entries(defaults).map(([key, { value }]) => [key, value ?? ""]))),
  ) as Record<string, unknown>;
}
