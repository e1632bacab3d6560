/**
 * Two connections to one Redis: one for commands, one that is told which keys changed. Both come back by themselves; a
 * server that hangs is noticed by its silence and dropped. While either is away the cache is not trusted. On a Cluster
 * changes are not told; the cache then keeps what it has for a short time only.
 */
import { Cluster, Redis } from "ioredis";
import type { Clock } from "../clock";
import { asError } from "../errors";
import { within } from "../waiting";
import type { ContextCache } from "./cache";
import { Opening } from "./opening";
import { plainly, redisError, unanswered } from "./redis-errors";
import { INVALIDATIONS } from "./redis-options";
import { statusOf } from "./redis-status";
import { nameOf, userOf, type RedisTarget } from "./redis-target";
import type { StoreState } from "./store";

/** Silence of two ticks in a row means that the server hangs. */
const TICK_MS = 1_000;

/** A Cluster that answers no ping for this long is looked for anew, from the nodes that were named. */
const LOST_MS = 5_000;

export class RedisConnection {
  readonly data: Redis | Cluster;
  /** Answers of any kind: what stands still while something is asked for, hangs. */
  replies = 0;
  asked = 0;
  state: StoreState;
  private readonly tracking: Redis | undefined;
  private readonly user: string;
  private lastError = "";
  private armed = 0;
  private cacheFault = "";
  private cancelTick: (() => void) | undefined;
  private repliesAtTick = 0;
  private silentTicks = 0;
  private trackingPing: "none" | "sent" | "late" = "none";
  private closed = false;
  /** A hung server still accepts connections: connected is who has answered on this connection. */
  private proven = false;
  private lostAt: number | undefined;
  private trackingId: { of: unknown; id: Promise<number> } | undefined;
  /** Prefixes whose changes are told. */
  private told: readonly string[] = [];
  private readonly first: Opening;

  constructor(
    private readonly target: RedisTarget,
    private readonly clock: Clock,
    /** undefined: nothing is cached, and no second connection is made */
    private readonly cache: ContextCache | undefined,
    private readonly prefixes: () => readonly string[],
    private readonly changed: () => void,
  ) {
    this.user = userOf(target);
    this.first = new Opening(clock);
    this.data = connectionTo(target);
    this.state = this.stateNow();
    this.watch(this.data);
    if (cache && target.kind !== "cluster") {
      this.tracking = new Redis(target.options);
      this.watch(this.tracking);
      this.tracking.on("messageBuffer", (_channel: Buffer, message: Buffer | null) => this.invalidated(message));
    }
    this.data.connect().catch(this.connectFailed);
    this.tracking?.connect().catch(this.connectFailed);
    this.tick();
  }

  /** Pending while the first connection is being made. */
  get opening(): Promise<void> | undefined {
    return this.first.pending;
  }

  /** Follows the keys that are read now, where others were followed: what is in memory holds for them alone. */
  follow(): void {
    const covered = (prefix: string): boolean => this.told.some((one) => prefix.startsWith(one));
    if (!this.cache?.isTrusted || !minimal(this.prefixes()).every(covered)) this.rearm();
  }

  private rearm(): void {
    const { data, tracking } = this;
    if (this.cache === undefined || this.closed) return;
    this.cache.distrust();
    const attempt = ++this.armed;
    if (data instanceof Cluster || tracking === undefined) {
      // Nothing is told: the maximum age is short instead.
      if (data.status === "ready") this.armedNow(Infinity);
      return;
    }
    if (data.status !== "ready" || tracking.status !== "ready") return;
    if (peerOf(data) !== peerOf(tracking)) {
      // In the middle of a failover: the other server knows nothing of this one's clients, or takes them for others.
      this.reconnect();
      return;
    }
    const isCurrent = (): boolean => attempt === this.armed;
    this.arm(data, tracking).then(
      (since) => isCurrent() && this.armedNow(since),
      (error: unknown) => isCurrent() && this.armFailed(error),
    );
  }

  get ready(): boolean {
    return this.data.status === "ready";
  }

  get downReason(): string {
    return this.lastError === "" ? "Redis is not connected" : this.lastError;
  }

  /**
   * Looks for the master again: what answers here is none any more. Resolves when it is found.
   * @throws EdgeError `context-unavailable` after `ms`
   */
  async findMaster(ms: number): Promise<void> {
    const { data } = this;
    this.reconnect();
    const found = new Promise<void>((resolve) => data.once("ready", () => resolve()));
    await within(found, ms, "looking for the new master", this.clock, unanswered);
  }

  get hasSentinels(): boolean {
    return this.target.kind === "sentinel";
  }

  close(): void {
    this.closed = true;
    this.first.end();
    this.cancelTick?.();
    this.cache?.distrust();
    this.data.disconnect(false);
    this.tracking?.disconnect(false);
  }

  private reconnect(): void {
    this.data.disconnect(true);
    this.tracking?.disconnect(true);
  }

  /** @returns monotonic time from which on changes are told, and were none before */
  private async arm(data: Redis, tracking: Redis): Promise<number> {
    // The id changes with every connection, and cannot be asked for once the connection is subscribed.
    const id = await this.subscribe(tracking);
    await data.client("TRACKING", "OFF");
    const told = minimal(this.prefixes());
    const prefixes = told.flatMap((prefix) => (prefix === "" ? [] : ["PREFIX", prefix]));
    const since = this.clock.monotonic();
    await data.call("CLIENT", "TRACKING", "ON", "REDIRECT", id, "BCAST", ...prefixes);
    this.told = told;
    return since;
  }

  private armedNow(since: number): void {
    this.cacheFault = "";
    this.cache?.trust(since);
    this.refresh();
  }

  private armFailed(error: unknown): void {
    // Asked too early in a reconnect: the next "ready" asks again.
    if (this.data.status !== "ready" || this.tracking?.status !== "ready") return;
    this.cacheFault = redisError(error, "cache off", this.user, this.prefixes()).message;
    this.refresh();
  }

  private subscribe(tracking: Redis): Promise<number> {
    const stream = streamOf(tracking);
    const known = this.trackingId;
    if (known && known.of === stream) return known.id;
    const id = (async (): Promise<number> => {
      const own = await tracking.client("ID");
      await tracking.subscribe(INVALIDATIONS);
      return own;
    })();
    this.trackingId = { of: stream, id };
    id.catch(() => {
      if (this.trackingId?.id === id) this.trackingId = undefined;
    });
    return id;
  }

  private watch(client: Redis | Cluster): void {
    client.on("ready", () => {
      if (client === this.data) {
        this.first.end();
        this.silentTicks = 0;
        this.ping();
      } else this.trackingPing = "none";
      this.rearm();
      this.refresh();
    });
    client.on("close", () => {
      if (client === this.data) {
        this.first.end();
        this.proven = false;
      }
      this.cache?.distrust();
      this.armed++;
      this.refresh();
    });
    const failed = (error: unknown): void => {
      this.lastError = plainly(error);
      this.refresh();
    };
    client.on("error", failed);
    if (client instanceof Cluster) client.on("node error", failed);
    else client.on("sentinelError", failed);
  }

  private readonly connectFailed = (error: unknown): void => {
    this.lastError ||= plainly(error);
  };

  private invalidated(message: Buffer | null): void {
    const text = message === null ? "" : message.toString("utf8");
    if (text === "") this.cache?.clear();
    else for (const key of text.split(",")) this.cache?.invalidate(key);
  }

  private tick(): void {
    if (this.closed) return;
    this.cancelTick = this.clock.after(TICK_MS, () => this.tick());
    this.checkData();
    this.checkTracking();
  }

  private checkData(): void {
    if (this.data.status !== "ready") return;
    if (this.data instanceof Cluster) this.checkCluster(this.data);
    const silent = this.asked > 0 && this.replies === this.repliesAtTick;
    this.silentTicks = silent ? this.silentTicks + 1 : 0;
    this.repliesAtTick = this.replies;
    if (this.silentTicks >= 2) {
      this.lastError = `no answer for ${(TICK_MS * this.silentTicks) / 1000} s`;
      this.data.disconnect(true);
      return;
    }
    if (this.asked === 0) this.ping();
  }

  /** Its nodes come back each by itself, but only at the addresses that they had. */
  private checkCluster(cluster: Cluster): void {
    if (this.proven) {
      this.lostAt = undefined;
      this.refresh();
      return;
    }
    this.lostAt ??= this.clock.monotonic();
    if (this.clock.monotonic() - this.lostAt < LOST_MS) return;
    this.lostAt = undefined;
    cluster.disconnect(true);
  }

  private ping(): void {
    this.asked++;
    this.data.ping().then(this.pinged, this.pinged);
  }

  private readonly pinged = (answer: unknown): void => {
    this.asked--;
    this.replies++;
    if (this.data.status !== "ready") return;
    // Refusing the ping for want of a right is an answer, too.
    const refused = answer instanceof Error && !answer.message.startsWith("NOPERM");
    this.proven = !refused;
    this.lastError = refused ? plainly(answer) : "";
    this.refresh();
  };

  /** A subscribed connection is silent by nature: only its ping tells it from a dead one. */
  private checkTracking(): void {
    const { tracking } = this;
    if (tracking === undefined || tracking.status !== "ready") return;
    if (this.trackingPing === "late") {
      this.trackingPing = "none";
      tracking.disconnect(true);
      return;
    }
    if (this.trackingPing === "sent") {
      this.trackingPing = "late";
      return;
    }
    this.trackingPing = "sent";
    const sentAt = this.clock.monotonic();
    const answered = (): void => {
      this.trackingPing = "none";
      this.cache?.told(sentAt);
    };
    tracking.ping().then(answered, (error: unknown) => {
      // Refused for want of a right is answered, too; a connection that was lost answers nothing.
      if (asError(error).message.startsWith("NOPERM")) answered();
    });
  }

  private refresh(): void {
    const next = this.stateNow();
    if (next.phase === this.state.phase && next.text === this.state.text) return;
    this.state = next;
    if (!this.closed) this.changed();
  }

  private stateNow(): StoreState {
    const { data, cache, proven, lastError, cacheFault } = this;
    return statusOf({ data, place: nameOf(this.target), cache, proven, lastError, cacheFault });
  }
}

function connectionTo(target: RedisTarget): Redis | Cluster {
  if (target.kind !== "cluster") return new Redis(target.options);
  return new Cluster(
    target.seeds.map((seed) => ({ ...seed })),
    target.options,
  );
}

/** Address and port of the server at the other end. */
function peerOf(redis: Redis): string {
  const { remoteAddress = "", remotePort = 0 } = streamOf(redis) as { remoteAddress?: string; remotePort?: number };
  return `${remoteAddress} ${remotePort}`;
}

/** The socket of a connection: another one after each reconnect. */
export function streamOf(redis: Redis): object {
  return (redis as unknown as { stream: object | null }).stream ?? {};
}

/** Prefixes of one client must not overlap: those that another covers are left out. */
export function minimal(prefixes: readonly string[]): string[] {
  const all = [...new Set(prefixes)].toSorted((a, b) => a.length - b.length);
  const kept: string[] = [];
  for (const prefix of all) if (!kept.some((other) => prefix.startsWith(other))) kept.push(prefix);
  return kept;
}
