/** The shapes in which a plant runs Redis: one server, a master that Sentinels name, a Cluster. */
import type { ClusterOptions } from "ioredis";
import { EdgeError } from "../errors";
import {
  lineOptions,
  redisOptions,
  retryAfter,
  tlsOptions,
  type RedisAccess,
  type RedisSettings,
  type Resp2Options,
} from "./redis-options";

export interface Address {
  readonly host: string;
  readonly port: number;
}

interface Named extends RedisAccess {
  /** host:port, separated by commas or white space. */
  readonly nodes: string;
  readonly secure: boolean;
  /** "as announced=as seen from here", host:port each, for servers behind NAT or in containers; may be empty. */
  readonly addressMap: string;
}

export interface SentinelSettings extends Named {
  readonly masterName: string;
  /** What the Sentinels themselves ask for; it never goes to the servers, nor theirs to the Sentinels. */
  readonly sentinel: { readonly username: string; readonly password: string; readonly secure: boolean };
}

export type ClusterSettings = Named;

/** Without the choice of a reply mapping, which belongs to RESP3. */
type ClusterLine = Omit<ClusterOptions, "redisOptions"> & {
  readonly redisOptions: Omit<NonNullable<ClusterOptions["redisOptions"]>, "replyMapping">;
};

export type RedisTarget =
  | { readonly kind: "single"; readonly options: Resp2Options }
  | {
      readonly kind: "sentinel";
      readonly options: Resp2Options;
      readonly sentinels: readonly Address[];
      /** How each Sentinel itself is reached. */
      readonly asking: Resp2Options;
      readonly masterName: string;
    }
  | {
      readonly kind: "cluster";
      readonly options: ClusterLine;
      readonly seeds: readonly Address[];
      /** How a single node is reached. */
      readonly node: Resp2Options;
    };

const SENTINEL_PORT = 26_379;
const REDIS_PORT = 6_379;
/** A server or Sentinel that takes the connection and says nothing for this long hangs. */
const SILENCE_MS = 2_000;

/** @throws EdgeError as `redisOptions` */
export function singleRedis(settings: RedisSettings, random: () => number = Math.random): RedisTarget {
  return { kind: "single", options: redisOptions(settings, random) };
}

/** @throws EdgeError `store-nodes`, `store-master`, `store-tls` */
export function sentinelRedis(settings: SentinelSettings, random: () => number = Math.random): RedisTarget {
  const sentinels = addresses(settings.nodes, SENTINEL_PORT);
  const { masterName, sentinel } = settings;
  if (!/^[\w.-]+$/.test(masterName))
    throw new EdgeError("store-master", `"${masterName}" is no master name: letters, digits, and . _ -`);
  const line = lineOptions(settings, random);
  const tls = settings.secure ? tlsOptions(settings.tls, undefined) : undefined;
  const sentinelTls = sentinel.secure ? tlsOptions(settings.tls, undefined) : undefined;
  const asking: Resp2Options = {
    ...lineOptions({ ...settings, ...sentinel, db: 0 }, random),
    ...(sentinelTls && { tls: sentinelTls }),
  };
  return {
    kind: "sentinel",
    sentinels,
    asking,
    masterName,
    options: {
      ...line,
      sentinels: sentinels.map((one) => ({ ...one })),
      name: masterName,
      role: "master",
      // Those that are named are asked: what others announce may be an address that only they can reach.
      updateSentinels: false,
      // A Sentinel that tells of a failover cuts short the wait for a master that hangs.
      failoverDetector: true,
      sentinelCommandTimeout: SILENCE_MS,
      sentinelRetryStrategy: retryAfter(random),
      sentinelReconnectStrategy: retryAfter(random),
      natMap: mapped(settings.addressMap),
      ...(tls && { tls, enableTLSForSentinelMode: true }),
      ...(sentinelTls && { sentinelTLS: sentinelTls }),
      ...(sentinel.username !== "" && { sentinelUsername: sentinel.username }),
      ...(sentinel.password !== "" && { sentinelPassword: sentinel.password }),
    },
  };
}

/** @throws EdgeError `store-nodes`, `store-tls` */
export function clusterRedis(settings: ClusterSettings, random: () => number = Math.random): RedisTarget {
  const seeds = addresses(settings.nodes, REDIS_PORT);
  const tls = settings.secure ? tlsOptions(settings.tls, undefined) : undefined;
  const node: Resp2Options = { ...lineOptions({ ...settings, db: 0 }, random), ...(tls && { tls }) };
  // The Cluster sets these for its nodes itself.
  const { retryStrategy: _retry, enableOfflineQueue: _queue, lazyConnect: _lazy, db: _db, ...each } = node;
  return {
    kind: "cluster",
    seeds,
    node,
    options: {
      redisOptions: { ...each, socketTimeout: SILENCE_MS },
      lazyConnect: true,
      enableOfflineQueue: false,
      enableReadyCheck: false,
      clusterRetryStrategy: retryAfter(random),
      // Without it a node that is down would be connected to anew by every read of its slots.
      clusterNodeRetryStrategy: retryAfter(random),
      maxRedirections: 8,
      retryDelayOnFailover: 100,
      retryDelayOnClusterDown: 100,
      retryDelayOnTryAgain: 50,
      slotsRefreshTimeout: SILENCE_MS,
      slotsRefreshInterval: 5_000,
      natMap: mapped(settings.addressMap),
      // A certificate carries names: they must not be looked up and replaced by addresses.
      ...(tls && { dnsLookup: (name: string, done: (error: null, address: string) => void) => done(null, name) }),
    },
  };
}

/** Every place that the settings name, for comparing; order does not matter. @throws EdgeError `store-nodes` */
export function placesOf(settings: Pick<Named, "nodes">, port: "sentinel" | "cluster"): string {
  return addresses(settings.nodes, port === "sentinel" ? SENTINEL_PORT : REDIS_PORT)
    .map(shown)
    .toSorted()
    .join(", ");
}

/** Every pair of an address map, for comparing; order does not matter. @throws EdgeError `store-nodes` */
export function standInsOf(addressMap: string): string {
  return Object.entries(mapped(addressMap))
    .map(([announced, seen]) => `${announced}=${shown(seen)}`)
    .toSorted()
    .join(", ");
}

export function shown({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** @throws EdgeError `store-nodes` */
export function addresses(text: string, port: number): Address[] {
  const all = text.split(/[\s,;]+/).filter((part) => part !== "");
  if (all.length === 0) throw new EdgeError("store-nodes", "no node is named: host:port, separated by commas");
  return all.map((part) => address(part, port));
}

function address(text: string, fallback: number): Address {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^\s:/@[\]]+)(?::(\d{1,5}))?$/.exec(text);
  const port = match?.[2] === undefined ? fallback : Number(match[2]);
  if (!match || port < 1 || port > 65_535)
    throw new EdgeError("store-nodes", `"${text}" is no address: host:port, or [IPv6]:port`);
  return { host: (match[1] as string).replace(/^\[(.*)\]$/, "$1"), port };
}

function mapped(text: string): Record<string, Address> {
  const pairs = text.split(/[\s,;]+/).filter((part) => part !== "");
  return Object.fromEntries(
    pairs.map((pair) => {
      const [announced, seen, more] = pair.split("=");
      if (announced === undefined || seen === undefined || more !== undefined)
        throw new EdgeError("store-nodes", `"${pair}" is no pair of addresses: 10.0.0.5:6379=redis.plant:7001`);
      const from = address(announced, REDIS_PORT);
      // The client knows announced nodes under host:port, an IPv6 address without its brackets.
      return [`${from.host}:${from.port}`, address(seen, REDIS_PORT)];
    }),
  );
}

/** How a status names it, without room for more. */
export function nameOf(target: RedisTarget): string {
  if (target.kind === "sentinel") return `redis ${target.masterName}`;
  if (target.kind === "cluster") return `redis cluster ${target.seeds.slice(0, 1).map(shown).join("")}`;
  const { host = "", port = REDIS_PORT } = target.options;
  return `redis ${shown({ host, port })}`;
}

/** The ACL user that the connections log in as, empty for the default one. */
export function userOf(target: RedisTarget): string {
  return (target.kind === "cluster" ? target.node : target.options).username ?? "";
}
