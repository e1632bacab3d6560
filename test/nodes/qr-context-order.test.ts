import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import type { Socket } from "node:net";
import { hooks, type Node } from "node-red";
import helper from "node-red-node-test-helper";
import type { EdgeMessage } from "../../lib/messages";
import device = require("../../nodes/context-edge-device/context-edge-device");
import store = require("../../nodes/context-edge-store/context-edge-store");
import qrContext = require("../../nodes/qr-context/qr-context");
import { scratch } from "../support/cache";
import { until } from "../support/process";
import { RespServer, type Answer } from "../support/resp-server";

const IN_FLIGHT = 64;
const SLOW_MS = 20;
const TAB = "f000000000000001";
const [DEVICE, STORE, QR, FOUND, NONE] = [1, 2, 3, 4, 5].map((n) => `100000000000000${n}`);

/** Every reply late; every fifth code is refused. */
const slowly: Answer = ([name = "", key = ""], connection) => {
  if (name.toLowerCase() !== "getrange") return name.toLowerCase() === "ping" ? "+PONG\r\n" : "+OK\r\n";
  const reply = Number(key.split("-")[1]) % 5 === 0 ? "-LOADING\r\n" : '$7\r\n{"v":1}\r\n';
  setTimeout((to: Socket) => !to.destroyed && to.write(reply), SLOW_MS, connection);
  return undefined;
};
const never: Answer = ([name = ""]) => (name.toLowerCase() === "ping" ? "+PONG\r\n" : undefined);

const node = (id: string): Node => helper.getNode(id) as object as Node;

const status = (): string | undefined =>
  (node(QR) as unknown as { status: { lastCall: { args: [{ text: string }] } | null } }).status.lastCall?.args[0].text;
const scanAll = (): void => {
  for (let i = 0; i < IN_FLIGHT; i++) {
    const payload = i % 4 === 0 ? "NOREAD" : `part-${i}`;
    node(QR).receive({ payload, reader: `reader-${1 + (i % 2)}`, sequence: i });
  }
};

describe("qr-context under load", function () {
  this.timeout(20_000);
  let server: RespServer;
  let dataDir: string;
  let completed: Map<number, number>;
  let arrived: EdgeMessage[];

  before(() => new Promise<void>((resolve) => helper.startServer(resolve)));
  after(() => new Promise<void>((resolve) => helper.stopServer(resolve)));
  beforeEach(async () => {
    dataDir = scratch("qr-order");
    server = await RespServer.start(slowly);
    completed = new Map();
    arrived = [];
    // What is completed is the message itself or a copy: its number survives both.
    hooks.add("onComplete.count", ({ msg, node: { id } }: { msg: { sequence: number }; node: { id: string } }) => {
      if (id === QR) completed.set(msg.sequence, (completed.get(msg.sequence) ?? 0) + 1);
    });
    await helper.load([device, store, qrContext], flow());
    for (const id of [FOUND, NONE])
      node(id).on("input", (message, _send, done) => {
        arrived.push(message);
        done();
      });
    await until("connected", () => status() === "redis");
  });
  afterEach(async () => {
    hooks.remove("*.count");
    await helper.unload();
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const flow = (): object[] => [
    { id: TAB, type: "tab" },
    {
      id: DEVICE,
      type: "context-edge-device",
      data_dir: dataDir,
      assets: [1, 2].map((n) => ({ id: `motor-${n}`, line: "l", station: "s", readers: `reader-${n}` })),
    },
    { id: STORE, type: "context-edge-store", device: DEVICE, kind: "redis", url: server.url, cache: false },
    {
      id: QR,
      z: TAB,
      type: "qr-context",
      device: DEVICE,
      store: STORE,
      deadline_ms: "5000",
      debounce_ms: "0",
      wires: [[FOUND], [NONE]],
    },
    { id: FOUND, z: TAB, type: "helper" },
    { id: NONE, z: TAB, type: "helper" },
  ];
  const sequenceOf = (asset: string): unknown[] =>
    arrived.filter((message) => message.asset?.id === asset).map((message) => message["sequence"]);

  it("keeps each asset's order over both outputs, and completes each message once", async () => {
    scanAll();
    await until("all are sent", () => arrived.length === IN_FLIGHT);
    await until("all are complete", () => completed.size === IN_FLIGHT);
    for (const [asset, first] of [
      ["motor-1", 0],
      ["motor-2", 1],
    ] as const)
      assert.deepEqual(
        sequenceOf(asset),
        Array.from({ length: IN_FLIGHT / 2 }, (_, i) => first + 2 * i),
      );
    assert.deepEqual([...new Set(completed.values())], [1]);
    const failures = new Set(arrived.map(({ unusable }) => unusable?.code));
    assert.deepEqual(failures, new Set([undefined, "scan-no-read", "context-unavailable"]));
  });

  it("answers every pending lookup when it closes", async () => {
    server.answer = never;
    scanAll();
    await until("the no-reads at the head are sent", () => arrived.length > 0);
    await helper.unload();
    await until("all are complete", () => completed.size === IN_FLIGHT);
    assert.deepEqual([...new Set(completed.values())], [1]);
  });
});
