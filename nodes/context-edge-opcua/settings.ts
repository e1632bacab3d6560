import { EdgeError } from "../../lib/errors";
import {
  SECURITY_MODES,
  SECURITY_POLICIES,
  userCertificate,
  type OpcuaSecurity,
  type OpcuaUser,
} from "../../lib/fusion/opcua/endpoint";
import type { OpcuaOptions } from "../../lib/fusion/opcua/source";
import { ConfigReader, type RawConfig } from "../common/config";

/** Kept encrypted by Node-RED, and given to no other endpoint than the one they were stored for. */
export interface OpcuaSecrets {
  readonly user?: unknown;
  /** Of the user, or of the private key. */
  readonly password?: unknown;
  readonly certificate?: unknown;
  readonly private_key?: unknown;
}

const USER_KINDS = ["anonymous", "password", "certificate"] as const;

/** @throws EdgeError `config-…`, `opcua-endpoint`, `opcua-user` */
export function readOptions(raw: RawConfig, secrets: OpcuaSecrets | undefined, pkiDir: string): OpcuaOptions {
  const config = new ConfigReader(raw, "OPC UA");
  const url = config.text("endpoint");
  if (!url.startsWith("opc.tcp://"))
    throw new EdgeError("opcua-endpoint", `OPC UA: the endpoint "${url}" must start with opc.tcp://`);
  return {
    url,
    security: readSecurity(config),
    user: readUser(config, new ConfigReader({ ...secrets }, "OPC UA")),
    pkiDir,
    intervalMs: config.number("interval_ms", 200, { min: 10, max: 3_600_000 }),
    watchdogMs: config.number("watchdog_ms", 10_000, { min: 0, max: 3_600_000 }),
    trustStamps: config.flag("trust_stamps"),
  };
}

function readSecurity(config: ConfigReader): OpcuaSecurity {
  return {
    mode: config.choice("security_mode", SECURITY_MODES, "None"),
    policy: config.choice("security_policy", SECURITY_POLICIES, "Basic256Sha256"),
  };
}

function readUser(config: ConfigReader, secrets: ConfigReader): OpcuaUser | undefined {
  const name = secrets.secret("user");
  // Flows from before the choice name a user, or none.
  const kind = config.choice("user_kind", USER_KINDS, name === "" ? "anonymous" : "password");
  if (kind === "anonymous") return undefined;
  const password = secrets.secret("password");
  if (kind === "certificate")
    return userCertificate(secrets.text("certificate"), secrets.text("private_key"), password);
  if (name === "")
    throw new EdgeError("opcua-user", "OPC UA: the user's name is empty", { remedy: "or choose anonymous" });
  return { name, password };
}
