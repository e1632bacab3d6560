/** "Test connection": does what the store does at work, once, and says in words what is missing. */
import { Redis } from "ioredis";
import type { Clock } from "../clock";
import { asError } from "../errors";
import { aclRemedy, plainly } from "./redis-errors";
import { within } from "./redis-connection";
import type { Resp2Options } from "./redis-options";

export interface Probe {
  readonly ok: boolean;
  readonly text: string;
}

const PROBE_MS = 5_000;

/** @param cache whether invalidation is to be tried, which needs rights of its own; @param prefixes of the keys that will be read */
export async function probeRedis(
  options: Resp2Options,
  cache: boolean,
  prefixes: readonly string[],
  clock: Clock,
): Promise<Probe> {
  const once = { ...options, retryStrategy: null };
  const data = new Redis(once);
  const tracking = new Redis(once);
  let fault: unknown;
  for (const client of [data, tracking]) client.on("error", (error: unknown) => (fault ??= error));
  try {
    const steps = async (): Promise<Probe> => {
      await data.connect();
      const startedAt = clock.monotonic();
      await data.getrange(`${prefixes[0] ?? ""}connection-test`, "0", "0");
      const ms = clock.monotonic() - startedAt;
      const server = `${await version(data)}, ${ms.toFixed(1)} ms`;
      if (!cache) return { ok: true, text: server };
      const missing = await cacheFault(data, tracking, options.username ?? "", prefixes);
      return missing === undefined
        ? { ok: true, text: `${server}, cache on` }
        : { ok: false, text: `${server}; works, but the cache stays off: ${missing}` };
    };
    return await within(clock, PROBE_MS, "the test", steps());
  } catch (error) {
    const remedy = aclRemedy(asError(error).message, options.username ?? "", prefixes);
    const said = plainly(fault ?? error);
    return { ok: false, text: remedy === undefined ? said : `${said} — ${remedy}` };
  } finally {
    data.disconnect(false);
    tracking.disconnect(false);
  }
}

/** HELLO needs no right beyond being connected; INFO is refused to most ACL users. */
async function version(redis: Redis): Promise<string> {
  try {
    const said = (await redis.call("HELLO", "2")) as unknown[];
    const server = String(said[said.indexOf("server") + 1]);
    return `${server === "redis" ? "Redis" : server} ${String(said[said.indexOf("version") + 1])}`;
  } catch {
    return "Redis of unknown version";
  }
}

async function cacheFault(
  data: Redis,
  tracking: Redis,
  user: string,
  prefixes: readonly string[],
): Promise<string | undefined> {
  const missing: string[] = [];
  const attempt = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      const { message } = asError(error);
      missing.push(aclRemedy(message, user, prefixes) ?? message);
    }
  };
  await tracking.connect();
  let id = "0";
  await attempt(async () => {
    id = String(await tracking.client("ID"));
  });
  await attempt(() => tracking.subscribe("__redis__:invalidate"));
  const followed = prefixes.flatMap((prefix) => (prefix === "" ? [] : ["PREFIX", prefix]));
  await attempt(() =>
    data.call("CLIENT", "TRACKING", "ON", ...(id === "0" ? [] : ["REDIRECT", id]), "BCAST", ...followed),
  );
  return missing.length === 0 ? undefined : missing.join("; ");
}
