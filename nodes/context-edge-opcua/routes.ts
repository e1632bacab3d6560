import type { Node, NodeAPI } from "node-red";
import { systemClock } from "../../lib/clock";
import { EdgeError } from "../../lib/errors";
import { OpcuaConnection } from "../../lib/fusion/opcua/connection";
import { certificateOf } from "../../lib/fusion/opcua/endpoint";
import { askEndpoints } from "../../lib/fusion/opcua/session";
import type { OpcuaOptions } from "../../lib/fusion/opcua/source";
import { describeCertificate, TrustedServers } from "../../lib/fusion/opcua/trust";
import { ConfigReader, type RawConfig } from "../common/config";
import { secretToTry } from "../common/dialog";
import { dialogRoute, testRoute, type DialogAnswer } from "../common/test-route";
import { readOptions, type OpcuaSecrets } from "./settings";

/** A deployed connection: what it was deployed with, secrets included. */
export interface OpcuaNode extends Node<OpcuaSecrets> {
  options?: OpcuaOptions;
}

const TYPE = "context-edge-opcua";
/** Objects: where what a server is about begins. */
const ROOT = "i=85";

/** What the dialogs ask of a server. @param pkiDirOf the folder of certificates for these settings */
export function routes(RED: NodeAPI, pkiDirOf: (raw: RawConfig) => string): void {
  const optionsOf = (body: RawConfig): OpcuaOptions => {
    const stored = typeof body["id"] === "string" ? (RED.nodes.getNode(body["id"]) as OpcuaNode | null) : null;
    if (body["endpoint"] === undefined) {
      if (stored?.options) return stored.options;
      throw new EdgeError("config-node", "this OPC UA connection is not deployed", { remedy: "deploy first" });
    }
    return readOptions(body, secretsOf(body, stored), pkiDirOf(body));
  };
  const place = (body: RawConfig): string => optionsOf(body).url;

  testRoute(
    RED,
    TYPE,
    (body) => field(body, "endpoint"),
    (body) => test(optionsOf(body)),
  );
  dialogRoute(RED, TYPE, "browse", place, (body) => browse(optionsOf(body), field(body, "node_id") || ROOT));
  dialogRoute(RED, TYPE, "read", place, (body) => read(optionsOf(body), field(body, "node_id")));
  dialogRoute(RED, TYPE, "certificate", place, (body) => certificate(optionsOf(body)));
  dialogRoute(RED, TYPE, "trust", place, (body) =>
    trust(optionsOf(body), field(body, "sha256").toLowerCase(), body["trusted"] !== false),
  );
}

/** What is typed, or stored where the dialog still shows the endpoint that it was stored for. */
function secretsOf(body: RawConfig, stored: OpcuaNode | null): OpcuaSecrets {
  const shown = new ConfigReader(body, "OPC UA");
  const isOwn = stored?.options !== undefined && stored.options.url === shown.text("endpoint", "");
  const own = isOwn ? stored.credentials : undefined;
  const secret = (name: "password" | "certificate" | "private_key"): string =>
    secretToTry(
      shown.secret(name),
      { name: name.replace("_", " "), place: "endpoint" },
      own && { secret: textOf(own[name]) },
    );
  const user = body["user"] === undefined ? textOf(own?.user) : shown.secret("user");
  const kind = shown.text("user_kind", "") || (user === "" ? "anonymous" : "password");
  if (kind === "anonymous") return {};
  if (kind === "password") return { user, password: secret("password") };
  return { password: secret("password"), certificate: secret("certificate"), private_key: secret("private_key") };
}

function field(body: RawConfig, name: string): string {
  return new ConfigReader(body, "OPC UA").text(name, "");
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Something asked of a session that is opened for it. */
async function visit<T>(options: OpcuaOptions, ask: (connection: OpcuaConnection) => Promise<T>): Promise<T> {
  const connection = await OpcuaConnection.open(options, systemClock, new AbortController().signal);
  try {
    return await ask(connection);
  } finally {
    await connection.close();
  }
}

async function test(options: OpcuaOptions): Promise<DialogAnswer> {
  const begun = performance.now();
  return await visit(options, async (connection) => {
    const name = await connection.serverName();
    const took = Math.round(performance.now() - begun);
    const skew = await connection.skewMs();
    const clock =
      skew === undefined
        ? ""
        : `; its clock is ${Math.abs(skew).toLocaleString("en-US")} ms ${skew < 0 ? "behind" : "ahead of"} ours`;
    return { ok: true, text: `${name === "" ? "the server" : name} answered in ${took} ms${clock}` };
  });
}

async function browse(options: OpcuaOptions, nodeId: string): Promise<DialogAnswer & Record<string, unknown>> {
  const { nodes, more } = await visit(options, (connection) => connection.browse(nodeId));
  const count = nodes.length === 1 ? "1 node" : `${nodes.length.toLocaleString("en-US")} nodes`;
  return { ok: true, text: more ? `the first ${count} of more` : count, nodes, more };
}

async function read(options: OpcuaOptions, nodeId: string): Promise<DialogAnswer & Record<string, unknown>> {
  if (nodeId === "") throw new EdgeError("opcua-node", "no node id is given");
  const answer = await visit(options, (connection) => connection.read(nodeId));
  const { value, unit, status, quality } = answer;
  const shown = typeof value === "string" ? value : JSON.stringify(value);
  const said = quality === "good" ? "" : ` (${status})`;
  return { ok: true, text: `${shown}${unit === undefined ? "" : ` ${unit}`}${said}`, ...answer };
}

async function certificate(options: OpcuaOptions): Promise<DialogAnswer & Record<string, unknown>> {
  const { opcua, endpoints, own } = await askEndpoints(options, systemClock);
  const { thumbprint, applicationUri: application_uri, pem } = own;
  const ours = { thumbprint, application_uri, pem };
  const der = certificateOf(endpoints, options, opcua);
  if (!der) return { ok: true, text: "the server has no certificate", own: ours };
  const shown = describeCertificate(der);
  const trusted = new TrustedServers(options.pkiDir);
  const known = trusted.isTrusted(shown.sha256);
  const state = known ? "trusted" : trusted.isChange(shown) ? "changed, the new one is not trusted" : "not trusted";
  return { ok: true, text: `${shown.thumbprint}: ${state}`, server: { ...shown, trusted: known }, own: ours };
}

/** Trusts the certificate that was shown, if it is still the one that the server shows. */
async function trust(options: OpcuaOptions, sha256: string, wanted: boolean): Promise<DialogAnswer> {
  const trusted = new TrustedServers(options.pkiDir);
  if (!wanted) {
    const was = trusted.distrust(sha256);
    return { ok: true, text: was ? "no longer trusted" : "it was not trusted" };
  }
  const { opcua, endpoints } = await askEndpoints(options, systemClock);
  const der = certificateOf(endpoints, options, opcua);
  const shown = der && describeCertificate(der);
  if (!der || shown?.sha256 !== sha256) {
    throw new EdgeError("opcua-certificate", "the server shows another certificate by now", {
      remedy: "look at it again before you trust it",
    });
  }
  trusted.trust(der);
  return { ok: true, text: `${shown.thumbprint} is trusted` };
}
