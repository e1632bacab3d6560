import { join } from "node:path";
import helper from "node-red-node-test-helper";
import type { EdgeMessage, Ldo } from "../../lib/messages";
import { readLdos } from "./segments";
import device = require("../../nodes/context-edge-device/context-edge-device");
import objects = require("../../nodes/context-edge-objects/context-edge-objects");
import emit = require("../../nodes/ldo-emit/ldo-emit");

export const [DEVICE, OBJECTS, EMIT, STORED, UPLOADED, CATCH, ERRORS, SECOND] = [1, 2, 3, 4, 5, 6, 7, 8].map(
  (n) => `200000000000000${n}`,
);

interface TestNode {
  receive(message: object): void;
  close(removed: boolean): Promise<void>;
  on(event: "input", listener: (message: EdgeMessage) => void): void;
  on(event: "call:status", listener: (call: { args: [{ fill: string; shape: string; text: string }] }) => void): void;
}

export function node(id: string): TestNode {
  const found: unknown = helper.getNode(id);
  return found as TestNode;
}

/** An ldo-emit node with something on each output, as it runs in Node-RED, into a folder. */
export class Sheet {
  readonly stored: EdgeMessage[] = [];
  readonly uploaded: EdgeMessage[] = [];
  readonly errors: (EdgeMessage & { error: { message: string } })[] = [];
  status = "";
  colour = "";

  private constructor(private readonly dir: string) {
    const collect = (id: string, into: EdgeMessage[]): void =>
      node(id).on("input", (message) => void into.push(message));
    collect(STORED, this.stored);
    collect(UPLOADED, this.uploaded);
    collect(ERRORS, this.errors);
    node(EMIT).on("call:status", ({ args: [{ fill, shape, text }] }) => {
      this.status = text;
      this.colour = `${fill} ${shape}`;
    });
  }

  static async load(dir: string, config: object = {}, second?: object, more: object[] = []): Promise<Sheet> {
    const z = "f000000000000002";
    const emitter = { z, type: "ldo-emit", device: DEVICE, objects: OBJECTS };
    const flow = [
      { id: z, type: "tab" },
      {
        id: DEVICE,
        type: "context-edge-device",
        device_id: "edge-1",
        mode: "live",
        data_dir: join(dir, "data"),
        line: "line-1",
      },
      { id: OBJECTS, type: "context-edge-objects", kind: "folder", folder: join(dir, "bucket") },
      { ...emitter, id: EMIT, ...config, wires: [[STORED], [UPLOADED]] },
      ...(second ? [{ ...emitter, id: SECOND, ...second, wires: [[], []] }] : []),
      { id: STORED, z, type: "helper" },
      { id: UPLOADED, z, type: "helper" },
      { id: CATCH, z, type: "catch", wires: [[ERRORS]] },
      { id: ERRORS, z, type: "helper" },
      ...more,
    ];
    await helper.load([device, objects, emit], flow);
    return new Sheet(dir);
  }

  send(...messages: object[]): void {
    for (const message of messages) node(EMIT).receive(message);
  }

  /** Objects in the bucket, segment by segment. */
  bucket(): Ldo[] {
    return readLdos(join(this.dir, "bucket"));
  }
}
