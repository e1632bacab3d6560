import { isDeepStrictEqual } from "node:util";
import type { DataValue } from "node-opcua-client";
import type { Clock } from "../../clock";
import { errorCode } from "../../errors";
import { pause } from "../../waiting";
import { CONNECTING, Link, type Pause } from "../link";
import { readValue, silentReading, withFacts, type Reading } from "../reading";
import { OpcuaConnection } from "./connection";
import type { OpcuaEndpoint } from "./endpoint";
import { ToldSkew } from "../stamps";
import { Patience } from "./patience";
import { stampIn } from "./stamp";
import { Subscription, type Followed } from "./subscription";

export interface OpcuaOptions extends OpcuaEndpoint {
  /** Sampling and publishing interval that the server is asked for. */
  readonly intervalMs: number;
  /**
   * Variables that were silent for so long are read, and the connection is made anew when the server has newer values than
   * it reported. When none at all came it is made anew anyway, half a minute later where the server shows that nothing has
   * moved; that time doubles while it does not help. 0: never.
   */
  readonly watchdogMs: number;
  /** Values are as old as the server's source timestamps say, not as their arrival says. */
  readonly trustStamps?: boolean;
}

/** @param ms negative: behind; 0: in step; undefined: not known */
export type SkewWatcher = (ms: number | undefined) => void;

/** For a session to come about: slow servers are given more after each time that it was too short. */
const OPENING_MS = 4000;
const LONGEST_OPENING_MS = 15_000;

/**
 * Follows variables of an OPC UA server through one session and one subscription. Every loss, and every silence that
 * should not be, ends in a new client: sessions that were resumed are known to stay dead. While there is none, each
 * listener hears why. It only ever reads.
 */
export class OpcuaSource {
  private readonly items = new Map<string, Followed>();
  private readonly link: Link;
  private active: Subscription | undefined;
  private trouble = "";
  private skewMs: number | undefined;
  private readonly skewWatchers = new Set<SkewWatcher>();
  private readonly skew = new ToldSkew((ms) => {
    this.skewMs = ms;
    for (const watcher of this.skewWatchers) watcher(ms);
  });
  private patience: Patience;
  private flushing = false;
  private openingMs = OPENING_MS;

  constructor(
    private readonly options: OpcuaOptions,
    private readonly clock: Clock,
    random: () => number,
  ) {
    this.patience = this.newPatience();
    const between: Pause = (failures, chance) => this.patience.pauseMs(failures, chance);
    this.link = new Link((signal, works) => this.serve(signal, works), clock, random, between);
    this.link.watch((trouble) => this.hearTrouble(trouble));
  }

  follow(nodeId: string, listener: (reading: Reading) => void): () => void {
    // Somebody deployed: what was refused may have been put right.
    if (this.items.size === 0) this.patience = this.newPatience();
    let item = this.items.get(nodeId);
    if (!item) {
      item = {
        nodeId,
        listeners: new Set(),
        newcomers: new Set(),
        lastSource: undefined,
        unstamped: undefined,
        unit: undefined,
        fresh: true,
        stampAt: -Infinity,
        heardAt: this.clock.monotonic(),
        monitored: undefined,
      };
      this.items.set(nodeId, item);
    } else {
      item.newcomers.add(listener);
      // They need the current value too: the variable is asked for again.
      if (item.monitored) this.active?.drop([item]);
    }
    item.listeners.add(listener);
    if (this.trouble !== "") listener(silentReading(this.trouble));
    this.flush();
    this.link.start();
    return () => this.unfollow(nodeId, listener);
  }

  watch(watcher: (trouble: string) => void): () => void {
    return this.link.watch(watcher);
  }

  /** Calls `watcher` now and when it changes in earnest with how far the server's stamps are ahead of our clock. */
  watchSkew(watcher: SkewWatcher): () => void {
    this.skewWatchers.add(watcher);
    watcher(this.skewMs);
    return () => this.skewWatchers.delete(watcher);
  }

  close(): Promise<void> {
    this.items.clear();
    return this.link.stop();
  }

  private newPatience(): Patience {
    return new Patience(this.options.intervalMs, this.options.watchdogMs);
  }

  private unfollow(nodeId: string, listener: (reading: Reading) => void): void {
    const item = this.items.get(nodeId);
    if (!item) return;
    item.listeners.delete(listener);
    item.newcomers.delete(listener);
    if (item.listeners.size > 0) return;
    this.items.delete(nodeId);
    if (this.items.size === 0) {
      this.trouble = "";
      void this.link.stop();
    } else this.active?.drop([item]);
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
    let heldMs = 0;
    const tried = this.clock.monotonic();
    try {
      const connection = await this.open(signal);
      const begun = this.clock.monotonic();
      try {
        await Promise.race([pause(this.patience.probationMs, signal, this.clock), connection.lost]);
        if (!signal.aborted) await this.use(connection, signal, works);
      } finally {
        heldMs = this.clock.monotonic() - begun;
        await connection.close();
      }
    } catch (error) {
      if (!signal.aborted) this.patience.ended(errorCode(error), heldMs, this.clock.monotonic() - tried);
      throw error;
    }
  }

  private async open(signal: AbortSignal): Promise<OpcuaConnection> {
    const begun = this.clock.monotonic();
    try {
      const connection = await OpcuaConnection.open(this.options, this.clock, signal, { limitMs: this.openingMs });
      const took = this.clock.monotonic() - begun;
      this.openingMs = Math.min(LONGEST_OPENING_MS, Math.max(OPENING_MS, 2 * took));
      return connection;
    } catch (error) {
      if (errorCode(error) === "timeout") this.openingMs = Math.min(LONGEST_OPENING_MS, 2 * this.openingMs);
      throw error;
    }
  }

  private async use(connection: OpcuaConnection, signal: AbortSignal, works: () => void): Promise<void> {
    const active = new Subscription(connection, signal, this.clock, {
      intervalMs: this.options.intervalMs,
      watchdogMs: this.patience.silentMs,
      allSilentMs: this.patience.allSilentMs,
      stillMs: this.patience.stillMs,
      openingMs: this.openingMs,
      items: () => [...this.items.values()],
      heard: works,
      value: (item, value) => this.deliver(item, value),
    });
    try {
      for (const item of this.items.values()) {
        item.fresh = true;
        item.monitored = undefined;
      }
      this.active = active;
      await Promise.race([active.begin(() => this.unmonitored()), active.lost]);
      await active.lost;
    } finally {
      this.active = undefined;
      active.end();
    }
  }

  private hearTrouble(trouble: string): void {
    this.trouble = trouble === CONNECTING ? "" : trouble;
    // Another server, or its clock set, may be what comes back.
    if (trouble !== "") this.skew.forget();
    if (this.trouble === "") return;
    const silent = silentReading(this.trouble);
    for (const { listeners } of this.items.values()) for (const listener of listeners) listener(silent);
  }

  private deliver(item: Followed, value: DataValue): void {
    const source = stampIn(value);
    const known = source !== undefined && source === item.lastSource;
    // What is monitored anew begins with its last value: the same one again says nothing about now, and is told to
    // those only who never heard it.
    const unstamped = source === undefined ? value.value.value : undefined;
    const repeated = item.fresh && (known || (unstamped !== undefined && isDeepStrictEqual(unstamped, item.unstamped)));
    item.unstamped = unstamped;
    const listeners = [...(repeated ? item.newcomers : item.listeners)];
    // The first one comes of every connection, also where nothing is reported after it, and may be old.
    if (!item.fresh) {
      this.patience.heard();
      if (source !== undefined && !known) this.skew.note(source, this.clock.now(), this.clock.monotonic());
    }
    item.newcomers.clear();
    item.fresh = false;
    item.lastSource = source;
    if (!known) item.stampAt = this.clock.monotonic();
    if (listeners.length === 0) return;
    const plain = readValue({ value: value.value, statusCode: value.statusCode });
    const facts = { stamp: source, trusted: this.options.trustStamps === true };
    const reading = withFacts(plain, item.unit === undefined ? facts : { ...facts, unit: item.unit, declared: true });
    if (known && plain.quality === "good") this.deliverStuck(listeners, item.stampAt, reading);
    else for (const listener of listeners) listener(reading);
  }

  /** A value whose stamp does not move: it is as old as the stamp has been standing still. */
  private deliverStuck(listeners: readonly ((reading: Reading) => void)[], stampAt: number, reading: Reading): void {
    const still = this.clock.monotonic() - stampAt;
    const aged: Reading = { ...reading, ageMs: still };
    for (const listener of listeners) {
      listener(aged);
      if (still > COARSE_STAMP_MS) listener(STUCK);
    }
  }
}

/** Some servers stamp to the second. */
const COARSE_STAMP_MS = 1000;
const STUCK = silentReading("its source timestamp stands still");
