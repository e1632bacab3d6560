/**
 * Two connections to one Redis: one for commands, one that is told which keys changed. Both come back by themselves; a
 * server that hangs is noticed by its silence and dropped. While either is away the cache is not trusted.
 */
import { Redis } from "ioredis";
import type { Clock } from "../clock";
import { EdgeError } from "../errors";
import type { ContextCache } from "./cache";
import { plainly, redisError } from "./redis-errors";
import type { Resp2Options } from "./redis-options";
import type { StoreState } from "./store";

/** Silence of two ticks in a row means that the server hangs. */
const TICK_MS = 1_000;
const CHANNEL = "__redis__:invalidate";

export class RedisConnection {
  readonly data: Redis;
  /** Answers of any kind: what stands still while something is asked for, hangs. */
  replies = 0;
  asked = 0;
  state: StoreState = { phase: "waiting", text: "redis · connecting" };
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
  private trackingId: { of: unknown; id: Promise<number> } | undefined;

  constructor(
    options: Resp2Options,
    private readonly clock: Clock,
    /** undefined: nothing is cached, and no second connection is made */
    private readonly cache: ContextCache | undefined,
    private readonly prefixes: () => readonly string[],
    private readonly changed: () => void,
  ) {
    this.user = options.username ?? "";
    this.data = new Redis(options);
    this.watch(this.data);
    if (cache) {
      this.tracking = new Redis(options);
      this.watch(this.tracking);
      this.tracking.on("messageBuffer", (_channel: Buffer, message: Buffer | null) => this.invalidated(message));
    }
    this.data.connect().catch(this.connectFailed);
    this.tracking?.connect().catch(this.connectFailed);
    this.tick();
  }

  /** Follows the keys that are read now; called when their prefixes change. */
  rearm(): void {
    if (this.tracking === undefined || this.cache === undefined || this.closed) return;
    this.cache.distrust();
    const attempt = ++this.armed;
    if (this.data.status !== "ready" || this.tracking.status !== "ready") return;
    const isCurrent = (): boolean => attempt === this.armed;
    this.arm(this.data, this.tracking).then(
      () => isCurrent() && this.armedNow(),
      (error: unknown) => isCurrent() && this.armFailed(error),
    );
  }

  get ready(): boolean {
    return this.data.status === "ready";
  }

  get downReason(): string {
    return this.lastError === "" ? "Redis is not connected" : this.lastError;
  }

  close(): void {
    this.closed = true;
    this.cancelTick?.();
    this.cache?.distrust();
    this.data.disconnect(false);
    this.tracking?.disconnect(false);
  }

  private async arm(data: Redis, tracking: Redis): Promise<void> {
    // The id changes with every connection, and cannot be asked for once the connection is subscribed.
    const id = await this.subscribe(tracking);
    await data.client("TRACKING", "OFF");
    const prefixes = minimal(this.prefixes()).flatMap((prefix) => (prefix === "" ? [] : ["PREFIX", prefix]));
    await data.call("CLIENT", "TRACKING", "ON", "REDIRECT", id, "BCAST", ...prefixes);
  }

  private armedNow(): void {
    this.cacheFault = "";
    this.cache?.trust();
    this.refresh();
  }

  private armFailed(error: unknown): void {
    // Asked too early in a reconnect: the next "ready" asks again.
    if (this.data.status !== "ready" || this.tracking?.status !== "ready") return;
    this.cacheFault = redisError(error, "cache off", this.user, this.prefixes()).message;
    this.refresh();
  }

  private subscribe(tracking: Redis): Promise<number> {
    const { stream } = tracking as unknown as { stream: unknown };
    const known = this.trackingId;
    if (known && known.of === stream) return known.id;
    const id = (async (): Promise<number> => {
      const own = await tracking.client("ID");
      await tracking.subscribe(CHANNEL);
      return own;
    })();
    this.trackingId = { of: stream, id };
    id.catch(() => {
      if (this.trackingId?.id === id) this.trackingId = undefined;
    });
    return id;
  }

  private watch(client: Redis): void {
    client.on("ready", () => {
      if (client === this.data) {
        this.silentTicks = 0;
        this.ping();
      } else this.trackingPing = "none";
      this.rearm();
      this.refresh();
    });
    client.on("close", () => {
      if (client === this.data) this.proven = false;
      this.cache?.distrust();
      this.armed++;
      this.refresh();
    });
    client.on("error", (error: unknown) => {
      this.lastError = plainly(error);
      this.refresh();
    });
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
    const answered = (): void => {
      this.trackingPing = "none";
    };
    tracking.ping().then(answered, answered);
  }

  private refresh(): void {
    const next = this.describe();
    if (next.phase === this.state.phase && next.text === this.state.text) return;
    this.state = next;
    if (!this.closed) this.changed();
  }

  private describe(): StoreState {
    if (this.proven) {
      if (this.cache === undefined) return { phase: "ready", text: "redis" };
      if (this.cache.isTrusted) return { phase: "ready", text: "redis · cache" };
      if (this.cacheFault === "") return { phase: "ready", text: "redis" };
      return { phase: "degraded", text: `redis · ${this.cacheFault}` };
    }
    return { phase: "waiting", text: this.lastError === "" ? "redis · connecting" : `redis · ${this.lastError}` };
  }
}

/** Prefixes of one client must not overlap: those that another covers are left out. */
export function minimal(prefixes: readonly string[]): string[] {
  const all = [...new Set(prefixes)].toSorted((a, b) => a.length - b.length);
  const kept: string[] = [];
  for (const prefix of all) if (!kept.some((other) => prefix.startsWith(other))) kept.push(prefix);
  return kept;
}

/** @throws EdgeError `context-unavailable` when `work` takes longer than `ms`: nobody then knows whether it was done */
export function within<T>(clock: Clock, ms: number, what: string, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () =>
      reject(new EdgeError("context-unavailable", `${what}: no answer within ${ms} ms; it may have been done or not`)),
    );
    work.then(resolve, reject).finally(cancel);
  });
}
