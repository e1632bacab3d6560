/** What the dialog of context-edge-store says, read once. */
import {
  clusterRedis,
  placesOf,
  sentinelRedis,
  singleRedis,
  standInsOf,
  type RedisTarget,
} from "../../lib/context/redis-target";
import { redisHost, type RedisAccess } from "../../lib/context/redis-options";
import type { CacheOptions } from "../../lib/context/cache";
import { ConfigReader } from "../common/config";

export const KINDS = ["embedded", "redis", "sentinel", "cluster"] as const;
export type Kind = (typeof KINDS)[number];
export type RedisKind = Exclude<Kind, "embedded">;

export interface Secrets {
  username?: string;
  password?: string;
  sentinel_username?: string;
  sentinel_password?: string;
}

export function kindOf(config: ConfigReader): Kind {
  return config.choice("kind", KINDS, "embedded");
}

/** @throws EdgeError `store-url`, `store-nodes`, `store-master`, `store-tls`, `config-…` */
export function targetOf(kind: RedisKind, config: ConfigReader, secrets: Secrets): RedisTarget {
  const access: RedisAccess = {
    username: secrets.username ?? "",
    password: secrets.password ?? "",
    db: config.has("db") ? config.number("db", 0, { min: 0, integer: true }) : undefined,
    tls: {
      ca: config.text("tls_ca", ""),
      cert: config.text("tls_cert", ""),
      key: config.text("tls_key", ""),
      servername: config.text("tls_servername", ""),
      verify: config.flag("tls_verify", true),
    },
  };
  if (kind === "redis") return singleRedis({ ...access, url: config.text("url", "redis://127.0.0.1:6379") });
  const secure = config.flag("tls", false);
  const addressMap = config.text("address_map", "");
  if (kind === "cluster")
    return clusterRedis({ ...access, db: 0, nodes: config.text("cluster_nodes", ""), secure, addressMap });
  return sentinelRedis({
    ...access,
    nodes: config.text("sentinel_nodes", ""),
    masterName: config.text("master_name", "mymaster"),
    secure,
    addressMap,
    sentinel: {
      username: secrets.sentinel_username ?? "",
      password: secrets.sentinel_password ?? "",
      secure: config.flag("sentinel_tls", false),
    },
  });
}

/** undefined: nothing is kept in memory. */
export function cacheOf(kind: RedisKind, config: ConfigReader): CacheOptions | undefined {
  const maxEntries = config.number("cache_size", 10_000, { min: 1, max: 1_000_000, integer: true });
  const maxAgeS = config.number("cache_max_age_s", 60, { min: 1, max: 86_400 });
  const ttlMs = config.number("cache_ttl_ms", 1_000, { min: 1, max: 60_000 });
  if (!config.flag("cache", true)) return undefined;
  return { maxEntries, maxAgeMs: kind === "cluster" ? ttlMs : 1000 * maxAgeS };
}

/** Where the dialog's values lead to, as it is named to whoever tries them. @throws EdgeError as `targetOf` */
export function placeOf(config: ConfigReader): string {
  const kind = kindOf(config);
  if (kind === "embedded") return "";
  if (kind === "redis") return redisHost(config.text("url"));
  if (kind === "cluster") return placesOf({ nodes: config.text("cluster_nodes", "") }, "cluster");
  const sentinels = placesOf({ nodes: config.text("sentinel_nodes", "") }, "sentinel");
  return `${config.text("master_name", "mymaster")} at ${sentinels}`;
}

/** What a stored secret was stored for: the place, whoever stands in for what is announced there, and whether in the clear. */
export function ownerOf(config: ConfigReader): string {
  const place = placeOf(config);
  const kind = kindOf(config);
  // A single server says all of it in its URL.
  if (kind === "embedded" || kind === "redis") return place;
  const standIns = standInsOf(config.text("address_map", ""));
  const lines = [config.flag("tls", false), kind === "sentinel" && config.flag("sentinel_tls", false)];
  return JSON.stringify([kind, place, standIns, lines]);
}
