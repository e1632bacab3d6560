import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import helper from "node-red-node-test-helper";
import store = require("../../nodes/context-edge-store/context-edge-store");
import type { StoreService } from "../../nodes/common/services";
import { freePort } from "../support/ports";
import { until } from "../support/process";
import { startRedis, type TestRedis } from "../support/redis";

interface Answer {
  ok: boolean;
  text: string;
}

const ID = "1111111111111111";
/** What a dialog sends whose secrets were not touched. */
const UNCHANGED = { password: "__PWRD__", sentinel_password: "__PWRD__" };

/** What the test button shows while the dialog shows these values. */
async function ask(body: object): Promise<Answer> {
  const request = helper.request() as { post(path: string): { send(body: object): Promise<{ body: Answer }> } };
  return (await request.post("/context-edge/context-edge-store/test").send({ id: ID, ...body })).body;
}

async function deployed(settings: object): Promise<void> {
  const secrets = { password: "geheim", sentinel_password: "geheim" };
  await helper.load([store], [{ id: ID, type: "context-edge-store", name: "", ...settings }] as never, {
    [ID]: secrets,
  });
}

async function refused(settings: object): Promise<void> {
  const { ok, text } = await ask({ ...settings, ...UNCHANGED });
  assert.equal(ok, false);
  assert.match(text, /the stored password belongs to another host: type it again/, JSON.stringify(settings));
}

async function tried(settings: object): Promise<void> {
  const { text } = await ask({ ...settings, ...UNCHANGED });
  assert.doesNotMatch(text, /belongs to another/, JSON.stringify(settings));
}

/** Nothing listens at any of these addresses: what matters is whether anything is tried. */
describe("the stored passwords of a store", function () {
  this.timeout(30_000);
  let folder: string;
  let a: string;
  let b: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "stored-secrets-"));
    a = `127.0.0.1:${await freePort()}`;
    b = `127.0.0.1:${await freePort()}`;
    helper.init(require.resolve("node-red"), { userDir: folder });
    await new Promise<void>((resolve) => helper.startServer(resolve));
  });
  afterEach(() => helper.unload());
  after(async () => {
    await new Promise<void>((resolve) => helper.stopServer(resolve));
    rmSync(folder, { recursive: true, force: true });
  });

  it("go to no other node of a Cluster, in no other place of the address map, and never in the clear", async () => {
    const map = `10.0.0.5:6379=${a}, 10.0.0.6:6379=${b}`;
    const settings = { kind: "cluster", cluster_nodes: `${a} ${b}`, address_map: map, tls: true };
    await deployed(settings);
    await refused({ ...settings, cluster_nodes: "evil.example:6379" });
    await refused({ ...settings, address_map: "10.0.0.5:6379=evil.example:6379" });
    await refused({ ...settings, address_map: `${map}, 10.0.0.7:6379=evil.example:6379` });
    await refused({ ...settings, tls: false });
    await tried({ ...settings, cluster_nodes: `${b}, ${a}`, address_map: `10.0.0.6=${b}\n10.0.0.5:6379=${a}` });
  });

  it("go to no other Sentinel or master, in no other place of the address map, and never in the clear", async () => {
    const settings = {
      kind: "sentinel",
      sentinel_nodes: a,
      master_name: "line",
      address_map: `10.0.0.5:6379=${b}`,
      tls: true,
      sentinel_tls: true,
    };
    await deployed(settings);
    await refused({ ...settings, sentinel_nodes: "evil.example:26379" });
    await refused({ ...settings, master_name: "other" });
    await refused({ ...settings, address_map: "10.0.0.5:6379=evil.example:6379" });
    await refused({ ...settings, tls: false });
    await refused({ ...settings, sentinel_tls: false });
    await refused({ ...settings, kind: "cluster", cluster_nodes: a });
    await tried(settings);
  });

  it("go to no other server, and never in the clear", async () => {
    const settings = { kind: "redis", url: `rediss://${a}` };
    await deployed(settings);
    await refused({ ...settings, url: `rediss://${b}` });
    await refused({ ...settings, url: `redis://${a}` });
    await tried(settings);
  });
});

/** What the log says of a Redis that comes and goes. */
function said(): string[] {
  return helper
    .log()
    .args.map(([{ msg }]) => String(msg))
    .filter((text) => text.startsWith("Redis "));
}

describe("a store whose Redis is lost", () => {
  let redis: TestRedis;
  before(async () => {
    redis = await startRedis();
    await new Promise<void>((resolve) => helper.startServer(resolve));
  });
  after(async () => {
    await new Promise<void>((resolve) => helper.stopServer(resolve));
    await redis.stop();
  });
  afterEach(() => helper.unload());

  it("says so once in the log, with place and cause, and when it is back; a deploy is no loss", async function () {
    this.timeout(30_000);
    await deployed({ kind: "redis", url: redis.url });
    const { service } = helper.getNode(ID) as unknown as { service: StoreService };
    const { store: contexts } = service;
    const interest = { prefixes: ["context:"], lastKnown: false };
    contexts.use(redis, interest);
    await until("connected", () => contexts.state.phase === "ready");
    await contexts.release(redis);
    contexts.use(redis, interest);
    await until("connected again", () => contexts.state.phase === "ready");
    assert.deepEqual(said(), []);
    await redis.kill();
    await until("its loss is in the log", () => said().length === 1);
    await redis.restart();
    await until("its return, too", () => said().length === 2);
    assert.match(said()[0] ?? "", new RegExp(`^Redis .*127\\.0\\.0\\.1:${redis.port} is away: .`));
    assert.match(said()[1] ?? "", /^Redis .* is back$/);
    await contexts.release(redis);
  });
});
