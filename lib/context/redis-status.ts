/** What a store says of its connections in a node's status. */
import { Cluster, type Redis } from "ioredis";
import type { ContextCache } from "./cache";
import type { StoreState } from "./store";

export interface Standing {
  readonly data: Redis | Cluster;
  /** As a status names it; said where something is wrong. */
  readonly place: string;
  /** undefined: nothing is cached */
  readonly cache: Pick<ContextCache, "isTrusted"> | undefined;
  /** Whether it has answered on the connection that is open. */
  readonly proven: boolean;
  /** Why it does not answer, else "". */
  readonly lastError: string;
  /** Why changes are not told, else "". */
  readonly cacheFault: string;
}

export function statusOf({ data, place, cache, proven, lastError, cacheFault }: Standing): StoreState {
  if (!proven)
    return {
      phase: "waiting",
      text: `${place} · ${lastError === "" ? "connecting" : lastError}`,
      peer: { away: lastError },
    };
  if (data instanceof Cluster) return statusOfCluster(data, place, cache !== undefined);
  if (cache === undefined) return { phase: "ready", text: "redis" };
  if (cache.isTrusted) return { phase: "ready", text: "redis · cache" };
  if (cacheFault === "") return { phase: "ready", text: "redis" };
  return { phase: "degraded", text: `${place} · ${cacheFault}` };
}

function statusOfCluster(cluster: Cluster, place: string, cached: boolean): StoreState {
  const nodes = cluster.nodes("master");
  // A node that nothing has been asked of yet is not connected either, and not missing.
  const away = nodes.filter(({ status }) => status !== "ready" && status !== "wait" && status !== "connect");
  if (away.length > 0) return { phase: "degraded", text: `${place} · ${away.length} of ${nodes.length} nodes away` };
  return { phase: "ready", text: cached ? "redis cluster · cache" : "redis cluster" };
}
