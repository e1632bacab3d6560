import type { Node, NodeAPI, NodeDef } from "node-red";
import { systemClock } from "../../lib/clock";
import { EmbeddedStore } from "../../lib/context/embedded-store";
import { probeRedis } from "../../lib/context/redis-probe";
import { RedisStore } from "../../lib/context/redis-store";
import { PeerLog } from "../../lib/operation/peer-log";
import { Registry } from "../../lib/storage/registry";
import { onClose } from "../common/adapter";
import { ConfigReader, refuseService, service, type RawConfig } from "../common/config";
import { secretToTry } from "../common/dialog";
import type { DeviceService, StoreService } from "../common/services";
import { testRoute, type TestAnswer } from "../common/test-route";
import { cacheOf, kindOf, ownerOf, placeOf, targetOf, type Secrets } from "./settings";

interface StoreNode extends Node<Secrets> {
  service?: StoreService;
  /** What the stored secrets belong to: they go nowhere else. */
  owner?: string;
}

/**
 * Stores of this process: one whose configuration a deploy has left alone keeps its connection and its memory, or each scan
 * right after the deploy would find it connecting.
 */
const KEEP_MS = 5_000;
const stores = new Registry<RedisStore>(systemClock, KEEP_MS);

/** Where contexts are kept: in Redis (one server, Sentinel, Cluster), or on the device itself. */
export = function (RED: NodeAPI): void {
  function ContextEdgeStore(this: StoreNode, config: NodeDef & { device?: string }): void {
    RED.nodes.createNode(this, config);
    try {
      const reader = new ConfigReader(config as unknown as RawConfig, "store");
      const kind = kindOf(reader);
      if (kind === "embedded") {
        const device = service<DeviceService>(RED, config.device, "context-edge-device", "store");
        this.service = { store: new EmbeddedStore(() => device.database()) };
        return;
      }
      this.owner = ownerOf(reader);
      const connection = targetOf(kind, reader, readSecrets(this.credentials));
      const maxLastKnown = reader.number("cache_size", 10_000, { min: 1, max: 1_000_000, integer: true });
      const cache = cacheOf(kind, reader);
      const settings = { connection, cache, maxLastKnown, keepMs: KEEP_MS };
      const lease = stores.acquire(this.id, settings, () => new RedisStore(settings, systemClock));
      const store = lease.value;
      this.service = { store };
      const peer = new PeerLog(`Redis ${placeOf(reader)}`, this, systemClock);
      const unwatch = store.watch(({ peer: standing }) => {
        if (standing === undefined) peer.working();
        else if (standing === "unused") peer.unused();
        else peer.lost(standing.away);
      });
      onClose(this, () => {
        unwatch();
        peer.unused();
        lease.release();
      });
    } catch (error) {
      refuseService(this, error);
    }
  }
  RED.nodes.registerType<StoreNode, NodeDef, object, Secrets>("context-edge-store", ContextEdgeStore, {
    credentials: {
      username: { type: "text" },
      password: { type: "password" },
      sentinel_username: { type: "text" },
      sentinel_password: { type: "password" },
    },
  });

  testRoute(
    RED,
    "context-edge-store",
    (body) => placeOf(new ConfigReader(body, "store")),
    (body) => test(RED, body),
  );
};

/** @throws EdgeError `config-env` */
function readSecrets(credentials: Secrets | undefined): Secrets {
  const reader = new ConfigReader({ ...credentials }, "store");
  return {
    username: reader.secret("username"),
    password: reader.secret("password"),
    sentinel_username: reader.secret("sentinel_username"),
    sentinel_password: reader.secret("sentinel_password"),
  };
}

async function test(RED: NodeAPI, body: RawConfig): Promise<TestAnswer> {
  const config = new ConfigReader(body, "store");
  const kind = kindOf(config);
  if (kind === "embedded") return { ok: true, text: "kept on the device: nothing to connect to" };
  const stored = RED.nodes.getNode(config.text("id", "")) as StoreNode | null;
  const own = stored?.owner !== undefined && stored.owner === ownerOf(config);
  const secret = (name: "password" | "sentinel_password", words: string): string =>
    secretToTry(
      config.secret(name),
      { name: words, place: "host" },
      own ? { secret: stored?.credentials?.[name] } : undefined,
    );
  const target = targetOf(kind, config, {
    username: config.secret("username"),
    password: secret("password", "password"),
    sentinel_username: config.secret("sentinel_username"),
    sentinel_password: kind === "sentinel" ? secret("sentinel_password", "password of the Sentinels") : "",
  });
  return probeRedis(target, config.flag("cache", true), [config.text("prefix", "context:")], systemClock);
}
