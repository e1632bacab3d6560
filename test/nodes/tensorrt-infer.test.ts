import assert from "node:assert/strict";
import type { Node, NodeAPI, NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import { systemClock } from "../../lib/clock";
import { DEFAULT_LOAD } from "../../lib/inference/backend";
import { OnnxBackend } from "../../lib/inference/onnx-backend";
import { Registry } from "../../lib/storage/registry";
import { ModelSlot } from "../../lib/inference/slot";
import type { EdgeMessage } from "../../lib/messages";
import type { ModelService } from "../../nodes/common/services";
import model = require("../../nodes/context-edge-model/context-edge-model");
import infer = require("../../nodes/tensorrt-infer/tensorrt-infer");
import { answer, sample, source } from "../support/model-fixture";

/** A config node whose slot serves the small model of the fixtures: the package's own knows bundled models only. */
const slots = new Registry<ModelSlot>(systemClock, 5_000);
let serving: ModelSlot;
let opened = 0;
function fixtureModel(RED: NodeAPI): void {
  RED.nodes.registerType("fixture-model", function (this: Node & { service?: ModelService }, config) {
    RED.nodes.createNode(this, config);
    this.service = {
      open: () => slots.acquire("small", opened, () => serving),
      labels: () => serving.manifest?.labels,
      manifest: () => serving.manifest,
    };
  });
}

async function serve(): Promise<void> {
  opened++;
  const load = { ...DEFAULT_LOAD, placement: "in-process" } as const;
  serving = new ModelSlot(
    { backend: "auto", allowFallback: false, load, queueLimit: 10 },
    [new OnnxBackend()],
    systemClock,
  );
  await serving.activate(source());
}

function node(id: string): Node {
  const found: object = helper.getNode(id);
  return found as Node;
}

const flow = (config: object, type = "context-edge-model"): object[] => [
  { id: "f000000000000001", type: "tab" },
  { id: "1000000000000001", type, ...config },
  {
    id: "1000000000000002",
    z: "f000000000000001",
    type: "tensorrt-infer",
    model: "1000000000000001",
    why: true,
    wires: [["1000000000000003"]],
  },
  { id: "1000000000000003", z: "f000000000000001", type: "helper" },
];

/** As the simulated plant's contexts stand in its store. */
function plantContext(type: string, temperature: number, current: number): Record<string, unknown> {
  return {
    product: `Motor Assembly Type ${type}`,
    recipe: "standard",
    asset_id: "motor-1",
    normal: { vibration_x: 1.3, vibration_y: 1.05, temperature, current },
  };
}

interface Status {
  fill: string;
  shape: string;
  text: string;
}

/** The status once it satisfies; the helper spies on every node's status(). */
async function status(accept: (status: Status) => boolean): Promise<Status> {
  const spy = (node("1000000000000002") as unknown as { status: { lastCall: { args: [Status] } | null } }).status;
  for (;;) {
    const shown = spy.lastCall?.args[0];
    if (shown && accept(shown)) return shown;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function send(message: EdgeMessage): Promise<EdgeMessage> {
  const out = node("1000000000000003");
  return new Promise((resolve) => {
    out.once("input", (received: EdgeMessage) => resolve(received));
    node("1000000000000002").receive(message as NodeMessage);
  });
}

describe("tensorrt-infer", () => {
  before(() => new Promise<void>((resolve) => helper.startServer(resolve)));
  after(() => new Promise<void>((resolve) => helper.stopServer(resolve)));
  afterEach(() => helper.unload());
  after(() => serving.close());

  it("adds a prediction, points the payload at it, and leaves the rest of the message alone", async () => {
    await serve();
    await helper.load([fixtureModel, infer], flow({}, "fixture-model"));
    const received = await send({ ...sample, topic: "motor-1", mine: 1, payload: sample.sensor_data });
    const { prediction } = received;
    assert.ok(prediction && prediction.label !== null);
    assert.ok(Math.abs((prediction.confidence ?? 0) - answer(1, 40, 1)[prediction.label]) < 1e-4);
    assert.equal(received.payload, prediction);
    assert.equal(prediction.why?.length, 2);
    const { prediction: _, payload: __, _msgid, ...rest } = received;
    assert.deepEqual(rest, { ...sample, topic: "motor-1", mine: 1 });
    assert.deepEqual(await status(({ fill }) => fill === "green"), {
      fill: "green",
      shape: "dot",
      text: "ONNX · CPU · small 1.0.0",
    });
  });

  it("hands on what cannot be judged, with the reason, and shows it until one can", async () => {
    await serve();
    await helper.load([fixtureModel, infer], flow({}, "fixture-model"));
    const { prediction } = await send({ sensor_data: { temperature: 71, current: null }, context: sample.context });
    assert.deepEqual(
      [prediction?.label, prediction?.fault?.code, prediction?.model?.name],
      [null, "channel-missing", "small"],
    );
    assert.match((await status(({ fill }) => fill === "yellow")).text, /^not judged: current/);
    const unusable = await send({
      ...sample,
      unusable: { code: "stale", channel: "temperature", reason: "temperature is stale" },
    });
    assert.deepEqual(unusable.prediction?.fault, { code: "unusable", message: "temperature is stale" });
    await send({ ...sample });
    await status(({ fill }) => fill === "green");
  });

  it("serves the package's own model, for which the same reading is normal for one product and a fault for another", async () => {
    await helper.load([model, infer], flow({ source: "bundled" }));
    await status(({ fill, text }) => fill === "green" && text.startsWith("ONNX · CPU"));
    const sensor_data = { vibration_x: 1.5, vibration_y: 1.2, temperature: 71, current: 11.9 };
    const label = async (context: Record<string, unknown>): Promise<string | null | undefined> =>
      (await send({ sensor_data, context })).prediction?.label;
    assert.equal(await label(plantContext("B", 70, 11.5)), "normal");
    assert.equal(await label(plantContext("A", 55, 8)), "motor_overload");
    const { prediction } = await send({ sensor_data, context: plantContext("N", 70, 11.5) });
    assert.equal(prediction?.label, "normal");
    assert.deepEqual(prediction?.unknown, { product: "Motor Assembly Type N" });
  });

  it("collects only, when told to have no model", async () => {
    await helper.load([model, infer], flow({ source: "none" }));
    const { prediction } = await send({ ...sample });
    assert.deepEqual([prediction?.label, prediction?.model, prediction?.fault?.code], [null, null, "no-model"]);
    assert.deepEqual(await status(() => true), { fill: "grey", shape: "ring", text: "collect only" });
  });

  it("says why there is no model, in the status and on every message", async () => {
    await helper.load([model, infer], flow({ source: "bundled", model: "no-such-model" }));
    assert.match((await status(({ fill }) => fill === "red")).text, /^bundled-unknown: no bundled model/);
    const { prediction } = await send({ ...sample });
    assert.deepEqual([prediction?.label, prediction?.fault?.code], [null, "bundled-unknown"]);
  });

  it("hands samples on unjudged when its model is configured wrongly or deleted: the limits behind it still guard", async () => {
    await helper.load([model, infer], flow({ source: "bundled", threads: "many" }));
    const { prediction } = await send({ ...sample });
    assert.deepEqual([prediction?.label, prediction?.fault?.code], [null, "no-model"]);
    assert.match(prediction?.fault?.message ?? "", /its context-edge-model does not work: .*threads is "many"/);
  });

  it("serves on over a deploy: the slot outlives its nodes, and nothing is loaded again", async () => {
    await serve();
    const states: string[] = [];
    serving.onChange(({ phase }) => states.push(phase));
    await helper.load([fixtureModel, infer], flow({}, "fixture-model"));
    assert.notEqual((await send({ ...sample })).prediction?.label, null);
    await helper.unload();
    await helper.load([fixtureModel, infer], flow({}, "fixture-model"));
    assert.notEqual((await send({ ...sample })).prediction?.label, null);
    assert.deepEqual(states, []);
  });
});
