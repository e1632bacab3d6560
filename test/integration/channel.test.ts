/** A release that the trainer signed and published, promoted by the command, served by tensorrt-infer out of a real S3 server. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Node } from "node-red";
import helper from "node-red-node-test-helper";
import { run } from "../../cli/run";
import type { EdgeMessage } from "../../lib/messages";
import { blobKey, channelKey } from "../../lib/release/objects";
import type { S3Store } from "../../lib/storage/s3-store";
import { sha256 } from "../../lib/storage/hash";
import { scratch } from "../support/cache";
import { referencePython } from "../support/model-signing";
import { files, manifest, sample } from "../support/model-fixture";
import { until } from "../support/process";
import { MODEL, RING } from "../support/published";
import { openTestStore, startVersitygw, type TestS3 } from "../support/s3";
import { writeFolder } from "../support/signed-release";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy";
import device = require("../../nodes/context-edge-device/context-edge-device");
import model = require("../../nodes/context-edge-model/context-edge-model");
import objects = require("../../nodes/context-edge-objects/context-edge-objects");
import infer = require("../../nodes/tensorrt-infer/tensorrt-infer");

const CHANNEL = { model: MODEL, ring: RING };
const [DEVICE, OBJECTS, MODEL_NODE, INFER, OUT] = [1, 2, 3, 4, 5].map((n) => `c00000000000000${n}`) as [
  string,
  string,
  string,
  string,
  string,
];

interface Ended {
  readonly code: number;
  readonly said: string;
}

function node(id: string): Node {
  const found: object = helper.getNode(id);
  return found as Node;
}

/** The command, as a person types it. */
async function command(...args: string[]): Promise<Ended> {
  const lines: string[] = [];
  const say = (line: string): void => void lines.push(line);
  return { code: await run(args, { out: say, err: say, env: process.env }), said: `${lines.join("\n")}\n` };
}

const shown = (): string => {
  const spy = (node(INFER) as unknown as { status: { lastCall: { args: [{ fill: string; text: string }] } | null } })
    .status;
  const { fill = "", text = "" } = spy.lastCall?.args[0] ?? {};
  return `${fill} ${text}`;
};

const shows = (pattern: RegExp): Promise<void> =>
  until(`the status says ${pattern}`, () => pattern.test(shown()), 20_000).catch((error: Error) => {
    throw new Error(`${error.message}; it says ${shown()}`);
  });

async function served(): Promise<string | undefined> {
  const out = node(OUT);
  const answer = new Promise<EdgeMessage>((resolve) => out.once("input", (message: EdgeMessage) => resolve(message)));
  node(INFER).receive({ ...sample });
  const { prediction } = await answer;
  assert.ok(prediction?.fault === undefined, prediction?.fault?.message);
  return prediction?.model?.version;
}

const ROOT = join(__dirname, "..", "..");
const TRAINER = `
import sys
from pathlib import Path
from context_edge_trainer.ship.publish import publish
from context_edge_trainer.ship.signing import sign_folder
from context_edge_trainer.store.store import open_store

folder, key, store = sys.argv[1:]
Path(folder, "model.sig").write_bytes(sign_folder(Path(folder), Path(key)))
publish(Path(folder), open_store(store), lambda _: None)
`;

describe("a channel in S3", function () {
  this.timeout(60_000);
  const dir = scratch("channel-s3");
  const keys = join(dir, "keys");
  let s3: TestS3;
  let proxy: TcpProxy;
  let store: S3Store;
  const environment: Record<string, string | undefined> = {};

  before(async () => {
    s3 = await startVersitygw();
    proxy = await startTcpProxy(s3.port);
    store = openTestStore(s3);
    const { endpoint, credentials } = s3.options;
    for (const [name, value] of Object.entries({
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_ACCESS_KEY_ID: credentials?.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials?.secretAccessKey,
    })) {
      environment[name] = process.env[name];
      process.env[name] = value;
    }
    helper.init(require.resolve("node-red"), { userDir: join(dir, "user") });
    await new Promise<void>((resolve) => helper.startServer(resolve));
  });
  after(async () => {
    await new Promise<void>((resolve) => helper.stopServer(resolve));
    for (const [name, value] of Object.entries(environment)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await store.close();
    await proxy.stop();
    await s3.stop();
    rmSync(dir, { recursive: true, force: true });
  });
  afterEach(() => helper.unload());

  const promotion = (version: string, ...more: string[]): string[] => [
    "promote",
    MODEL,
    version,
    RING,
    `--store=s3://${s3.options.bucket}`,
    `--key=${join(keys, "pointer-key.pem")}`,
    `--trust=${join(keys, "release-key.pub.pem")}`,
    ...more,
  ];

  /** A version, signed and published by the trainer's own code, which signs with the reference library. */
  function publish(version: string, seed: number): void {
    const folder = join(dir, version);
    writeFolder(folder, files({ manifest: manifest({ version }), seed }));
    const args = [folder, join(keys, "release-key.pem"), `s3://${s3.options.bucket}`];
    execFileSync(referencePython(), ["-c", TRAINER, ...args], { cwd: join(ROOT, "trainer"), stdio: "inherit" });
  }

  /** Deploys the loop's middle; another queue is another slot, as after a restart. */
  async function deploy(queue: number, change: object = {}): Promise<void> {
    await helper.unload();
    const { bucket, credentials } = s3.options;
    const [release_keys, pointer_keys] = ["release", "pointer"].map((name) =>
      readFileSync(join(keys, `${name}-key.pub.pem`), "utf8"),
    );
    const flow = [
      { id: "f00000000000000c", type: "tab" },
      { id: DEVICE, type: "context-edge-device", data_dir: join(dir, "data"), ring: RING },
      {
        id: OBJECTS,
        type: "context-edge-objects",
        kind: "s3",
        bucket,
        endpoint: `http://127.0.0.1:${proxy.port}`,
      },
      {
        id: MODEL_NODE,
        type: "context-edge-model",
        source: "channel",
        model: MODEL,
        device: DEVICE,
        objects: OBJECTS,
        release_keys,
        pointer_keys,
        queue_limit: queue,
        placement: "in-process",
        ...change,
      },
      { id: INFER, z: "f00000000000000c", type: "tensorrt-infer", model: MODEL_NODE, wires: [[OUT]] },
      { id: OUT, z: "f00000000000000c", type: "helper" },
    ];
    const secrets = { access_key: credentials?.accessKeyId ?? "", secret_key: credentials?.secretAccessKey ?? "" };
    await helper.load([device, objects, model, infer], flow, { [OBJECTS]: secrets });
  }

  async function testChannel(change: object = {}): Promise<{ ok: boolean; text: string }> {
    const [release_keys, pointer_keys] = ["release", "pointer"].map((name) =>
      readFileSync(join(keys, `${name}-key.pub.pem`), "utf8"),
    );
    const body = { model: MODEL, ring: "", objects: OBJECTS, device: DEVICE, release_keys, pointer_keys, ...change };
    const request = helper.request() as {
      post(path: string): { send(b: object): Promise<{ body: { ok: boolean; text: string } }> };
    };
    return (await request.post("/context-edge/context-edge-model/test").send(body)).body;
  }

  it("keys are made once, for this user alone", async () => {
    const made = await command("keys", "new", "--out", keys);
    assert.equal(made.code, 0, made.said);
    assert.equal(statSync(join(keys, "release-key.pem")).mode & 0o777, 0o600);
    const before = readFileSync(join(keys, "release-key.pem"));
    const again = await command("keys", "new", "--out", keys);
    assert.deepEqual([again.code, /key-exists: .*is there already/.test(again.said)], [2, true], again.said);
    assert.ok(before.equals(readFileSync(join(keys, "release-key.pem"))));
  });

  it("a release that the trainer published verifies by the command, in a folder and in S3", async () => {
    publish("1.0.0", 7);
    publish("2.0.0", 8);
    const trust = ["--trust", join(keys, "release-key.pub.pem")];
    const [folder, object, foreign] = await Promise.all([
      command("verify", join(dir, "1.0.0"), ...trust),
      command("verify", `s3://${s3.options.bucket}/releases/${MODEL}/1.0.0.json`, ...trust),
      command("verify", join(dir, "1.0.0"), "--trust", join(keys, "pointer-key.pub.pem")),
    ]);
    assert.deepEqual([folder.code, object.code], [0, 0], folder.said + object.said);
    assert.equal(folder.said, object.said);
    assert.match(folder.said, /^small 1\.0\.0, made .*\nsigned by [0-9a-f]{64}\n.*\n4 files, .* 3 golden samples/);
    assert.deepEqual([foreign.code, /signature-untrusted/.test(foreign.said)], [3, true], foreign.said);
  });

  it("the command points a ring to it, says what changes, and tensorrt-infer serves it", async () => {
    const promoted = await command(...promotion("1.0.0", "--reason", "first", "--expect", "0", "--expires", "30d"));
    assert.equal(promoted.code, 0, promoted.said);
    assert.match(promoted.said, /small\/stable: pointer none → 1\nversion none → 1\.0\.0\n/);
    await deploy(10);
    await shows(/^green .*small 1\.0\.0/);
    assert.equal(await served(), "1.0.0");
    const tested = await testChannel();
    assert.match(
      tested.text,
      /small\/stable names 1\.0\.0 \(pointer 1 of .*, expires .*\); its bundle is signed by .*its 4 files are there/,
    );
    assert.equal(tested.ok, true);
    const stranger = await testChannel({ pointer_keys: readFileSync(join(keys, "release-key.pub.pem"), "utf8") });
    assert.deepEqual([stranger.ok, /says that it is signed by/.test(stranger.text)], [false, true], stranger.text);
    const nowhere = await testChannel({ ring: "pilot" });
    assert.deepEqual(
      [nowhere.ok, /has no channels\/small\/pilot\.json/.test(nowhere.text)],
      [false, true],
      nowhere.text,
    );
  });

  it("without S3 what served last serves, and when it is back the newer release takes over by itself", async () => {
    const promoted = await command(...promotion("2.0.0"));
    assert.equal(promoted.code, 0, promoted.said);
    proxy.set({ kind: "refuse" });
    await deploy(11);
    await shows(/^yellow small 1\.0\.0 · objects-unreachable/);
    assert.equal(await served(), "1.0.0");
    proxy.set({ kind: "none" });
    await shows(/^green .*small 2\.0\.0/);
    assert.equal(await served(), "2.0.0");
  });

  it("an older pointer that is put back is refused, and so is one that nobody trusted has signed", async () => {
    const current = await store.get(channelKey(CHANNEL));
    const promoted = await command(...promotion("1.0.0", "--reason", "going back"));
    assert.equal(promoted.code, 0, promoted.said);
    assert.match(promoted.said, /pointer 2 → 3\nversion 2\.0\.0 → 1\.0\.0\n/);
    await deploy(12);
    await shows(/^green .*small 1\.0\.0/);
    await store.put(channelKey(CHANNEL), current?.body ?? Buffer.of());
    await deploy(13);
    await shows(/^yellow small 1\.0\.0 · pointer-older/);
    const stale = await command(...promotion("2.0.0", "--expect", "3"));
    assert.deepEqual([stale.code, /pointer-downgrade/.test(stale.said)], [3, true], stale.said);
    const after = await command(...promotion("2.0.0", "--after", "3", "--revoke", "1.0.0"));
    assert.equal(after.code, 0, after.said);
    assert.match(after.said, /pointer 2 → 4\n[^]*revokes [0-9a-f]{64}/);
    await shows(/^green .*small 2\.0\.0/);
    const revoked = await command(...promotion("1.0.0"));
    assert.deepEqual([revoked.code, /release-revoked/.test(revoked.said)], [3, true], revoked.said);
    const strange = (await publishForeign()).said;
    assert.match(strange, /signature-untrusted/);
  });

  /** A promotion with another pointer key than the one that has signed so far. */
  function publishForeign(): Promise<Ended> {
    return command(...promotion("2.0.0"), "--key", join(keys, "release-key.pem"));
  }

  it("a cache that was damaged without S3 serves nothing, says so, and mends itself when S3 is back", async () => {
    proxy.cut(/./);
    const cache = join(dir, "data", "models", MODEL);
    assert.ok(existsSync(cache));
    for (const name of readdirSync(cache)) writeFileSync(join(cache, name), "damaged");
    proxy.set({ kind: "refuse" });
    await deploy(14);
    await shows(/^red objects-unreachable/);
    proxy.set({ kind: "none" });
    await shows(/^green .*small 2\.0\.0/);
    assert.equal(await served(), "2.0.0");
  });

  it("a flipped bit in a blob is refused by the command and by the device", async () => {
    const onnx = readFileSync(join(dir, "1.0.0", "model.onnx"));
    const changed = onnx.map((byte, i) => (i === 100 ? byte ^ 1 : byte));
    await store.put(blobKey(sha256(onnx)), changed);
    const said = await command(...promotion("1.0.0"));
    assert.deepEqual([said.code, /blob-mismatch/.test(said.said)], [3, true], said.said);
  });

  it("a node without keys, with a private key or without a store says so", async () => {
    for (const [change, reason] of [
      [{ release_keys: "" }, /release_keys is not set/],
      [{ pointer_keys: readFileSync(join(keys, "pointer-key.pem"), "utf8") }, /this is a private key/],
      [{ objects: "" }, /no working context-edge-objects/],
      [{ ring: "A/B" }, /ring "A\/B" must be/],
    ] as const) {
      await deploy(15, change);
      const said = helper.log().args.map(([entry]) => String(entry.msg));
      assert.ok(
        said.some((line) => reason.test(line)),
        said.join("\n"),
      );
    }
  });
});
