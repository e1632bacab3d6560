/**
 * A sheet of a flow, composed in code and written as the JSON that Node-RED imports. The same source always gives the
 * same bytes: ids are hashes of names, positions come from columns and rows.
 */
import { createHash } from "node:crypto";
import { editorDefaults } from "./files";

/** What Node-RED stores for a node. */
export type FlowNode = Record<string, unknown> & { id: string; type: string };

/** A node on the sheet or a config node, to be wired to or pointed at. */
export interface Ref {
  readonly id: string;
  readonly node: FlowNode;
}

export interface Place {
  /** Columns are 220 px apart, left edges aligned; rows 50 px. Fractions are fine. */
  readonly col: number;
  readonly row: number;
}

const COLUMN = 220;
const ROW = 50;
const LEFT = 60;
const TOP = 80;
const NODE_HEIGHT = 30;

/** A node id: 16 hexadecimal digits, the same for the same name. */
export function idOf(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, 16);
}

/** About the width the editor gives a node: 6.5 px a character beside icon and ports, at least 100 px, in steps of 20. */
function widthOf(node: Record<string, unknown>): number {
  if (node["l"] === false) return NODE_HEIGHT;
  const name = node["name"];
  const label = typeof name === "string" && name !== "" ? name : String(node["type"]);
  return Math.max(100, Math.ceil((label.length * 6.5 + 52) / 20) * 20);
}

export class Sheet {
  readonly tab: Ref;
  private readonly nodes: FlowNode[] = [];
  private readonly configs = new Map<string, FlowNode>();
  private readonly keys = new Set<string>();

  /** @param name part of every id on this sheet, so that two sheets can be imported side by side */
  constructor(
    readonly name: string,
    label: string,
    info: string,
  ) {
    const tab = { id: idOf(`${name}/tab`), type: "tab", label, disabled: false, info, env: [] };
    this.tab = { id: tab.id, node: tab };
  }

  /** A config node. `shared` ones have the same id on every sheet, so that sheets imported together use one node. */
  config(type: string, key: string, properties: Record<string, unknown>, shared = false): Ref {
    const id = idOf(`${shared ? "shared" : this.name}/${type}/${key}`);
    const node = { id, type, ...complete(type, properties) };
    this.configs.set(id, node);
    return { id, node };
  }

  /** A flow node; `key` names it for ever (a changed key is a new node), `name` is its label. */
  node(type: string, key: string, place: Place, properties: Record<string, unknown> = {}): Ref {
    if (this.keys.has(key)) throw new Error(`${this.name}: two nodes are called ${key}`);
    this.keys.add(key);
    const left = LEFT + place.col * COLUMN;
    const node: FlowNode = {
      id: idOf(`${this.name}/${type}/${key}`),
      type,
      z: this.tab.id,
      ...complete(type, properties),
      x: left + widthOf({ type, ...properties }) / 2,
      y: TOP + place.row * ROW,
      wires: [],
    };
    this.nodes.push(node);
    return { id: node.id, node };
  }

  /** A comment whose `info` is read in the editor's help sidebar. */
  comment(key: string, place: Place, name: string, info = ""): Ref {
    return this.node("comment", key, place, { name, info });
  }

  /** Wires one output to inputs. */
  wire(from: Ref, output: number, ...to: Ref[]): void {
    const wires = from.node["wires"] as string[][];
    while (wires.length <= output) wires.push([]);
    wires[output]?.push(...to.map((ref) => ref.id));
  }

  /** The near end of a wire that would cross the sheet: small, beside its sources. */
  linkOut(key: string, place: Place, name: string, ...sources: readonly (readonly [from: Ref, output: number])[]): Ref {
    const out = this.node("link out", key, place, { name, mode: "link", links: [], l: false });
    for (const [from, output] of sources) this.wire(from, output, out);
    return out;
  }

  /** The far end, labelled, for one or more near ends. */
  linkIn(key: string, place: Place, name: string, ...outs: readonly Ref[]): Ref {
    const into = this.node("link in", key, place, { name, links: [], l: true });
    for (const out of outs) this.join(out, into);
    return into;
  }

  /** Joins a near end and a far end. */
  join(out: Ref, into: Ref): void {
    (out.node["links"] as string[]).push(into.id);
    (into.node["links"] as string[]).push(out.id);
  }

  /** A labelled box around nodes. */
  group(key: string, label: string, members: readonly Ref[]): void {
    const id = idOf(`${this.name}/group/${key}`);
    const boxes = members.map(({ node }) => {
      const width = widthOf(node);
      const x = node["x"] as number;
      const y = node["y"] as number;
      return { left: x - width / 2, right: x + width / 2, top: y - NODE_HEIGHT / 2, bottom: y + NODE_HEIGHT / 2 };
    });
    const left = Math.min(...boxes.map((box) => box.left)) - 26;
    const top = Math.min(...boxes.map((box) => box.top)) - 46;
    for (const { node } of members) node["g"] = id;
    this.nodes.push({
      id,
      type: "group",
      z: this.tab.id,
      name: label,
      style: { label: true },
      nodes: members.map((member) => member.id),
      x: left,
      y: top,
      w: Math.max(...boxes.map((box) => box.right)) + 26 - left,
      h: Math.max(...boxes.map((box) => box.bottom)) + 26 - top,
    });
  }

  /** The sheet as Node-RED imports it: tab, groups, nodes from left to right, config nodes. */
  json(): FlowNode[] {
    const groups = this.nodes.filter((node) => node.type === "group");
    const others = this.nodes.filter((node) => node.type !== "group");
    return [this.tab.node as FlowNode, ...groups, ...others, ...this.configs.values()];
  }
}

/** Properties with what the editor's dialog would have filled in; refs become their ids. */
function complete(type: string, properties: Record<string, unknown>): Record<string, unknown> {
  const defaults = editorDefaults(type);
  const unknown = Object.keys(properties).filter((key) => defaults !== undefined && !(key in defaults));
  if (unknown.length > 0) throw new Error(`${type} has no ${unknown.join(", ")}`);
  return Object.fromEntries(
    Object.entries({ ...defaults, ...properties }).map(
      ([key, value]) => [key, isRef(value) ? value.id : value] as const,
    ),
  );
}

function isRef(value: unknown): value is Ref {
  return typeof value === "object" && value !== null && "id" in value && "node" in value;
}
