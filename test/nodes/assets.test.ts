import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { hooks } from "node-red";
import helper from "node-red-node-test-helper";
import type { EdgeMessage } from "../../lib/messages";
import { scratch } from "../support/cache";
import { RandomMessages } from "../support/random-messages";
import { until } from "../support/process";
import decision = require("../../nodes/decision/decision");
import device = require("../../nodes/context-edge-device/context-edge-device");
import fuse = require("../../nodes/sensor-fuse/sensor-fuse");
import qrContext = require("../../nodes/qr-context/qr-context");
import store = require("../../nodes/context-edge-store/context-edge-store");

const [TAB, DEVICE, STORE, QR, FUSE, DECIDE, SINK, CATCH, CAUGHT] = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(
  (n) => `4a0000000000000${n}`,
);
const SCAN = { id: "018f0000-0000-7000-8000-000000000001", code: "A100", raw: "A100", at: "2026-01-01T00:00:00.000Z" };

interface TestNode {
  receive(message: object): void;
  on(event: "input", listener: (message: EdgeMessage & { error?: { message: string } }) => void): void;
}

const node = (id: string | undefined): TestNode => helper.getNode(id ?? "");

describe("several assets in Node-RED", function () {
  this.timeout(60_000);
  let dir: string;
  let sent: EdgeMessage[];
  let errors: string[];

  before(() => new Promise<void>((resolve) => helper.startServer(resolve)));
  after(() => new Promise<void>((resolve) => helper.stopServer(resolve)));
  beforeEach(() => {
    dir = scratch("assets");
    sent = [];
    errors = [];
  });
  afterEach(async () => {
    hooks.remove("*.answers");
    await helper.unload();
    rmSync(dir, { recursive: true, force: true });
  });

  async function load(assets: object[], fusing: object = {}): Promise<void> {
    const at = { z: TAB, device: DEVICE };
    await helper.load(
      [device, store, qrContext, fuse, decision],
      [
        { id: TAB, type: "tab" },
        { id: DEVICE, type: "context-edge-device", device_id: "edge-1", data_dir: dir, assets },
        { id: STORE, type: "context-edge-store", device: DEVICE, kind: "embedded" },
        { ...at, id: QR, type: "qr-context", store: STORE, wires: [[SINK], [SINK]] },
        {
          ...at,
          id: FUSE,
          type: "sensor-fuse",
          trigger: "any",
          channels: [{ name: "temperature", source: "wire", max_age_ms: "60000" }],
          wires: [[SINK], [SINK]],
          ...fusing,
        },
        { ...at, id: DECIDE, type: "decision", wires: [[SINK], [SINK], [SINK]] },
        { id: SINK, z: TAB, type: "helper" },
        { id: CATCH, z: TAB, type: "catch", scope: null, wires: [[CAUGHT]] },
        { id: CAUGHT, z: TAB, type: "helper" },
      ],
    );
    node(SINK).on("input", (message) => void sent.push(message));
    node(CAUGHT).on("input", ({ error }) => void errors.push(error?.message ?? ""));
  }

  it("refuses a table that names two things alike, and every message says which", async () => {
    await load([
      { id: "press-1", readers: "gate" },
      { id: "press-2", readers: "camera, gate" },
    ]);
    for (const id of [QR, FUSE, DECIDE]) node(id).receive({ payload: "A100" });
    await until("all are answered", () => errors.length === 3);
    for (const error of errors) assert.match(error, /reader "gate" stands at "press-1" and at "press-2"/);
  });

  it("ends a run after the field and the factor of the dialog, and says so on output 2", async () => {
    await load([{ id: "press-1" }, { id: "press-2" }], { run_runtime_field: "recipe.s", run_factor: "2" });
    const context = { recipe: { s: 0.1 } };
    node(FUSE).receive({ scan: SCAN, context, topic: "press-1" });
    node(FUSE).receive({ topic: "press-1/temperature", payload: 80 });
    await until("the run is over", () => sent.some(({ event }) => event?.kind === "run-timeout"));
    node(FUSE).receive({ topic: "press-1/temperature", payload: 81 });
    node(FUSE).receive({ topic: "press-3/temperature", payload: 82 });
    await until("all came", () => sent.length === 4);
    const [within, timeout, after, stranger] = sent as [EdgeMessage, EdgeMessage, EdgeMessage, EdgeMessage];
    assert.deepEqual([within.context, within.run?.phase, within.unusable], [context, "start", undefined]);
    assert.equal(timeout.event?.cause, "recipe.s 0.1 s × 2 = 0.2 s have passed");
    assert.deepEqual([after.context, after.run, after.unusable?.code], [undefined, undefined, "run-over"]);
    assert.equal(stranger.unusable?.code, "asset-unknown");
    assert.deepEqual(errors, []);
  });

  it("answers each of 4,000 random messages at each node exactly once", async () => {
    const MESSAGES = 4_000;
    await load([{ id: "motor-1", readers: "reader-1" }, { id: "motor-2" }]);
    const nodes = [QR, FUSE, DECIDE];
    const answers = new Map<string, number>();
    interface Completed {
      msg: { number?: unknown };
      node: { id: string };
    }
    hooks.add("onComplete.answers", ({ msg, node: { id } }: Completed) => {
      const key = `${id} ${String(msg.number)}`;
      if (nodes.includes(id)) answers.set(key, (answers.get(key) ?? 0) + 1);
    });
    // Node-RED itself asks an error for its own properties, as only an object of the usual kind can tell.
    const messages = new RandomMessages({ payload: 70, topic: 60, fusion: 20, error: 0 }, 5);
    for (let n = 0; n < MESSAGES; n++) {
      for (const id of nodes) {
        node(id).receive({ ...messages.next(), number: n });
      }
      // Queues are bounded, and a plant is not a flood.
      if (n % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await until("every message is answered", () => answers.size === nodes.length * MESSAGES, 30_000);
    assert.deepEqual([...new Set(answers.values())], [1]);
  });
});
