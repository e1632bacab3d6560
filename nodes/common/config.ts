import type { Node, NodeAPI } from "node-red";
import { EdgeError, asError } from "../../lib/errors";
import { partOf } from "./operation";

/** What the editor stored for a node: every value may be missing or of another type (imported by hand, older version). */
export type RawConfig = Readonly<Record<string, unknown>>;

/**
 * Reads raw editor values once, at the edge, into what the inside never re-checks. A value that still reads `${NAME}`
 * is an environment variable that is not set: Node-RED leaves it standing.
 */
export class ConfigReader {
  constructor(
    private readonly raw: RawConfig,
    private readonly what: string,
  ) {}

  /** @throws EdgeError `config-env`, `config-missing` */
  text(name: string, fallback?: string): string {
    const value = this.raw[name];
    if (value === undefined || value === null || value === "") {
      if (fallback !== undefined) return fallback;
      throw new EdgeError("config-missing", `${this.what}: ${name} is not set`);
    }
    const text = typeof value === "string" ? value : JSON.stringify(value);
    const unset = /\$\{([^}\s]+)\}/.exec(text);
    if (unset && !text.includes("{{")) {
      throw new EdgeError(
        "config-env",
        `${this.what}: ${name} uses the environment variable ${unset[1]}, which is not set`,
      );
    }
    return text;
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

  /** An editable list: an array of objects, or the empty list. */
  rows(name: string): ConfigReader[] {
    const value = this.raw[name];
    if (value === undefined || value === null || value === "") return [];
    if (!Array.isArray(value)) throw new EdgeError("config-list", `${this.what}: ${name} is not a list`);
    return value.map((row, i) => new ConfigReader((row ?? {}) as RawConfig, `${this.what}: ${name} ${i + 1}`));
  }

  has(name: string): boolean {
    const value = this.raw[name];
    return value !== undefined && value !== null && value !== "";
  }
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
