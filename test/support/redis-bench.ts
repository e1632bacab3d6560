import { systemClock } from "../../lib/clock";
import { ContextCommands } from "../../lib/context/commands";
import { Deadlines } from "../../lib/context/deadlines";
import { KeyTemplate } from "../../lib/context/key-template";
import { ContextLookup, type Found } from "../../lib/context/lookup";
import type { RedisSettings } from "../../lib/context/redis-options";
import { RedisStore } from "../../lib/context/redis-store";
import { singleRedis, type RedisTarget } from "../../lib/context/redis-target";
import { NoRead, readScan } from "../../lib/context/scan";
import { EdgeError } from "../../lib/errors";

export type Changes = Partial<Omit<RedisSettings, "tls">> & { tls?: Partial<RedisSettings["tls"]> };

export function settings(url: string, changes: Changes = {}): RedisSettings {
  const tls = { ca: "", cert: "", key: "", servername: "", verify: true, ...changes.tls };
  return { url, username: "", password: "", db: undefined, ...changes, tls };
}

/** A lookup and its commands on a real store, as qr-context puts them together. */
export interface Bench {
  readonly store: RedisStore;
  readonly commands: ContextCommands;
  find(code: string): Promise<Found>;
  close(): Promise<void>;
}

/** @param options `deadlineMs` is long unless the deadline is what a test is about: a busy machine takes 10 ms for itself */
export function bench(
  of: RedisSettings | RedisTarget,
  options: { cache?: boolean; onDeadline?: "fail" | "stale"; deadlineMs?: number; maxAgeMs?: number } = {},
): Bench {
  const { cache = true, onDeadline = "fail", deadlineMs = 1_000, maxAgeMs = 60_000 } = options;
  const cached = cache ? { maxEntries: 1000, maxAgeMs } : undefined;
  const store = new RedisStore(
    { connection: "kind" in of ? of : singleRedis(of), cache: cached, maxLastKnown: 1000, keepMs: 0 },
    systemClock,
  );
  const user = {};
  store.use(user, { prefixes: ["context:"], lastKnown: onDeadline === "stale" });
  const key = new KeyTemplate("context:{code}");
  const deadlines = new Deadlines(deadlineMs, systemClock);
  const lookup = new ContextLookup(store, { key, joins: [], onDeadline, staleMaxMs: 60_000 }, deadlines, systemClock);
  const noRead = new NoRead([]);
  return {
    store,
    commands: new ContextCommands(store, key, noRead),
    find: (code) =>
      lookup.find({ scan: readScan(code, noRead), reader: undefined, asset: undefined, context: undefined }),
    close: async () => {
      deadlines.close();
      await store.release(user);
    },
  };
}

/** Waits until `holds`. @throws Error naming `what` after `ms` */
export async function until(what: string, holds: () => boolean | Promise<boolean>, ms = 8_000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export const cached = (of: Bench) => until("cache on", () => of.store.state.text === "redis · cache");
export const ready = (of: Bench) =>
  until("connected", () => of.store.state.phase === "ready" || of.store.state.phase === "degraded");
export const source = async (of: Bench, code: string) => (await of.find(code)).lookup.source;
export const outcome = (found: Promise<Found>) =>
  found.then(
    ({ lookup }) => (lookup.stale ? "stale" : "found"),
    (error: { code: string }) => error.code,
  );
export const fails = (code: string) => (error: unknown) => error instanceof EdgeError && error.code === code;
