/** Contexts in Redis, one JSON text per key. Connected while somebody uses it, read through a cache when that is on. */
import { Cluster, Command, type Redis } from "ioredis";
import type { Clock } from "../clock";
import { EdgeError } from "../errors";
import type { Context } from "../messages";
import { within } from "../waiting";
import { kindOf } from "../words";
import { ContextCache, type CacheOptions } from "./cache";
import { RedisConnection, streamOf } from "./redis-connection";
import { isReplica, redisError, unanswered } from "./redis-errors";
import { nameOf, userOf, type RedisTarget } from "./redis-target";
import {
  MAX_CONTEXT_BYTES,
  encodeContext,
  parseContext,
  tooLarge,
  type ContextStore,
  type Entry,
  type Interest,
  type Known,
  type Sink,
  type StoreState,
} from "./store";

/** Reads without an answer beyond which new ones are refused: a hung server must not fill the memory. */
const MAX_WAITING = 4_096;
/** One byte more than allowed is asked for: what is larger shows itself, and never crosses the wire whole. */
const LAST_BYTE = String(MAX_CONTEXT_BYTES);
const WRITE_MS = 5_000;
const CHUNK = 500;
/** Of all who patch a key at once one succeeds each time: this many rivals may go first. */
const PATCH_ATTEMPTS = 100;

export interface RedisStoreOptions {
  readonly connection: RedisTarget;
  /** undefined: every read goes to Redis. */
  readonly cache: CacheOptions | undefined;
  /** Last known values kept where somebody wants them and the cache is off. */
  readonly maxLastKnown: number;
  /** For how long the connection stays after its last user has gone: a deploy ends every user and brings it back. */
  readonly keepMs: number;
}

export class RedisStore implements ContextStore {
  readonly kind = "redis";
  readonly place: string;
  private readonly users = new Map<object, Interest>();
  private readonly cache: ContextCache;
  private readonly listeners = new Set<(state: StoreState) => void>();
  private connection: RedisConnection | undefined;
  private cancelClose: (() => void) | undefined;
  private patching: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly options: RedisStoreOptions,
    private readonly clock: Clock,
  ) {
    this.place = nameOf(options.connection);
    this.cache = new ContextCache(options.cache ?? { maxEntries: options.maxLastKnown, maxAgeMs: 0 }, clock);
  }

  get state(): StoreState {
    return this.connection?.state ?? { phase: "waiting", text: `${this.place} · not used`, peer: "unused" };
  }

  get opening(): Promise<void> | undefined {
    return this.connection?.opening;
  }

  use(user: object, interest: Interest): void {
    this.cancelClose?.();
    this.users.set(user, interest);
    this.cache.keepsLastKnown = [...this.users.values()].some(({ lastKnown }) => lastKnown);
    if (this.connection) {
      this.connection.follow();
      return;
    }
    const tracked = this.options.cache === undefined ? undefined : this.cache;
    this.connection = new RedisConnection(
      this.options.connection,
      this.clock,
      tracked,
      () => this.prefixes(),
      this.tell,
    );
    this.tell();
  }

  async release(user: object): Promise<void> {
    if (!this.users.delete(user) || this.users.size > 0) return;
    if (this.options.keepMs === 0) await this.close();
    else this.cancelClose = this.clock.after(this.options.keepMs, () => void this.close());
  }

  /** Disconnects now. Who uses it again connects anew. */
  async close(): Promise<void> {
    this.cancelClose?.();
    if (this.users.size > 0) return;
    this.connection?.close();
    this.connection = undefined;
    this.cache.distrust();
    this.tell();
  }

  watch(listener: (state: StoreState) => void): () => void {
    this.listeners.add(listener);
    listener(this.state);
    return () => this.listeners.delete(listener);
  }

  read(key: string, sink: Sink, slot: number): void {
    if (this.cache.serve(key, sink, slot)) return;
    const { connection } = this;
    if (connection === undefined || !connection.ready) {
      sink.failed(
        slot,
        new EdgeError("context-unavailable", `reading ${key}: ${connection?.downReason ?? "Redis is not connected"}`),
      );
      return;
    }
    if (connection.asked >= MAX_WAITING) {
      sink.failed(
        slot,
        new EdgeError("context-unavailable", `reading ${key}: ${connection.asked} reads have no answer yet`),
      );
      return;
    }
    const reader = this.cache.begin(key, sink, slot);
    connection.asked++;
    const answered = (bytes: unknown): void => {
      connection.asked--;
      connection.replies++;
      // Proxies and lookalikes answer what Redis never would; to throw here would end the process.
      if (!Buffer.isBuffer(bytes) && bytes !== null)
        reader.failed(
          slot,
          new EdgeError("context-invalid", `reading ${key}: the answer is ${kindOf(bytes)}, no text`),
        );
      else if (bytes === null || bytes.length === 0) reader.answered(slot, null, "redis", 0);
      else if (bytes.length > MAX_CONTEXT_BYTES) reader.failed(slot, tooLarge(key, "more"));
      else reader.answered(slot, bytes.toString("utf8"), "redis", 0);
    };
    const failed = (error: unknown): void => {
      connection.asked--;
      connection.replies++;
      reader.failed(slot, redisError(error, `reading ${key}`, this.user, this.prefixes()));
    };
    connection.data.getrangeBuffer(key, "0", LAST_BYTE).then(answered, failed);
  }

  lastKnown(key: string): Known | undefined {
    return this.cache.lastKnown(key);
  }

  async replace(entries: readonly Entry[]): Promise<void> {
    const texts = entries.map(({ key, value }) => [key, encodeContext(key, value)] as const);
    for (let from = 0; from < texts.length; from += CHUNK) {
      const chunk = texts.slice(from, from + CHUNK);
      await this.change(
        chunk.map(([key]) => key),
        `writing ${chunk.length} contexts`,
        async (redis) => {
          // One command may not reach across the slots of a Cluster.
          if (redis instanceof Cluster) await all(chunk.map(([key, text]) => redis.set(key, text)));
          else await redis.mset(...chunk.flat());
        },
      );
    }
  }

  async remove(keys: readonly string[]): Promise<number> {
    let removed = 0;
    for (let from = 0; from < keys.length; from += CHUNK) {
      const chunk = keys.slice(from, from + CHUNK);
      removed += await this.change(chunk, `deleting ${chunk.length} contexts`, async (redis) =>
        redis instanceof Cluster
          ? (await all(chunk.map((key) => redis.del(key)))).reduce((sum, count) => sum + count, 0)
          : redis.del(...chunk),
      );
    }
    return removed;
  }

  /** One patch at a time: WATCH belongs to the connection, which all share. */
  async update(key: string, change: (before: Context | undefined) => Context): Promise<void> {
    const mine = this.patching.then(() =>
      this.change([key], `patching ${key}`, (redis) => this.patch(redis, key, change)),
    );
    this.patching = mine.catch(() => undefined);
    await mine;
  }

  private async patch(
    redis: Redis | Cluster,
    key: string,
    change: (before: Context | undefined) => Context,
  ): Promise<void> {
    for (let attempt = 0; attempt < PATCH_ATTEMPTS; attempt++) {
      const connected = wayTo(redis, key);
      await redis.watch(key);
      let text: string;
      try {
        const before = await redis.getrange(key, 0, MAX_CONTEXT_BYTES);
        text = encodeContext(key, change(before === "" ? undefined : parseContext(key, before)));
      } catch (error) {
        if (!(redis instanceof Cluster)) await redis.unwatch();
        throw error;
      }
      // After a reconnect nothing is watched, and EXEC would succeed whatever happened in between.
      if (wayTo(redis, key) !== connected) continue;
      const done = await redis.multi().set(key, text).exec();
      if (done !== null) {
        const failed = done[0]?.[0];
        if (failed) throw failed;
        return;
      }
    }
    throw new EdgeError(
      "context-conflict",
      `${key} was changed by others ${PATCH_ATTEMPTS} times while it was patched`,
      { remedy: "send the patch again" },
    );
  }

  private async change<T>(
    keys: readonly string[],
    what: string,
    work: (redis: Redis | Cluster) => Promise<T>,
  ): Promise<T> {
    await this.opening;
    const { connection } = this;
    if (!connection?.ready)
      throw new EdgeError("context-unavailable", `${what}: ${connection?.downReason ?? "Redis is not connected"}`);
    try {
      return await within(this.onMaster(connection, work), WRITE_MS, what, this.clock, unanswered);
    } catch (error) {
      throw redisError(error, what, this.user, this.prefixes());
    } finally {
      // The invalidation may come later than our own answer, and whoever was told of the change reads it.
      for (const key of keys) this.cache.invalidate(key);
    }
  }

  /** After a failover the old master may be read from as a replica for a moment. It refuses writes, so none is done twice. */
  private async onMaster<T>(connection: RedisConnection, work: (redis: Redis | Cluster) => Promise<T>): Promise<T> {
    try {
      return await work(connection.data);
    } catch (error) {
      if (!connection.hasSentinels || !isReplica(error)) throw error;
    }
    await connection.findMaster(WRITE_MS);
    return work(connection.data);
  }

  private prefixes(): string[] {
    return [...this.users.values()].flatMap(({ prefixes }) => prefixes);
  }

  private get user(): string {
    return userOf(this.options.connection);
  }

  private readonly tell = (): void => {
    for (const listener of this.listeners) listener(this.state);
  };
}

/** All of them, also when one fails: what is still under way is not left to itself. */
async function all<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const done = await Promise.allSettled(work);
  return done.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}

/** Changes when a command for this key takes another connection than before. */
function wayTo(redis: Redis | Cluster, key: string): object {
  if (!(redis instanceof Cluster)) return streamOf(redis);
  const node = redis.slots[new Command("get", [key]).getSlot()]?.[0];
  const owner = redis.nodes("master").find(({ options: { host, port } }) => `${host}:${port}` === node);
  return owner === undefined ? {} : streamOf(owner);
}
