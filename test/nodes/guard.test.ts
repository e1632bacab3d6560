import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import helper from "node-red-node-test-helper";
import type { EdgeMessage } from "../../lib/messages";
import { until } from "../support/process";
import device = require("../../nodes/context-edge-device/context-edge-device");
import decision = require("../../nodes/decision/decision");
import fuse = require("../../nodes/sensor-fuse/sensor-fuse");
import infer = require("../../nodes/tensorrt-infer/tensorrt-infer");

const SCAN = { id: "018f0000-0000-7000-8000-000000000001", code: "A", raw: "A", at: "2026-01-01T00:00:00.000Z" };
const CONTEXT = { product: "Motor Assembly Type A", thresholds: { temp_warning: 85, temp_critical: 95 } };
const DELETED = "9999999999999999";

const flow = (dataDir: string): object[] => [
  { id: "f1", type: "tab" },
  {
    id: "d1",
    type: "context-edge-device",
    data_dir: dataDir,
    assets: [{ id: "motor-1", line: "line-1", station: "test-1", readers: "" }],
  },
  {
    id: "n1",
    z: "f1",
    type: "sensor-fuse",
    device: "d1",
    channels: [{ name: "temperature", source: "wire", match: "", unit: "°C", max_age_ms: "60000", required: "true" }],
    wires: [["n2"], ["n3"]],
  },
  { id: "n2", z: "f1", type: "tensorrt-infer", model: DELETED, wires: [["n3"]] },
  { id: "n3", z: "f1", type: "decision", device: "d1", model: DELETED, wires: [["alarms"], ["reviews"], ["judged"]] },
  ...["alarms", "reviews", "judged"].map((id) => ({ id, z: "f1", type: "helper" })),
];

function scanAt(temperature: number): void {
  helper.getNode("n1").receive({ topic: "temperature", payload: temperature });
  helper.getNode("n1").receive({ scan: SCAN, context: CONTEXT });
}

describe("a line whose model was deleted", () => {
  let dataDir: string;
  before(() => new Promise<void>((resolve) => helper.startServer(resolve)));
  after(() => new Promise<void>((resolve) => helper.stopServer(resolve)));
  beforeEach(() => (dataDir = mkdtempSync(join(tmpdir(), "guard-"))));
  afterEach(async () => {
    await helper.unload();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it("still raises an alarm when the temperature passes temp_critical", async () => {
    await helper.load([device, fuse, infer, decision], flow(dataDir));
    const heard: Record<string, EdgeMessage[]> = { alarms: [], reviews: [], judged: [] };
    for (const [id, into] of Object.entries(heard)) helper.getNode(id).on("input", (message) => into.push(message));
    scanAt(75);
    scanAt(96);
    await until("an alarm", () => heard["alarms"]?.length === 1 && heard["judged"]?.length === 2);
    const [alarm] = heard["alarms"] ?? [];
    assert.deepEqual(
      [alarm?.event?.kind, alarm?.mer?.label, alarm?.mer?.severity, alarm?.mer?.asset_id, alarm?.mer?.durable],
      ["raised", "limit:temperature", "critical", "motor-1", true],
    );
    assert.deepEqual(alarm?.mer?.evidence.limits, [{ channel: "temperature", value: 96, limit: 95 }]);
    assert.deepEqual(
      heard["judged"]?.map(({ decision: made, prediction }) => [made?.outcome, prediction?.fault?.code]),
      [
        ["unjudged", "no-model"],
        ["alert", "no-model"],
      ],
    );
    assert.deepEqual(heard["reviews"], []);
  });
});
