import type { Node, NodeAPI } from "node-red";
import { EdgeError, asError } from "../../lib/errors";
import { partOf } from "./operation";

/** What the editor stored for a node: every value may be missing or of another type (imported by hand, older version). */
export type RawConfig = Readonly<Record<string, unknown>>;

/** Where Node-RED looks for the environment variables of a node: its group, its subflow instance, its flow, the process. */
interface Scope {
  getSetting(name: string): unknown;
  getGroupNode?(id: unknown): { getSetting(name: string): unknown } | undefined;
}

const WHOLE = /^\$\{([^}\s]+)\}$/;
const PART = /\$\{([^}\s]+)\}/g;

/**
 * Reads raw editor values once, at the edge, into what the inside never re-checks. `${NAME}`, alone or within a text, is an
 * environment variable, looked up where Node-RED does, with the values of the subflow instance that the node stands in. One
 * that is not set is an error, never an empty text.
 */
export class ConfigReader {
  constructor(
    private readonly raw: RawConfig,
    private readonly what: string,
    private readonly setting: (name: string) => unknown = settingOf(raw),
  ) {}

  /** @throws EdgeError `config-env`, `config-missing` */
  text(name: string, fallback?: string): string {
    const text = asText(this.value(name));
    if (text !== "") return text;
    if (fallback !== undefined) return fallback;
    throw new EdgeError("config-missing", `${this.what}: ${name} is not set`);
  }

  /** A secret may hold any characters: it is an environment variable as a whole, or not at all. @throws EdgeError `config-env` */
  secret(name: string): string {
    const value = this.raw[name];
    const whole = typeof value === "string" ? WHOLE.exec(value)?.[1] : undefined;
    return asText(whole === undefined ? value : this.variable(name, whole));
  }

  /** An environment variable that no field names: "" when it is not set. */
  environment(variable: string): string {
    return asText(this.setting(variable));
  }

  /** @throws EdgeError `config-number` when the value is not a number in [min, max] */
  number(name: string, fallback: number, bounds: { min?: number; max?: number; integer?: boolean } = {}): number {
    const text = this.text(name, String(fallback)).trim();
    const value = Number(text);
    const { min = -Infinity, max = Infinity, integer = false } = bounds;
    if (text === "" || !Number.isFinite(value) || value < min || value > max || (integer && !Number.isInteger(value))) {
      throw new EdgeError(
        "config-number",
        `${this.what}: ${name} is "${text}", must be ${integer ? "a whole number" : "a number"}${range(min, max)}`,
      );
    }
    return value;
  }

  /** @throws EdgeError `config-choice` for what is neither true nor false */
  flag(name: string, fallback = false): boolean {
    return this.choice(name, ["true", "false"], String(fallback) as "true" | "false") === "true";
  }

  /** @throws EdgeError `config-choice` */
  choice<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const value = this.text(name, fallback);
    const found = choices.find((choice) => choice === value);
    if (found === undefined)
      throw new EdgeError("config-choice", `${this.what}: ${name} is "${value}", must be one of ${choices.join(", ")}`);
    return found;
  }

  /** An editable list: an array of objects, the same as JSON (from an environment variable), or the empty list. */
  rows(name: string): ConfigReader[] {
    const value = this.value(name);
    if (value === undefined || value === null || value === "") return [];
    const list = typeof value === "string" ? parsed(value) : value;
    if (!Array.isArray(list)) throw new EdgeError("config-list", `${this.what}: ${name} is not a list`);
    return list.map(
      (row, i) => new ConfigReader((row ?? {}) as RawConfig, `${this.what}: ${name} ${i + 1}`, this.setting),
    );
  }

  /** @throws EdgeError `config-env` */
  has(name: string): boolean {
    return asText(this.value(name)) !== "";
  }

  private value(name: string): unknown {
    const value = this.raw[name];
    if (typeof value !== "string") return value;
    const whole = WHOLE.exec(value)?.[1];
    if (whole !== undefined) return this.variable(name, whole);
    return value.replace(PART, (_, variable: string) => asText(this.variable(name, variable)));
  }

  private variable(field: string, variable: string): unknown {
    const value = this.setting(variable);
    if (value !== undefined && value !== null) return value;
    throw new EdgeError(
      "config-env",
      `${this.what}: ${field} uses the environment variable ${variable}, which is not set`,
      { remedy: "set it for Node-RED, in the flow, or in the subflow instance" },
    );
  }
}

/** Node-RED hands a node its flow with its configuration, as a property that no copy keeps. */
function settingOf(raw: RawConfig): (name: string) => unknown {
  const flow = raw["_flow"] as Scope | undefined;
  if (typeof flow?.getSetting !== "function") return (name) => process.env[name];
  const group = raw["g"] === undefined ? undefined : flow.getGroupNode?.(raw["g"]);
  const own: Readonly<Record<string, unknown>> = {
    NR_NODE_NAME: raw["name"],
    NR_NODE_ID: raw["id"],
    NR_NODE_PATH: raw["_path"],
  };
  return (name) => own[name] ?? (group ?? flow).getSetting(name);
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Texts between commas. @throws EdgeError `config-env` */
export function texts(config: ConfigReader, name: string): string[] {
  const parts = config.text(name, "").split(",");
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

function range(min: number, max: number): string {
  if (min === -Infinity) return max === Infinity ? "" : ` up to ${max}`;
  return max === Infinity ? `, at least ${min}` : ` from ${min} to ${max}`;
}

interface Refused {
  /** Why a config node offers no service. */
  refused?: string;
}

/** A config node that cannot work: said once in the log, and by each node that needs it, in its status and to Catch. */
export function refuseService(node: Node & Refused, error: unknown): void {
  const reason = asError(error);
  partOf(node).refused = reason;
  node.refused = reason.message;
  node.error(node.refused);
}

/**
 * The config node a field points at, by its service.
 * @throws EdgeError `config-node` when none is chosen, or the chosen one is missing or disabled
 */
export function service<T>(RED: NodeAPI, id: unknown, type: string, what: string): T {
  const node = typeof id === "string" && id !== "" ? RED.nodes.getNode(id) : undefined;
  const { service: found, refused } = (node ?? {}) as { service?: T } & Refused;
  if (refused !== undefined) throw new EdgeError("config-node", `${what}: its ${type} does not work: ${refused}`);
  if (found === undefined) {
    throw new EdgeError("config-node", `${what}: no working ${type} is chosen`, {
      remedy: `open the node, choose or add a ${type}, deploy`,
    });
  }
  return found;
}
