import helper from "node-red-node-test-helper";
import type { EdgeMessage } from "../../lib/messages";
import { fusion } from "../unit/decision/support";
import device = require("../../nodes/context-edge-device/context-edge-device");
import objects = require("../../nodes/context-edge-objects/context-edge-objects");
import decision = require("../../nodes/decision/decision");
import emit = require("../../nodes/ldo-emit/ldo-emit");

const TAB = "f00000000000000d";
const ids = {
  device: "3000000000000001",
  objects: "3000000000000002",
  decision: "3000000000000003",
  emit: "3000000000000004",
};

/** decision and ldo-emit on one data folder, as they run in Node-RED. */
export class Line {
  readonly alarms: EdgeMessage[] = [];
  readonly reviews: EdgeMessage[] = [];
  readonly stored: EdgeMessage[] = [];
  readonly errors: string[] = [];
  readonly statuses: Record<string, string> = {};

  static async load(dataDir: string, bucket: string, mode = "live"): Promise<Line> {
    const limits = [{ channel: "temperature", operator: ">", value: "90", severity: "critical" }];
    await helper.load(
      [device, objects, decision, emit],
      [
        { id: TAB, type: "tab" },
        { id: ids.device, type: "context-edge-device", device_id: "edge-1", data_dir: dataDir, mode },
        { id: ids.objects, type: "context-edge-objects", kind: "folder", folder: bucket },
        {
          id: ids.decision,
          z: TAB,
          type: "decision",
          device: ids.device,
          limits,
          off_delay_s: "0",
          draw_alert_limit: "1",
          wires: [["a"], ["r"], [ids.emit]],
        },
        { id: "r", z: TAB, type: "helper" },
        { id: ids.emit, z: TAB, type: "ldo-emit", device: ids.device, objects: ids.objects, wires: [["s"], []] },
        { id: "a", z: TAB, type: "helper" },
        { id: "s", z: TAB, type: "helper" },
        { id: "c", z: TAB, type: "catch", wires: [["e"]] },
        { id: "e", z: TAB, type: "helper" },
      ],
    );
    return new Line();
  }

  private constructor() {
    helper.getNode("a").on("input", (message: EdgeMessage) => void this.alarms.push(message));
    helper.getNode("r").on("input", (message: EdgeMessage) => void this.reviews.push(message));
    helper.getNode("s").on("input", (message: EdgeMessage) => void this.stored.push(message));
    helper.getNode("e").on("input", ({ error }) => void this.errors.push((error as { message: string }).message));
    for (const name of ["decision", "emit"] as const) {
      const node = helper.getNode(ids[name]) as unknown as StatusSource;
      node.on("call:status", ({ args: [{ fill, text }] }) => (this.statuses[name] = `${fill}: ${text}`));
    }
  }

  tooHot(): void {
    this.at(99);
  }

  /** A sample with this temperature; the limit is 90. */
  at(temperature: number): void {
    helper.getNode(ids.decision).receive({
      asset: { id: "motor-1", line: "line-1", station: "" },
      sensor_data: { temperature },
      fusion: { ...fusion(), channels: { temperature: { unit: "°C", quality: "good", age_ms: 1, source: "wire" } } },
    });
  }

  command(command: object): void {
    helper.getNode(ids.decision).receive({ command });
  }

  flush(): void {
    helper.getNode(ids.emit).receive({ command: { name: "flush" } });
  }

  shows(node: string, start: string): boolean {
    return (this.statuses[node] ?? "").startsWith(start);
  }

  said(): string {
    return helper
      .log()
      .args.map(([{ msg }]) => String(msg))
      .join("\n");
  }
}

interface StatusSource {
  on(event: "call:status", listener: (call: { args: [{ fill: string; text: string }] }) => void): void;
}
