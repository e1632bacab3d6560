import type { Node, NodeAPI, NodeDef } from "node-red";
import { systemClock } from "../../lib/clock";
import { EmbeddedStore } from "../../lib/context/embedded-store";
import { redisHost, redisOptions, type RedisSettings } from "../../lib/context/redis-options";
import { probeRedis } from "../../lib/context/redis-probe";
import { RedisStore } from "../../lib/context/redis-store";
import type { ContextStore } from "../../lib/context/store";
import { ConfigReader, refuseService, service, type RawConfig } from "../common/config";
import { secretToTry } from "../common/dialog";
import type { DeviceService, StoreService } from "../common/services";
import { testRoute, type TestAnswer } from "../common/test-route";

interface Secrets {
  username?: string;
  password?: string;
}

interface StoreNode extends Node<Secrets> {
  service?: StoreService;
  /** Where the stored secret belongs: it goes to no other host. */
  url?: string;
}

/** Where contexts are kept: in Redis, or on the device itself. */
export = function (RED: NodeAPI): void {
  function ContextEdgeStore(this: StoreNode, config: NodeDef & { device?: string }): void {
    RED.nodes.createNode(this, config);
    try {
      const reader = new ConfigReader(config as unknown as RawConfig, "store");
      if (reader.choice("kind", ["embedded", "redis"], "embedded") === "redis") {
        const settings = redisSettings(reader, readSecrets(this.credentials));
        this.url = settings.url;
        this.service = { store: redisStore(reader, settings) };
      } else {
        const device = service<DeviceService>(RED, config.device, "context-edge-device", "store");
        this.service = { store: new EmbeddedStore(() => device.database()) };
      }
    } catch (error) {
      refuseService(this, error);
    }
  }
  RED.nodes.registerType<StoreNode, NodeDef, object, Secrets>("context-edge-store", ContextEdgeStore, {
    credentials: { username: { type: "text" }, password: { type: "password" } },
  });

  testRoute(RED, "context-edge-store", placeOf, (body) => test(RED, body));
};

/** @throws EdgeError `config-env` */
function readSecrets(credentials: Secrets | undefined): Secrets {
  const reader = new ConfigReader({ ...credentials }, "store");
  return { username: reader.text("username", ""), password: reader.text("password", "") };
}

function redisSettings(config: ConfigReader, secrets: Secrets): RedisSettings {
  return {
    url: config.text("url", "redis://127.0.0.1:6379"),
    username: secrets.username ?? "",
    password: secrets.password ?? "",
    db: config.has("db") ? config.number("db", 0, { min: 0, integer: true }) : undefined,
    tls: {
      ca: config.text("tls_ca", ""),
      cert: config.text("tls_cert", ""),
      key: config.text("tls_key", ""),
      servername: config.text("tls_servername", ""),
      verify: config.flag("tls_verify", true),
    },
  };
}

function redisStore(config: ConfigReader, settings: RedisSettings): ContextStore {
  const maxEntries = config.number("cache_size", 10_000, { min: 1, max: 1_000_000, integer: true });
  const maxAgeMs = 1000 * config.number("cache_max_age_s", 60, { min: 1, max: 86_400 });
  const cache = config.flag("cache", true) ? { maxEntries, maxAgeMs } : undefined;
  return new RedisStore({ connection: redisOptions(settings), cache, maxLastKnown: maxEntries }, systemClock);
}

function placeOf(body: RawConfig): string {
  return body["kind"] === "redis" ? redisHost(new ConfigReader(body, "store").text("url")) : "";
}

async function test(RED: NodeAPI, body: RawConfig): Promise<TestAnswer> {
  const config = new ConfigReader(body, "store");
  if (config.choice("kind", ["embedded", "redis"], "embedded") === "embedded") {
    return { ok: true, text: "kept on the device: nothing to connect to" };
  }
  const username = config.text("username", "");
  const stored = RED.nodes.getNode(config.text("id", "")) as StoreNode | null;
  const own = stored?.url !== undefined && redisHost(stored.url) === redisHost(config.text("url"));
  const password = secretToTry(
    config.text("password", ""),
    { name: "password", place: "host" },
    own ? { secret: stored?.credentials?.password } : undefined,
  );
  const options = redisOptions(redisSettings(config, { username, password }));
  return probeRedis(options, config.flag("cache", true), [config.text("prefix", "context:")], systemClock);
}
