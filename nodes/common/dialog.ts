import type { NodeAPI } from "node-red";
import { EdgeError } from "../../lib/errors";
import type { RawConfig } from "./config";

/** What a dialog sends in place of a stored secret. */
const UNCHANGED = "__PWRD__";

/**
 * Values as a dialog shows them, `${NAME}` as typed: `ConfigReader` looks it up where it does for the deployed node of this
 * id, else in the process.
 */
export function fromDialog(RED: NodeAPI, body: unknown): RawConfig {
  const values = (body ?? {}) as RawConfig;
  const id = values["id"];
  const deployed: unknown = typeof id === "string" ? RED.nodes.getNode(id) : null;
  return { ...values, _flow: (deployed as RawConfig | null)?.["_flow"] };
}

/**
 * The secret to try a connection with: as typed, or else the stored one, which goes to no other place than its own.
 * @param what for the message
 * @param stored undefined where the dialog shows another place than the one it was stored for
 * @throws EdgeError `secret-elsewhere` when the dialog shows a stored secret that belongs to another place
 */
export function secretToTry(
  typed: string,
  what: { readonly name: string; readonly place: string },
  stored: { readonly secret: string | undefined } | undefined,
): string {
  if (typed !== "" && typed !== UNCHANGED) return typed;
  if (stored) return stored.secret ?? "";
  if (typed === "") return "";
  throw new EdgeError("secret-elsewhere", `the stored ${what.name} belongs to another ${what.place}: type it again`);
}

/**
 * Refuses with 415 what is not JSON: a form of a page elsewhere is sent by the browser without asking, JSON is not, and the
 * admin app reads both.
 */
export function jsonOnly(request: Asked, response: Refusing, next: () => void): void {
  if (request.is("json")) next();
  else response.status(415).end();
}

interface Asked {
  is(type: string): string | false | null;
}

interface Refusing {
  status(code: number): { end(): void };
}
