import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import helper from "node-red-node-test-helper";
import type { EdgeMessage, Ldo } from "../../lib/messages";
import { scratch } from "../support/cache";
import { ASSETS, InterleavedPlant, NODES, interleavedFlow } from "../support/interleaved-plant";
import { until } from "../support/process";
import { startRedis, type TestRedis } from "../support/redis";
import { readLdos } from "../support/segments";
import decision = require("../../nodes/decision/decision");
import device = require("../../nodes/context-edge-device/context-edge-device");
import emit = require("../../nodes/ldo-emit/ldo-emit");
import fuse = require("../../nodes/sensor-fuse/sensor-fuse");
import infer = require("../../nodes/tensorrt-infer/tensorrt-infer");
import model = require("../../nodes/context-edge-model/context-edge-model");
import objects = require("../../nodes/context-edge-objects/context-edge-objects");
import qrContext = require("../../nodes/qr-context/qr-context");
import store = require("../../nodes/context-edge-store/context-edge-store");

const PARTS = 15;

const node = (id: string): TestNode => helper.getNode(id) as unknown as TestNode;

describe("eight assets behind three readers in one flow", function () {
  this.timeout(60_000);
  let redis: TestRedis;
  let dir: string;

  before(async () => {
    redis = await startRedis();
    dir = scratch("interleaved");
    await new Promise<void>((resolve) => helper.startServer(resolve));
  });
  after(async () => {
    await helper.unload();
    await new Promise<void>((resolve) => helper.stopServer(resolve));
    await redis.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it("keep their contexts, readings, runs and order apart at 500 messages a second", async () => {
    const client = new Redis(redis.port, "127.0.0.1");
    for (const [key, value] of InterleavedPlant.contexts(PARTS)) await client.set(key, JSON.stringify(value));
    client.disconnect();
    const outlets = [NODES.found, NODES.kept].map((id) => ({ id, z: NODES.tab, type: "helper" }));
    const bucket = join(dir, "bucket");
    const nodes = [device, store, model, objects, qrContext, fuse, infer, decision, emit];
    await helper.load(nodes, [...interleavedFlow(redis.url, join(dir, "data"), bucket), ...outlets]);
    let ready = false;
    node(NODES.judge).on("call:status", ({ args }) => (ready = args[0].fill === "green"));
    const plant = new InterleavedPlant({
      scan: (message) => node(NODES.scans).receive(message),
      reading: (message) => node(NODES.readings).receive(message),
    });
    const kept: Ldo[] = [];
    node(NODES.found).on("input", (message: EdgeMessage) => plant.scanned(message));
    node(NODES.kept).on("input", ({ ldo }: EdgeMessage) => {
      kept.push(ldo as Ldo);
      plant.kept();
    });
    await until("the model serves", () => ready, 20_000);

    await plant.run(PARTS, 500);

    assert.deepEqual(plant.check(kept), { crossed: [], lost: 0, unjudged: 0 });
    assert.equal(kept.length, ASSETS.length * PARTS * 5);
    node(NODES.emit).receive({ command: { name: "flush" } });
    await until("all are in the bucket", () => readLdos(bucket).length === kept.length, 10_000);
    assert.deepEqual(plant.check(readLdos(bucket)), { crossed: [], lost: 0, unjudged: 0 });
  });

  it("would be told apart: an object of another asset, part, sample or run is found", () => {
    const sent = readLdos(join(dir, "bucket"));
    const plant = new InterleavedPlant({ scan: () => undefined, reading: () => undefined });
    const [first] = sent as [Ldo];
    const other = sent.find(({ asset_id }) => asset_id !== first.asset_id) as Ldo;
    for (const wrong of [
      { asset_id: other.asset_id },
      { context: other.context },
      { scan: other.scan },
      { sensor_data: { ...first.sensor_data, current: other.sensor_data["current"] as number } },
    ])
      assert.notEqual(plant.check([{ ...first, ...wrong }]).crossed.length, 0, JSON.stringify(wrong));
    const own = sent.filter(({ asset_id }) => asset_id === first.asset_id);
    const swapped = [...own];
    [swapped[1], swapped[2]] = [swapped[2], swapped[1]];
    assert.equal(plant.check(swapped).crossed.length, 2);
    const sixth = { ...own[5], run_id: first.run_id };
    assert.equal(plant.check([...own.slice(0, 5), sixth]).crossed.length, 1);
    assert.deepEqual(plant.check([first]).crossed, []);
    assert.equal(plant.check([{ ...first, ai_prediction: null }]).unjudged, 1);
  });
});

interface TestNode {
  receive(message: object): void;
  on(event: "input", listener: (message: EdgeMessage) => void): void;
  on(event: "call:status", listener: (call: { args: [{ fill: string }] }) => void): void;
}
