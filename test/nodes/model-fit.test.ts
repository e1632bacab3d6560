import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Node, NodeAPI } from "node-red";
import helper from "node-red-node-test-helper";
import { systemClock } from "../../lib/clock";
import { DEFAULT_LOAD } from "../../lib/inference/backend";
import { OnnxBackend } from "../../lib/inference/onnx-backend";
import { ModelSlot } from "../../lib/inference/slot";
import type { EdgeMessage } from "../../lib/messages";
import type { ModelService } from "../../nodes/common/services";
import device = require("../../nodes/context-edge-device/context-edge-device");
import fuse = require("../../nodes/sensor-fuse/sensor-fuse");
import infer = require("../../nodes/tensorrt-infer/tensorrt-infer");
import { sample, source } from "../support/model-fixture";

/** Node-RED's own link nodes. */
const link = createRequire(require.resolve("node-red"))("@node-red/nodes/core/common/60-link.js") as typeof infer;

const serving = new ModelSlot(
  {
    backend: "auto",
    allowFallback: false,
    load: { ...DEFAULT_LOAD, placement: "in-process" },
    queueLimit: 10,
  },
  [new OnnxBackend()],
  systemClock,
);

function fixtureModel(RED: NodeAPI): void {
  RED.nodes.registerType("fixture-model", function (this: Node & { service?: ModelService }, config) {
    RED.nodes.createNode(this, config);
    this.service = {
      open: () => ({ value: serving, release: () => undefined }),
      labels: () => serving.manifest?.labels,
      manifest: () => serving.manifest,
    };
  });
}

/** A node that hands messages on, as a function or a switch does. */
function passNode(RED: NodeAPI): void {
  RED.nodes.registerType("pass", function (this: Node, config) {
    RED.nodes.createNode(this, config);
    this.on("input", (message, send, done) => {
      send(message);
      done();
    });
  });
}

const channels = (temperature: string, ...more: object[]) => [
  { name: "temperature", unit: temperature, required: "true" },
  ...more,
];
const CURRENT = { name: "current", unit: "A" };

const place = { z: "a1", x: 2, y: 1 };
const inside = { z: "s1", x: 1, y: 1 };
const LINKED = [
  { ...place, id: "l1", type: "link out", mode: "link", links: ["l2"], wires: [] },
  { ...place, id: "l2", type: "link in", links: ["l1"], wires: [["p1"]] },
  { ...place, id: "p1", type: "pass", wires: [["i1"]] },
];

/** A subflow with one input and one output, and its instance before the model. */
const subflow = (into: string, outOf: string, ...nodes: object[]): object[] => [
  {
    id: "s1",
    type: "subflow",
    name: "between",
    in: [{ x: 1, y: 1, wires: [{ id: into }] }],
    out: outOf === "" ? [] : [{ x: 9, y: 1, wires: [{ id: outOf, port: 0 }] }],
  },
  ...nodes.map((node) => ({ ...inside, ...node })),
  { ...place, id: "b1", type: "subflow:s1", wires: outOf === "" ? [] : [["i1"]] },
];
const call = (links: string[]): object => ({ id: "c1", type: "link call", linkType: "static", links, wires: [[]] });

/** What may stand between the two, and what the sensor-fuse is wired to. */
const WAYS: [string, string, object[]][] = [
  [
    "links within a subflow",
    "b1",
    subflow(
      "l1",
      "l2",
      { id: "l1", type: "link out", mode: "link", links: ["l2"], wires: [] },
      { id: "l2", type: "link in", links: ["l1"], wires: [[]] },
    ),
  ],
  [
    "a link call, by which the model is called",
    "c1",
    [
      { ...place, ...call(["l2"]) },
      { ...place, id: "l2", type: "link in", links: [], wires: [["i1"]] },
    ],
  ],
  [
    "a link call in a subflow, into another sheet",
    "b1",
    [...subflow("c1", "", call(["l2"])), { ...place, id: "l2", type: "link in", links: [], wires: [["i1"]] }],
  ],
  [
    "a link call within a subflow",
    "b1",
    subflow("c1", "l2", call(["l2"]), { id: "l2", type: "link in", links: [], wires: [[]] }),
  ],
];

const statuses = (): { fill: string; text: string }[] => {
  const { status } = helper.getNode("i1") as unknown as { status: { args: [{ fill: string; text: string }][] } };
  return status.args.map(([shown]) => shown);
};

function judge(): Promise<EdgeMessage> {
  const answer = new Promise<EdgeMessage>((resolve) => helper.getNode("o1").on("input", resolve));
  const fusing = helper.getNode("f1");
  fusing.receive({ payload: sample.sensor_data });
  fusing.receive({ scan: { id: "1", code: "A", raw: "A", at: "" }, context: sample.context, payload: {} });
  return answer;
}

async function shows(fill: string): Promise<string> {
  for (;;) {
    const last = statuses().at(-1);
    if (last?.fill === fill) return last.text;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe("tensorrt-infer behind sensor-fuse", () => {
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "fit-node-"));
    await serving.activate(source());
    await new Promise<void>((resolve) => helper.startServer(resolve));
  });
  afterEach(() => helper.unload());
  after((done) => {
    rmSync(folder, { recursive: true, force: true });
    void serving.close().then(() => helper.stopServer(done));
  });

  async function load(rows: object[], fuseWires = [["l1"]], between: object[] = LINKED): Promise<void> {
    await helper.load(
      [device, fuse, fixtureModel, passNode, infer, link],
      [
        { id: "a1", type: "tab" },
        { id: "d1", type: "context-edge-device", data_dir: folder, assets: [{ id: "motor-1" }] },
        { id: "m1", type: "fixture-model" },
        {
          id: "f1",
          z: "a1",
          x: 1,
          y: 1,
          type: "sensor-fuse",
          name: "press",
          device: "d1",
          channels: rows,
          wires: fuseWires,
        },
        ...between,
        { id: "i1", z: "a1", x: 5, y: 1, type: "tensorrt-infer", model: "m1", wires: [["o1"]] },
        { id: "o1", z: "a1", x: 6, y: 1, type: "helper" },
      ],
    );
  }

  it("is green where they fit, and judges", async () => {
    await load(channels("degC", CURRENT));
    assert.match(await shows("green"), /^ONNX/);
    const { prediction } = await judge();
    assert.equal(typeof prediction?.label, "string");
  });

  it("is red at deploy where a unit differs, and judges no sample of it", async () => {
    await load(channels("°F", CURRENT));
    assert.match(await shows("red"), /^channel-unit: temperature is in °F in press, small 1\.0\.0 wa/);
    const { prediction } = await judge();
    assert.deepEqual(prediction?.fault, {
      code: "channel-unit",
      message: "temperature is in °F, the model was trained in °C",
    });
  });

  it("is red at deploy where nobody gives a channel", async () => {
    await load(channels("°C"));
    assert.match(await shows("red"), /^channel-missing: current is a channel of small 1\.0\.0, and p/);
  });

  for (const [where, first, between] of WAYS) {
    it(`finds its sensor-fuse over ${where}`, async () => {
      await load(channels("°F", CURRENT), [[first]], between);
      assert.match(await shows("red"), /^channel-unit: temperature is in °F in press/);
    });
  }

  it("asks nothing of a sensor-fuse that is not wired to it, or by output 2 alone", async () => {
    await load(channels("°F"), [[], ["l1"]]);
    assert.match(await shows("green"), /^ONNX/);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(
      statuses().filter(({ fill }) => fill === "red"),
      [],
    );
  });
});
