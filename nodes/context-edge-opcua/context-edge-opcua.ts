import { join } from "node:path";
import type { Node, NodeAPI, NodeDef } from "node-red";
import { systemClock } from "../../lib/clock";
import { EdgeError } from "../../lib/errors";
import { OpcuaConnection } from "../../lib/fusion/opcua/connection";
import { OpcuaSource, type OpcuaOptions } from "../../lib/fusion/opcua/source";
import { onClose } from "../common/adapter";
import { ConfigReader, refuseService, type RawConfig } from "../common/config";
import { secretToTry } from "../common/dialog";
import type { OpcuaService } from "../common/services";
import { testRoute } from "../common/test-route";

interface Credentials {
  user?: unknown;
  password?: unknown;
}

interface OpcuaNode extends Node<Credentials> {
  service?: OpcuaService;
  /** The endpoint the stored password was stored for. */
  endpoint?: string;
}

const TYPE = "context-edge-opcua";

/** An OPC UA server, one session for all who follow variables on it. */
export = function (RED: NodeAPI): void {
  const pkiDir = (): string => join(RED.settings.userDir ?? process.cwd(), "context-edge", "opcua-pki");

  function ContextEdgeOpcua(this: OpcuaNode, def: NodeDef): void {
    RED.nodes.createNode(this, def);
    try {
      const options = readOptions(def as unknown as RawConfig, this.credentials, pkiDir());
      const source = new OpcuaSource(options, systemClock, Math.random);
      this.endpoint = options.url;
      this.service = source;
      onClose(this, () => source.close());
    } catch (error) {
      refuseService(this, error);
    }
  }
  RED.nodes.registerType(TYPE, ContextEdgeOpcua, {
    credentials: { user: { type: "text" }, password: { type: "password" } },
  });

  testRoute(RED, TYPE, placeOf, async (body) => {
    const stored = typeof body["id"] === "string" ? (RED.nodes.getNode(body["id"]) as OpcuaNode | null) : null;
    return { ok: true, text: await test(body, stored, pkiDir()) };
  });
};

function readOptions(raw: RawConfig, credentials: Credentials | undefined, pkiDir: string): OpcuaOptions {
  const config = new ConfigReader(raw, "OPC UA");
  const url = config.text("endpoint");
  if (!url.startsWith("opc.tcp://"))
    throw new EdgeError("opcua-endpoint", `OPC UA: the endpoint "${url}" must start with opc.tcp://`);
  const secrets = new ConfigReader({ ...credentials }, "OPC UA");
  const name = secrets.text("user", "");
  return {
    url,
    user: name === "" ? undefined : { name, password: secrets.text("password", "") },
    pkiDir,
    intervalMs: config.number("interval_ms", 200, { min: 10, max: 3_600_000 }),
    watchdogMs: config.number("watchdog_ms", 10_000, { min: 0, max: 3_600_000 }),
  };
}

function placeOf(body: RawConfig): string {
  return textOf(body["endpoint"]);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Connects with what the dialog shows. The stored password is used only for the endpoint it was stored for. */
async function test(body: RawConfig, stored: OpcuaNode | null, pkiDir: string): Promise<string> {
  const user = textOf(body["user"]);
  const own = stored !== null && stored.endpoint === body["endpoint"];
  const password =
    user === ""
      ? ""
      : secretToTry(
          textOf(body["password"]),
          { name: "password", place: "endpoint" },
          own ? { secret: textOf(stored.credentials?.password) } : undefined,
        );
  const options = readOptions(body, { user, password }, pkiDir);
  const begun = performance.now();
  const connection = await OpcuaConnection.open(options, systemClock, new AbortController().signal);
  try {
    const name = await connection.serverName();
    return `${name === "" ? "the server" : name} answered in ${Math.round(performance.now() - begun)} ms`;
  } finally {
    await connection.close();
  }
}
