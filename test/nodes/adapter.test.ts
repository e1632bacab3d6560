import assert from "node:assert/strict";
import type { Node, NodeAPI, NodeDef } from "node-red";
import helper from "node-red-node-test-helper";
import type { EdgeMessage } from "../../lib/messages";
import { board } from "../../lib/operation/board";
import type { Queue } from "../../lib/operation/part";
import { onClose, onInput, type Send } from "../../nodes/common/adapter";
import { StatusLine } from "../../nodes/common/status";
import { until } from "../support/process";

const [SLOW, OUT, CATCH, ERRORS] = ["aa00000000000001", "aa00000000000002", "aa00000000000003", "aa00000000000004"];

/** Answers when it is told to; notes what happens in which order. */
class Slow {
  readonly answers = new Map<unknown, () => void>();
  readonly happened: string[] = [];

  register(queue: Queue): (RED: NodeAPI) => void {
    const open = (node: Node): void => {
      new StatusLine(node).set("green", "dot", "works");
      const input = (message: EdgeMessage, send: Send): Promise<void> => {
        const { payload } = message;
        return new Promise((resolve) => {
          this.answers.set(payload, () => {
            send(message);
            resolve();
          });
        });
      };
      onInput(node, input, queue);
      onClose(node, () => void this.happened.push("released"));
    };
    return (RED) => {
      RED.nodes.registerType("slow", function (this: Node, config: NodeDef) {
        RED.nodes.createNode(this, config);
        open(this);
      });
    };
  }
}

function receive(...payloads: unknown[]): void {
  for (const payload of payloads) helper.getNode(SLOW).receive({ payload, asset: { id: "motor-3" } });
}

describe("a node's input and its end", () => {
  let slow: Slow;
  let arrived: unknown[];
  let errors: { code: unknown; message: unknown; of: unknown }[];
  let status: string;

  const load = async (queue: Queue): Promise<void> => {
    const z = "f000000000000009";
    await helper.load(
      [slow.register(queue)],
      [
        { id: z, type: "tab" },
        { id: SLOW, z, type: "slow", wires: [[OUT]] },
        { id: OUT, z, type: "helper" },
        { id: CATCH, z, type: "catch", wires: [[ERRORS]] },
        { id: ERRORS, z, type: "helper" },
      ],
    );
    helper.getNode(OUT).on("input", (message) => void arrived.push(message.payload));
    helper.getNode(ERRORS).on("input", (message) => {
      const { error } = message as unknown as { error: { code?: unknown; message: unknown } };
      errors.push({ code: error.code, message: error.message, of: message.payload });
    });
    const shown = helper.getNode(SLOW) as unknown as {
      on(event: string, listener: (call: { args: [{ text: string }] }) => void): void;
    };
    shown.on("call:status", ({ args: [{ text }] }) => (status = text));
  };
  const answer = (payload: unknown): void => slow.answers.get(payload)?.();

  before(() => new Promise<void>((resolve) => helper.startServer(resolve)));
  after(() => new Promise<void>((resolve) => helper.stopServer(resolve)));
  beforeEach(() => {
    slow = new Slow();
    arrived = [];
    errors = [];
    status = "";
  });
  afterEach(() => helper.unload());

  it("refuses the newest when its queue is full, says whose it was, and takes the next when there is room", async () => {
    await load({ limit: 2, policy: "refuse" });
    receive("A", "B", "C");
    await until("the refusal", () => errors.length === 1);
    assert.equal(errors[0]?.of, "C");
    assert.match(String(errors[0]?.message), /^motor-3: 2 messages are under way, the limit: this one was refused$/);
    answer("A");
    await until("there is room", () => arrived.length === 1);
    receive("D");
    answer("B");
    answer("D");
    await until("the others", () => arrived.length === 3);
    assert.deepEqual(arrived, ["A", "B", "D"]);
    await until("the status counts it", () => status === "works · 1 refused");
    const { counts } = board.inspect().parts.find(({ identity }) => identity.id === SLOW) ?? {};
    assert.deepEqual([counts?.received, counts?.done, counts?.lost, counts?.failed.get("queue-full")], [4, 4, 1, 1]);
  });

  it("drops the oldest instead, and discards its answer", async () => {
    await load({ limit: 2, policy: "drop-oldest" });
    receive("A", "B", "C");
    await until("the dropped one", () => errors.length === 1);
    assert.equal(errors[0]?.of, "A");
    for (const payload of ["A", "B", "C"]) answer(payload);
    await until("the others", () => arrived.length === 2);
    assert.deepEqual(arrived, ["B", "C"]);
    await until("the status counts it", () => status === "works · 1 dropped");
  });

  it("answers what it has accepted before it lets go of anything", async () => {
    await load({ limit: 10, policy: "refuse" });
    receive("A");
    const out = helper.getNode(OUT);
    out.on("input", () => void slow.happened.push("arrived"));
    setTimeout(() => {
      slow.happened.push("answered");
      answer("A");
    }, 50);
    await helper.unload();
    assert.deepEqual(slow.happened, ["answered", "released"]);
  });

  it("fails what nobody answers", async () => {
    await load({ limit: 10, policy: "refuse" });
    receive("A");
    const failed = board.inspect().parts.find(({ identity }) => identity.id === SLOW)?.counts.failed;
    await helper.unload();
    assert.deepEqual([slow.happened, failed?.get("node-closed")], [["released"], 1]);
  });
});
