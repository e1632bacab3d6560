/** "Test connection": does what the store does at work, once, and says in words what is missing. */
import { Cluster, Redis } from "ioredis";
import type { Clock } from "../clock";
import { asError } from "../errors";
import { within } from "../waiting";
import { aclRemedy, plainly } from "./redis-errors";
import { INVALIDATIONS, type Resp2Options } from "./redis-options";
import { shown, userOf, type Address, type RedisTarget } from "./redis-target";

export interface Probe {
  readonly ok: boolean;
  readonly text: string;
}

const PROBE_MS = 5_000;

/** @param cache whether invalidation is to be tried, which needs rights of its own; @param prefixes of the keys that will be read */
export async function probeRedis(
  target: RedisTarget,
  cache: boolean,
  prefixes: readonly string[],
  clock: Clock,
): Promise<Probe> {
  const open: (Redis | Cluster)[] = [];
  const probe = new RedisProbe(target, cache, prefixes, clock, open);
  try {
    return await within(probe.run(), PROBE_MS, "the test", clock);
  } catch (error) {
    const remedy = aclRemedy(asError(error).message, userOf(target), prefixes);
    const said = plainly(probe.fault ?? error);
    return { ok: false, text: remedy === undefined ? said : `${said} — ${remedy}` };
  } finally {
    for (const client of open) client.disconnect(false);
  }
}

/** How a server introduces itself. */
interface Introduction {
  readonly text: string;
  readonly mode: string;
  readonly role: string;
}

class RedisProbe {
  /** What a connection said went wrong, which is more than the command that failed with it knows. */
  fault: unknown;

  constructor(
    private readonly target: RedisTarget,
    private readonly cache: boolean,
    private readonly prefixes: readonly string[],
    private readonly clock: Clock,
    private readonly open: (Redis | Cluster)[],
  ) {}

  run(): Promise<Probe> {
    const { target } = this;
    if (target.kind === "single") return this.server(target.options, "single", "");
    return target.kind === "sentinel" ? this.behindSentinels(target) : this.cluster(target);
  }

  private async server(options: Resp2Options, kind: "single" | "sentinel", before: string): Promise<Probe> {
    const data = this.client(options);
    await data.connect();
    const { text, mode, role } = await introduction(data);
    if (mode === "sentinel") return { ok: false, text: "this is a Sentinel: choose Redis with Sentinel" };
    if (mode === "cluster") return { ok: false, text: "the server is part of a Redis Cluster: choose Redis Cluster" };
    const server = `${before}${text}, ${await this.readOne(data)} ms${
      role === "master" || role === "" ? "" : ", a read-only replica: contexts can be read here, and not be written"
    }`;
    if (kind === "sentinel" && role !== "master" && role !== "")
      return { ok: false, text: `${server}; a failover is under way` };
    if (!this.cache) return { ok: true, text: server };
    const missing = await this.cacheFault(data, this.client(options));
    return missing === undefined
      ? { ok: true, text: `${server}, cache on` }
      : { ok: false, text: `${server}; works, but the cache stays off: ${missing}` };
  }

  /** Each Sentinel is asked by itself: the plant counts on all of them, and the first to answer would hide the rest. */
  private async behindSentinels(target: Extract<RedisTarget, { kind: "sentinel" }>): Promise<Probe> {
    const masters = await Promise.all(
      target.sentinels.map((sentinel) => this.masterAt(sentinel, target.asking, target.masterName)),
    );
    const found = masters.filter((one) => one.master !== undefined);
    const troubles = masters.flatMap(({ trouble }) => (trouble === undefined ? [] : [trouble]));
    if (found.length === 0) return { ok: false, text: troubles.join("; ") };
    const [first] = found as [{ master: string }];
    const count = `master ${first.master}, ${found.length} of ${masters.length} Sentinels`;
    const before = `${[count, ...troubles].join("; ")}; `;
    const { failoverDetector: _, ...options } = target.options;
    try {
      return await this.server({ ...options, sentinelRetryStrategy: null as never }, "sentinel", before);
    } catch (error) {
      const remedy = aclRemedy(asError(error).message, userOf(target), this.prefixes);
      const said = `${before}the master: ${plainly(this.fault ?? error)}`;
      return { ok: false, text: remedy === undefined ? said : `${said} — ${remedy}` };
    }
  }

  private async masterAt(
    sentinel: Address,
    asking: Resp2Options,
    name: string,
  ): Promise<{ master?: string; trouble?: string }> {
    const place = shown(sentinel);
    const client = new Redis({ ...asking, ...sentinel, retryStrategy: null, connectTimeout: 2_000 });
    this.open.push(client);
    let fault: unknown;
    client.on("error", (error: unknown) => (fault ??= error));
    try {
      await client.connect();
      const answer = await within(client.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", name), 2_000, place, this.clock);
      if (Array.isArray(answer)) return { master: shown({ host: String(answer[0]), port: Number(answer[1]) }) };
      return { trouble: `${place}: watches no master called ${name}${await others(client)}` };
    } catch (error) {
      const { message } = asError(error);
      if (/unknown command/i.test(message)) return { trouble: `${place}: answers, but is no Sentinel` };
      const remedy = message.startsWith("NOPERM") ? " — ACL SETUSER <user of the Sentinels> +sentinel" : "";
      return { trouble: `${place}: ${plainly(fault ?? error)}${remedy}` };
    }
  }

  private async cluster(target: Extract<RedisTarget, { kind: "cluster" }>): Promise<Probe> {
    const seeds = await Promise.all(target.seeds.map((seed) => this.seedTrouble(seed, target.node)));
    const troubles = seeds.flatMap((trouble) => (trouble === undefined ? [] : [trouble]));
    if (troubles.length === seeds.length) return { ok: false, text: troubles.join("; ") };
    const cluster = new Cluster(
      target.seeds.map((seed) => ({ ...seed })),
      { ...target.options, clusterRetryStrategy: () => null },
    );
    this.open.push(cluster);
    for (const event of ["error", "node error"] as const) cluster.on(event, (error: unknown) => (this.fault ??= error));
    await cluster.connect();
    const nodes = cluster.nodes("master");
    const unreachable: string[] = [];
    await Promise.all(
      nodes.map((node) =>
        within(node.ping(), 2_000, "the node", this.clock).catch((error: unknown) => {
          if (asError(error).message.startsWith("NOPERM")) return;
          const { host = "", port = 0 } = node.options;
          unreachable.push(shown({ host, port }));
        }),
      ),
    );
    if (unreachable.length > 0) {
      const who = `${unreachable.toSorted().join(", ")}, as the Cluster announces ${unreachable.length > 1 ? "them" : "it"}`;
      const remedy = "start what is down, or say in the address map how it is reached";
      return { ok: false, text: `${who}, cannot be reached from here — ${remedy}` };
    }
    this.fault = undefined;
    const ms = await this.readOne(cluster);
    const { text } = await introduction(nodes[0] as Redis);
    const size = `${nodes.length} masters, ${text}, ${ms} ms`;
    return { ok: true, text: [size, ...(this.cache ? ["cache with a short life"] : []), ...troubles].join(", ") };
  }

  private async seedTrouble(seed: Address, node: Resp2Options): Promise<string | undefined> {
    const client = new Redis({ ...node, ...seed, retryStrategy: null, connectTimeout: 2_000 });
    this.open.push(client);
    let fault: unknown;
    client.on("error", (error: unknown) => (fault ??= error));
    try {
      await client.connect();
      await within(client.call("CLUSTER", "SLOTS"), 2_000, shown(seed), this.clock);
      return undefined;
    } catch (error) {
      const remedy = aclRemedy(asError(error).message, userOf(this.target), this.prefixes);
      return `${shown(seed)}: ${plainly(fault ?? error)}${remedy === undefined ? "" : ` — ${remedy}`}`;
    }
  }

  private async readOne(redis: Redis | Cluster): Promise<string> {
    const startedAt = this.clock.monotonic();
    await redis.getrange(`${this.prefixes[0] ?? ""}connection-test`, "0", "0");
    return (this.clock.monotonic() - startedAt).toFixed(1);
  }

  private client(options: Resp2Options): Redis {
    const client = new Redis({ ...options, retryStrategy: null });
    this.open.push(client);
    client.on("error", (error: unknown) => (this.fault ??= error));
    return client;
  }

  private async cacheFault(data: Redis, tracking: Redis): Promise<string | undefined> {
    const missing: string[] = [];
    const attempt = async (work: () => Promise<unknown>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        const { message } = asError(error);
        missing.push(aclRemedy(message, userOf(this.target), this.prefixes) ?? message);
      }
    };
    await tracking.connect();
    let id = "0";
    await attempt(async () => {
      id = String(await tracking.client("ID"));
    });
    await attempt(() => tracking.subscribe(INVALIDATIONS));
    const followed = this.prefixes.flatMap((prefix) => (prefix === "" ? [] : ["PREFIX", prefix]));
    await attempt(() =>
      data.call("CLIENT", "TRACKING", "ON", ...(id === "0" ? [] : ["REDIRECT", id]), "BCAST", ...followed),
    );
    return missing.length === 0 ? undefined : missing.join("; ");
  }
}

/** HELLO needs no right beyond being connected; INFO is refused to most ACL users. */
async function introduction(redis: Redis): Promise<Introduction> {
  try {
    const said = (await redis.call("HELLO", "2")) as unknown[];
    const of = (name: string): string => (said.includes(name) ? String(said[said.indexOf(name) + 1]) : "");
    const server = of("server");
    return { text: `${server === "redis" ? "Redis" : server} ${of("version")}`, mode: of("mode"), role: of("role") };
  } catch {
    return { text: "Redis of unknown version", mode: "", role: "" };
  }
}

/** The names a Sentinel does watch, where its user may ask for them. */
async function others(client: Redis): Promise<string> {
  try {
    const masters = (await client.call("SENTINEL", "MASTERS")) as string[][];
    const names = masters.map((fields) => fields[fields.indexOf("name") + 1]);
    return names.length === 0 ? ", nor any other" : `, but ${names.slice(0, 5).join(", ")}`;
  } catch {
    return "";
  }
}
