import type { ClientMonitoredItemBase, ClientSubscription, DataValue } from "node-opcua-client";
import type { Clock } from "../../clock";
import { asError, EdgeError } from "../../errors";
import { within } from "../../waiting";
import { badReading, type Reading } from "../reading";
import { whole } from "../../words";
import type { OpcuaConnection } from "./connection";
import { isNewer, stampIn } from "./stamp";

/** A variable that somebody follows; it outlives connections. */
export interface Followed {
  readonly nodeId: string;
  readonly listeners: Set<(reading: Reading) => void>;
  /** Those who came while it was already followed, and have heard no value of it. */
  readonly newcomers: Set<(reading: Reading) => void>;
  /** Source timestamp of the last value delivered, over all connections. */
  lastSource: number | undefined;
  /** Monotonic time at which that timestamp came first. */
  stampAt: number;
  /** The last value delivered, where it had no source timestamp. */
  unstamped: unknown;
  /** That the server declares for it. */
  unit: string | undefined;
  /** Nothing has come of it yet on this subscription. */
  fresh: boolean;
  /** Monotonic time of the last value reported, or since when it is followed. */
  heardAt: number;
  monitored: ClientMonitoredItemBase | undefined;
}

export interface Hooks {
  readonly intervalMs: number;
  /** 0: never. */
  readonly watchdogMs: number;
  /** How long no variable at all may be heard of. */
  readonly allSilentMs: number;
  /** The same where the server shows that nothing has moved. */
  readonly stillMs: number;
  /** For the server to make a subscription. */
  readonly openingMs: number;
  /** All that is followed now. */
  items(): readonly Followed[];
  /** Something came from the server, be it a keep-alive. */
  heard(): void;
  value(item: Followed, value: DataValue): void;
}

const KEEP_ALIVE_MS = 1000;
const CHECK_MS = 500;
/** A variable that is not there may come: the server that was just started has not built everything. */
const RETRY_REFUSED_MS = 2000;
/** A bit of the status code: unit or meaning are others from this value on (Part 4, 7.39.1; Part 8, 5.2). */
const SEMANTICS_CHANGED = 0x4000;
/** Some servers never take the bit away. */
const UNIT_MS = 10_000;

/** Values of a variable that wait for its unit: beyond these the oldest give way, so that a server that is slow to tell costs no memory. */
const MOST_UNMEASURED = 100;

/** Asking again so often for variables of which only the first value comes, then it is the connection. */
const MOST_FRUITLESS = 3;

/** One subscription, from its creation to its loss. */
export class Subscription {
  readonly lost: Promise<never>;
  private fail: (error: Error) => void = () => undefined;
  private subscription: ClientSubscription | undefined;
  /** The server has been asked to monitor them and has not answered: asking again would have it report each twice. */
  private readonly asking = new Set<Followed>();
  /** Variables that were asked for again because reporting was broken: while that brought nothing, it is the connection. */
  private readonly mended = new Set<Followed>();
  /** When the server was last asked for its unit: what comes of one that was not asked for waits in `unmeasured`. */
  private readonly askedUnit = new WeakMap<Followed, number>();
  private readonly unmeasured = new Map<Followed, DataValue[]>();
  private readonly leaving: ClientMonitoredItemBase[] = [];
  private heardAt: number;
  private valueAt: number;
  private probedAt: number;
  private probing = false;
  /** Between two looks: longer and longer while asking for variables again brings their first value and nothing after it. */
  private lookMs: number;
  /** How often in a row it was so. */
  private fruitless = 0;
  /** When the last look at what is silent began that has an answer, and whether it showed that nothing at all has moved. */
  private looked = { at: -Infinity, still: false };
  private stopChecks: () => void = () => undefined;
  private stopRetry: () => void = () => undefined;
  private ended = false;

  constructor(
    private readonly connection: OpcuaConnection,
    private readonly signal: AbortSignal,
    private readonly clock: Clock,
    private readonly hooks: Hooks,
  ) {
    this.heardAt = this.valueAt = this.probedAt = clock.monotonic();
    this.lookMs = hooks.allSilentMs;
    this.lost = Promise.race([
      connection.lost,
      new Promise<never>((_, reject) => {
        this.fail = reject;
      }),
    ]);
    this.lost.catch(() => undefined);
    if (signal.aborted) this.end();
    else signal.addEventListener("abort", this.end, { once: true });
  }

  /** @param items asked for once there is a subscription: some may have come meanwhile */
  async begin(items: () => readonly Followed[]): Promise<void> {
    const { intervalMs, openingMs } = this.hooks;
    const keepAliveCount = Math.max(1, Math.ceil(KEEP_ALIVE_MS / intervalMs));
    const subscription = await within(
      this.connection.subscribe(intervalMs, keepAliveCount),
      openingMs,
      "subscribing",
      this.clock,
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
      const refused = await this.connection.monitor(subscription, items, this.hooks.intervalMs, (item, value) => {
        this.heardAt = this.valueAt = item.heardAt = this.clock.monotonic();
        this.mended.delete(item);
        this.measure(item, value);
      });
      if (this.ended) return;
      const now = this.clock.monotonic();
      for (const item of items) item.heardAt = Math.max(item.heardAt, now);
      for (const { item, reason } of refused) {
        for (const listener of item.listeners) listener(badReading(reason));
      }
      this.stopRetry();
      if (refused.length > 0)
        this.stopRetry = this.clock.after(RETRY_REFUSED_MS, () => void this.monitor(this.unmonitored()));
      await this.learnUnits(items.filter((item) => item.monitored && !this.askedUnit.has(item)));
    } catch (error) {
      this.fail(asError(error));
    } finally {
      for (const item of items) this.asking.delete(item);
      this.drop(items.filter(({ listeners }) => listeners.size === 0));
    }
  }

  /** Hands a value on once its unit is known: with the one before it could be a number in another. */
  private measure(item: Followed, value: DataValue): void {
    const askedAt = this.askedUnit.get(item);
    const changed = (value.statusCode.value & SEMANTICS_CHANGED) !== 0;
    if (changed && askedAt !== undefined && this.clock.monotonic() - askedAt > UNIT_MS) {
      this.wait(item, value);
      void this.learnUnits([item]);
    } else if (askedAt === undefined || this.unmeasured.has(item)) this.wait(item, value);
    else this.hooks.value(item, value);
  }

  private wait(item: Followed, value: DataValue): void {
    const waiting = this.unmeasured.get(item) ?? [];
    if (waiting.push(value) > MOST_UNMEASURED) waiting.shift();
    this.unmeasured.set(item, waiting);
  }

  /** Where the server does not tell them, what it told before counts: a number in another unit is worse than none. */
  private async learnUnits(items: readonly Followed[]): Promise<void> {
    if (items.length === 0) return;
    const now = this.clock.monotonic();
    for (const item of items) {
      this.askedUnit.set(item, now);
      if (!this.unmeasured.has(item)) this.unmeasured.set(item, []);
    }
    const told = await this.connection.units(items.map(({ nodeId }) => nodeId)).catch(() => []);
    if (this.ended) return;
    for (const [i, item] of items.entries()) {
      const answer = told[i];
      if (answer) item.unit = answer.unit;
      const waited = this.unmeasured.get(item) ?? [];
      this.unmeasured.delete(item);
      for (const value of waited) this.hooks.value(item, value);
    }
  }

  /** Stops variables. What is stopped together goes into one request. */
  drop(items: readonly Followed[]): void {
    for (const item of items) {
      const { monitored } = item;
      item.monitored = undefined;
      item.fresh = true;
      if (!monitored) continue;
      if (this.leaving.length === 0)
        setImmediate(() => {
          const leaving = this.leaving.splice(0);
          if (this.subscription && !this.ended) void this.connection.unmonitor(this.subscription, leaving);
        });
      this.leaving.push(monitored);
    }
  }

  readonly end = (): void => {
    this.ended = true;
    // The signal outlives every connection.
    this.signal.removeEventListener("abort", this.end);
    this.stopChecks();
    this.stopRetry();
    this.fail(new EdgeError("opcua-connection", "the connection was closed"));
  };

  private unmonitored(): Followed[] {
    return this.hooks.items().filter(({ monitored }) => !monitored);
  }

  private check(silentMs: number): void {
    this.stopChecks = this.clock.after(CHECK_MS, () => {
      const now = this.clock.monotonic();
      const unheard = now - this.heardAt;
      // Where the server knows none of the variables, silence is no fault of the connection.
      if (!this.hooks.items().some(({ monitored }) => monitored)) this.valueAt = now;
      if (unheard > silentMs) {
        this.fail(new EdgeError("opcua-connection", `nothing heard for ${whole(unheard)} ms`));
        return;
      }
      if (this.hooks.watchdogMs > 0 && this.isSilent(now)) {
        this.fail(new EdgeError("opcua-silent", `no value for ${whole(now - this.valueAt)} ms`));
        return;
      }
      this.check(silentMs);
    });
  }

  /** Whether no value came for too long; looks first, whether there was one to come. */
  private isSilent(now: number): boolean {
    const { allSilentMs, stillMs } = this.hooks;
    const { at, still } = this.looked;
    const silence = now - this.valueAt;
    const unseen = at <= this.valueAt;
    const urgent = unseen && silence > allSilentMs && this.fruitless === 0;
    if (!this.probing && (urgent || now - this.probedAt > this.lookMs)) void this.probe(now);
    return !unseen && silence > (still ? stillMs : allSilentMs);
  }

  /**
   * Reads the variables of which nothing was reported for the watchdog's time. A constant value is rightly silent; where
   * the server has a newer one, reporting is broken: the variable is asked for again, and if that does not help the
   * connection is made anew.
   */
  private async probe(now: number): Promise<void> {
    const { watchdogMs } = this.hooks;
    const followed = this.hooks.items().filter(({ monitored }) => monitored);
    const silent = followed.filter(({ heardAt }) => now - heardAt > watchdogMs);
    if (silent.length === 0) {
      this.lookAgain(0);
      return;
    }
    this.probedAt = now;
    this.probing = true;
    try {
      const values = await this.connection.readValues(silent.map(({ nodeId }) => nodeId));
      if (this.ended) return;
      const dead = silent.filter((item, i) => now > item.heardAt && isNewer(item, values[i] as DataValue));
      const stamped = values.every((value) => stampIn(value) !== undefined);
      this.looked = { at: now, still: stamped && dead.length === 0 && silent.length === followed.length };
      this.lookAgain(dead.length === 0 ? 0 : this.fruitless + 1);
      if (dead.length === 0) return;
      const first = this.fruitless > MOST_FRUITLESS ? dead[0] : dead.find((item) => this.mended.has(item));
      if (first) throw new EdgeError("opcua-silent", `${first.nodeId}: the server has newer values than it reports`);
      for (const item of dead) this.mended.add(item);
      this.drop(dead);
      await this.monitor(dead);
    } catch (error) {
      this.fail(asError(error));
    } finally {
      this.probing = false;
    }
  }

  private lookAgain(fruitless: number): void {
    this.fruitless = fruitless;
    const { watchdogMs, allSilentMs } = this.hooks;
    this.lookMs = fruitless === 0 ? watchdogMs : allSilentMs * 2 ** Math.min(fruitless, MOST_FRUITLESS - 1);
  }
}
