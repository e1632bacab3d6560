/** From what a person typed to the options of a connection. */
import { readFileSync } from "node:fs";
import type { ConnectionOptions as TlsOptions } from "node:tls";
import type { RedisOptions } from "ioredis";
import { EdgeError, asError } from "../errors";

/** Where a server tells of changes to keys that are tracked. */
export const INVALIDATIONS = "__redis__:invalidate";

/** Who logs in, and how the line is secured: the same for one server, behind Sentinels and for each node of a Cluster. */
export interface RedisAccess {
  readonly username: string;
  readonly password: string;
  readonly db: number | undefined;
  readonly tls: {
    /** Paths of PEM files; empty: the system's authorities, no client certificate. */
    readonly ca: string;
    readonly cert: string;
    readonly key: string;
    /** Name the server's certificate must carry, where it is not the host that was named. */
    readonly servername: string;
    /** Off only for a test bench: anybody could then be the server. */
    readonly verify: boolean;
  };
}

/** One server. User, password and database override what the URL carries; empty: the URL's. */
export interface RedisSettings extends RedisAccess {
  /** redis://host:port/db or rediss://… */
  readonly url: string;
}

/** RESP3 delivers no tracking pushes through this client. */
export type Resp2Options = Omit<RedisOptions, "replyMapping"> & { readonly protocol: 2 };

/** Two connections that ask this often are no flood, and are back within 5 s of a failover. */
const MAX_WAIT_MS = 1_500;

function parseUrl(text: string): URL {
  let url: URL | undefined;
  try {
    url = new URL(text);
  } catch {
    url = undefined;
  }
  if (!url || (url.protocol !== "redis:" && url.protocol !== "rediss:") || url.hostname === "") {
    throw new EdgeError(
      "store-url",
      "the Redis URL must read redis://host:port or rediss://host:port (TLS), with /db behind it if need be",
    );
  }
  return url;
}

/** Host and port of a URL, for comparing where a stored secret may go. @throws EdgeError `store-url` */
export function redisHost(text: string): string {
  const url = parseUrl(text);
  return `${url.protocol}//${url.hostname}:${url.port || "6379"}`;
}

/**
 * @param random spreads the reconnects of a fleet
 * @throws EdgeError `store-url`, `store-tls` when a PEM file cannot be read or is none
 */
export function redisOptions(settings: RedisSettings, random: () => number = Math.random): Resp2Options {
  const url = parseUrl(settings.url);
  const path = url.pathname.replace(/^\//, "");
  const db = settings.db ?? (path === "" ? 0 : Number(path));
  if (!Number.isInteger(db) || db < 0) throw new EdgeError("store-url", `"${path}" is no database number`);
  // A bracketed IPv6 address is bare for the socket.
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const access = {
    ...settings,
    username: settings.username || decodeURIComponent(url.username),
    password: settings.password || decodeURIComponent(url.password),
    db,
  };
  const tls = url.protocol === "rediss:" ? tlsOptions(settings.tls, host) : undefined;
  return {
    ...lineOptions(access, random),
    host,
    port: url.port === "" ? 6379 : Number(url.port),
    ...(tls && { tls }),
  };
}

/** How every connection of ours behaves, wherever it leads. */
export function lineOptions(access: RedisAccess, random: () => number): Resp2Options {
  const options: Resp2Options = {
    db: access.db ?? 0,
    protocol: 2,
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    // INFO needs a right that an ACL user of ours has no other use for; a server that is loading says so to every read.
    enableReadyCheck: false,
    disableClientInfo: true,
    connectTimeout: 3_000,
    keepAlive: 10_000,
    retryStrategy: retryAfter(random),
  };
  if (access.username !== "") options.username = access.username;
  if (access.password !== "") options.password = access.password;
  return options;
}

/** ms until the next attempt to connect, by how many there were. */
export function retryAfter(random: () => number): (times: number) => number {
  return (times) => Math.min(50 * 2 ** Math.min(times, 6), MAX_WAIT_MS) * (0.75 + random() / 2);
}

/**
 * @param host what was asked for, whose name the certificate must carry unless another is given; undefined where the
 * addresses are learned from Sentinels or nodes
 * @throws EdgeError `store-tls` when a PEM file cannot be read or is none
 */
export function tlsOptions(settings: RedisAccess["tls"], host: string | undefined): TlsOptions {
  const { ca, cert, key, servername, verify } = settings;
  const tls: TlsOptions = { rejectUnauthorized: verify };
  if (servername !== "") tls.servername = servername;
  else if (host !== undefined && !/^[\d.]+$|:/.test(host)) tls.servername = host;
  if (ca !== "") tls.ca = pem("CA", ca);
  if (cert !== "") tls.cert = pem("client certificate", cert);
  if (key !== "") tls.key = pem("client key", key);
  return tls;
}

function pem(what: string, file: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new EdgeError("store-tls", `the ${what} file ${file} cannot be read: ${asError(error).message}`, {
      cause: error,
    });
  }
  // Node takes any other text for a list without authorities, and every certificate would be refused.
  if (!bytes.includes("-----BEGIN ")) throw new EdgeError("store-tls", `the ${what} file ${file} is not in PEM format`);
  return bytes;
}
