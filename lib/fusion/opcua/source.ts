import type { ClientMonitoredItemBase, ClientSubscription, DataValue } from "node-opcua-client";
import type { Clock } from "../../clock";
import { asError, EdgeError, errorCode } from "../../errors";
import { Link } from "../link";
import { badReading, readValue, type Reading } from "../reading";
import { OpcuaConnection } from "./connection";
import type { OpcuaEndpoint } from "./endpoint";

export interface OpcuaOptions extends OpcuaEndpoint {
  /** Sampling and publishing interval that the server is asked for. */
  readonly intervalMs: number;
  /** The connection is made anew when no value at all came for this long; doubles while that does not help. 0: never. */
  readonly watchdogMs: number;
}

interface Followed {
  readonly nodeId: string;
  readonly listeners: Set<(reading: Reading) => void>;
  /** Of the last value delivered, over all connections. */
  lastSource: number | undefined;
  fresh: boolean;
  monitored: ClientMonitoredItemBase | undefined;
}

const KEEP_ALIVE_MS = 1000;
const LONGEST_WATCHDOG_MS = 300_000;
const RETRY_BAD_ITEMS_MS = 5000;

/**
 * Follows variables of an OPC UA server through one session and one subscription. Every loss, and every silence that
 * should not be, ends in a new client: sessions that were resumed are known to stay dead. It only ever reads.
 */
export class OpcuaSource {
  private readonly items = new Map<string, Followed>();
  private readonly link: Link;
  private active: Active | undefined;
  private silences = 0;
  private flushing = false;

  constructor(
    private readonly options: OpcuaOptions,
    private readonly clock: Clock,
    random: () => number,
  ) {
    this.link = new Link((signal, works) => this.serve(signal, works), clock, random);
  }

  follow(nodeId: string, listener: (reading: Reading) => void): () => void {
    let item = this.items.get(nodeId);
    if (!item) {
      item = { nodeId, listeners: new Set(), lastSource: undefined, fresh: true, monitored: undefined };
      this.items.set(nodeId, item);
    }
    // A second listener needs the current value too: the variable is asked for again.
    else if (item.monitored) this.active?.drop(item);
    item.listeners.add(listener);
    this.flush();
    this.link.start();
    return () => this.unfollow(nodeId, listener);
  }

  watch(watcher: (trouble: string) => void): () => void {
    return this.link.watch(watcher);
  }

  close(): Promise<void> {
    this.items.clear();
    return this.link.stop();
  }

  private unfollow(nodeId: string, listener: (reading: Reading) => void): void {
    const item = this.items.get(nodeId);
    if (!item) return;
    item.listeners.delete(listener);
    if (item.listeners.size > 0) return;
    this.items.delete(nodeId);
    this.active?.drop(item);
    if (this.items.size === 0) void this.link.stop();
  }

  /** Users that start together are asked for together. */
  private flush(): void {
    if (this.flushing) return;
    this.flushing = true;
    setImmediate(() => {
      this.flushing = false;
      void this.active?.monitor(this.unmonitored());
    });
  }

  private unmonitored(): Followed[] {
    return [...this.items.values()].filter((item) => !item.monitored);
  }

  private async serve(signal: AbortSignal, works: () => void): Promise<void> {
    const connection = await OpcuaConnection.open(this.options, this.clock, signal);
    const active = new Active(connection, signal, this.options, this.clock, {
      heard: works,
      value: (item, value) => this.deliver(item, value),
      watchdogMs:
        this.options.watchdogMs === 0
          ? Infinity
          : Math.min(LONGEST_WATCHDOG_MS, this.options.watchdogMs * 2 ** this.silences),
    });
    try {
      for (const item of this.items.values()) {
        item.fresh = true;
        item.monitored = undefined;
      }
      this.active = active;
      await Promise.race([active.begin(() => this.unmonitored()), active.lost]);
      await active.lost;
    } catch (error) {
      if (errorCode(error) === "opcua-silent") this.silences++;
      throw error;
    } finally {
      this.active = undefined;
      active.end();
      await connection.close();
    }
  }

  private deliver(item: Followed, value: DataValue): void {
    const source = value.sourceTimestamp?.getTime();
    // A new subscription begins with the last value: the same one again says nothing about now.
    const repeated = item.fresh && source !== undefined && source === item.lastSource;
    item.fresh = false;
    item.lastSource = source;
    if (repeated) return;
    this.silences = 0;
    const { sourceTimestamp, statusCode } = value;
    const reading = readValue({ value: value.value, statusCode, sourceTimestamp });
    for (const listener of item.listeners) listener(reading);
  }
}

interface Hooks {
  /** Something came from the server, be it a keep-alive. */
  heard(): void;
  value(item: Followed, value: DataValue): void;
  readonly watchdogMs: number;
}

/** One subscription, from its creation to its loss. */
class Active {
  readonly lost: Promise<never>;
  private fail: (error: Error) => void = () => undefined;
  private subscription: ClientSubscription | undefined;
  /** The server has been asked to monitor them and has not answered: asking again would have it report each twice. */
  private readonly asking = new Set<Followed>();
  private heardAt: number;
  private valueAt: number;
  private stopChecks: () => void = () => undefined;
  private stopRetry: () => void = () => undefined;
  private ended = false;

  constructor(
    private readonly connection: OpcuaConnection,
    signal: AbortSignal,
    private readonly options: OpcuaOptions,
    private readonly clock: Clock,
    private readonly hooks: Hooks,
  ) {
    this.heardAt = this.valueAt = clock.monotonic();
    this.lost = Promise.race([
      connection.lost,
      new Promise<never>((_, reject) => {
        this.fail = reject;
      }),
    ]);
    this.lost.catch(() => undefined);
    if (signal.aborted) this.end();
    else signal.addEventListener("abort", () => this.end(), { once: true });
  }

  /** @param items asked for once there is a subscription: some may have come meanwhile */
  async begin(items: () => readonly Followed[]): Promise<void> {
    const { intervalMs } = this.options;
    const subscription = await this.connection.subscribe(
      intervalMs,
      Math.max(1, Math.ceil(KEEP_ALIVE_MS / intervalMs)),
    );
    if (this.ended) return;
    this.subscription = subscription;
    const heard = (): void => {
      this.heardAt = this.clock.monotonic();
      this.hooks.heard();
    };
    subscription.on("keepalive", heard);
    subscription.on("received_notifications", heard);
    subscription.on("terminated", () =>
      this.fail(new EdgeError("opcua-connection", "the server ended the subscription")),
    );
    subscription.on("internal_error", (error: Error) => this.fail(error));
    const keepAlive = subscription.publishingInterval * subscription.maxKeepAliveCount;
    this.check(Math.max(3000, 2.5 * keepAlive));
    await this.monitor(items());
    heard();
  }

  async monitor(all: readonly Followed[]): Promise<void> {
    const subscription = this.subscription;
    const items = all.filter((item) => !this.asking.has(item));
    if (!subscription || items.length === 0 || this.ended) return;
    for (const item of items) this.asking.add(item);
    try {
      const refused = await this.connection.monitor(subscription, items, this.options.intervalMs, (item, value) => {
        this.heardAt = this.valueAt = this.clock.monotonic();
        this.hooks.value(item, value);
      });
      if (this.ended) return;
      for (const { item, reason } of refused) {
        for (const listener of item.listeners) listener(badReading(reason));
      }
      this.stopRetry();
      if (refused.length > 0) {
        this.stopRetry = this.clock.after(
          RETRY_BAD_ITEMS_MS,
          () => void this.monitor(refused.map(({ item }) => item).filter((item) => item.listeners.size > 0)),
        );
      }
    } catch (error) {
      this.fail(asError(error));
    } finally {
      for (const item of items) {
        this.asking.delete(item);
        if (item.listeners.size === 0) this.drop(item);
      }
    }
  }

  drop(item: Followed): void {
    const { monitored } = item;
    item.monitored = undefined;
    item.fresh = true;
    item.lastSource = undefined;
    if (monitored) void this.connection.unmonitor(monitored);
  }

  end(): void {
    this.ended = true;
    this.stopChecks();
    this.stopRetry();
    this.fail(new EdgeError("opcua-connection", "the connection was closed"));
  }

  private check(silentMs: number): void {
    const { watchdogMs } = this.hooks;
    this.stopChecks = this.clock.after(500, () => {
      const now = this.clock.monotonic();
      if (now - this.heardAt > silentMs) {
        this.fail(
          new EdgeError(
            "opcua-connection",
            `nothing heard for ${Math.round(now - this.heardAt).toLocaleString("en-US")} ms`,
          ),
        );
      } else if (now - this.valueAt > watchdogMs) {
        this.fail(
          new EdgeError("opcua-silent", `no value for ${Math.round(now - this.valueAt).toLocaleString("en-US")} ms`),
        );
      } else this.check(silentMs);
    });
  }
}
