import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import helper from "node-red-node-test-helper";
import type { EdgeMessage, Mer, Review } from "../../lib/messages";
import { board } from "../../lib/operation/board";
import { openDatabase } from "../../lib/storage/database";
import { Outbox } from "../../lib/storage/outbox";
import device = require("../../nodes/context-edge-device/context-edge-device");
import decision = require("../../nodes/decision/decision");
import { until } from "../support/process";
import { fusion, sample } from "../unit/decision/support";

const [DEVICE, DECISION, EVENTS, REVIEW, JUDGED, CATCH, ERRORS] = [1, 2, 3, 4, 5, 6, 7].map(
  (n) => `100000000000000${n}`,
);

interface TestNode {
  receive(message: object): void;
  on(event: "input", listener: (message: EdgeMessage) => void): void;
  on(event: "call:status", listener: (call: { args: [{ text: string }] }) => void): void;
}

/** One decision node with something on each output, as it runs in Node-RED. */
class Sheet {
  readonly events: EdgeMessage[] = [];
  readonly reviews: EdgeMessage[] = [];
  readonly judged: EdgeMessage[] = [];
  readonly errors: (EdgeMessage & { error: { message: string } })[] = [];
  status = "";

  static async load(dataDir: string, config: object = {}, mode = "live"): Promise<Sheet> {
    const z = "f000000000000001";
    const flow = [
      { id: z, type: "tab" },
      { id: DEVICE, type: "context-edge-device", device_id: "edge-1", mode, data_dir: dataDir, line: "line-1" },
      {
        id: DECISION,
        z,
        type: "decision",
        device: DEVICE,
        on_n: 1,
        on_m: 1,
        ...config,
        wires: [[EVENTS], [REVIEW], [JUDGED]],
      },
      { id: EVENTS, z, type: "helper" },
      { id: REVIEW, z, type: "helper" },
      { id: JUDGED, z, type: "helper" },
      { id: CATCH, z, type: "catch", wires: [[ERRORS]] },
      { id: ERRORS, z, type: "helper" },
    ];
    await helper.load([device, decision], flow);
    return new Sheet();
  }

  private constructor() {
    const collect = (id: string, into: EdgeMessage[]): void =>
      this.node(id).on("input", (message) => void into.push(message));
    collect(EVENTS, this.events);
    collect(REVIEW, this.reviews);
    collect(JUDGED, this.judged);
    collect(ERRORS, this.errors);
    this.node(DECISION).on("call:status", ({ args }) => (this.status = args[0].text));
  }

  send(...messages: object[]): void {
    for (const message of messages) this.node(DECISION).receive(message);
  }

  command(name: string, fields: object): void {
    this.send({ command: { name, by: "anna", ...fields } });
  }

  kinds(): unknown[] {
    return this.events.map(({ event }) => event?.kind);
  }

  private node(id: string): TestNode {
    const found: unknown = helper.getNode(id);
    return found as TestNode;
  }
}

function listed(message: EdgeMessage | undefined): Mer[] {
  return message?.payload as Mer[];
}

describe("decision in Node-RED", () => {
  let dataDir: string;
  before(() => new Promise<void>((resolve) => helper.startServer(resolve)));
  after(() => new Promise<void>((resolve) => helper.stopServer(resolve)));
  beforeEach(() => (dataDir = mkdtempSync(join(tmpdir(), "decision-"))));
  afterEach(async () => {
    await helper.unload();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it("sends every sample once on output 3, alarms on 1, doubtful ones on 2", async () => {
    const sheet = await Sheet.load(dataDir);
    sheet.send(
      { topic: "line-1", foreign: 7, ...sample("normal") },
      sample("bearing_wear", 0.6),
      sample("bearing_wear"),
      sample("bearing_wear"),
    );
    await until("four judged and an alarm", () => sheet.judged.length === 4 && sheet.events.length === 1);
    assert.deepEqual(
      sheet.judged.map((message) => message.decision?.outcome),
      ["normal", "review", "alert", "repeat"],
    );
    assert.deepEqual([sheet.judged[0]?.topic, sheet.judged[0]?.["foreign"]], ["line-1", 7]);
    assert.ok(sheet.judged.every((message) => message.payload === message.decision));
    const [raised] = sheet.events as [EdgeMessage];
    assert.equal(raised.event?.kind, "raised");
    assert.equal((raised.payload as Mer).mer_id, sheet.judged[2]?.decision?.mer_id);
    assert.equal(raised.mer?.durable, true);
    const learning = sheet.reviews
      .map(({ payload }) => payload as Review)
      .filter(({ stream }) => stream === "learning");
    assert.ok(learning.length <= 1);
    assert.deepEqual(sheet.errors, []);
  });

  it("raises a critical limit with no model and another channel bad", async () => {
    const sheet = await Sheet.load(dataDir);
    const message = sample(null, undefined, {
      sensor_data: { temperature: 96, current: null },
      unusable: { code: "channel-bad", channel: "current", reason: "current is bad" },
    });
    delete message.prediction;
    if (message.fusion?.channels["current"]) message.fusion.channels["current"].quality = "bad";
    sheet.send(message);
    await until("the limit's alarm", () => sheet.events.length === 1);
    assert.deepEqual([sheet.events[0]?.mer?.label, sheet.events[0]?.mer?.severity], ["limit:temperature", "critical"]);
  });

  it("guards the limits though the model it names is gone", async () => {
    const sheet = await Sheet.load(dataDir, { model: "9999999999999999" });
    sheet.send(sample(null, undefined, { sensor_data: { temperature: 96 } }));
    await until("the limit's alarm", () => sheet.events.length === 1);
    assert.deepEqual(sheet.errors, []);
  });

  it("knows its open alarms after a restart, and what people did", async () => {
    const before = await Sheet.load(dataDir);
    before.send(sample("bearing_wear"));
    await until("raised", () => before.events.length === 1);
    const id = before.events[0]?.mer?.mer_id;
    before.command("ack", { mer_id: id });
    await until("acknowledged", () => before.events.length === 2);
    await helper.unload();
    const after = await Sheet.load(dataDir);
    after.send(sample("bearing_wear"));
    after.command("list", {});
    await until("the list", () => after.events.length === 1);
    assert.equal(after.judged[0]?.decision?.outcome, "repeat");
    const [mer] = listed(after.events[0]);
    assert.deepEqual([mer?.mer_id, mer?.acknowledged?.by, mer?.evidence.count], [id, "anna", 2]);
    after.command("close", { mer_id: id, cause: "bearing replaced" });
    await until("closed", () => after.events.length === 2);
    after.command("list", { closed: true });
    await until("the closed ones", () => after.events.length === 3);
    assert.deepEqual(
      listed(after.events[2]).map(({ closed }) => closed?.cause),
      ["bearing replaced"],
    );
  });

  it("knows after a deploy also what it had only counted", async () => {
    const before = await Sheet.load(dataDir);
    before.send(sample("bearing_wear"));
    await until("raised", () => before.events.length === 1);
    before.send(sample("bearing_wear"), sample("bearing_wear"));
    await until("judged", () => before.judged.length === 3);
    await helper.unload();
    const after = await Sheet.load(dataDir);
    after.command("list", {});
    await until("the list", () => after.events.length === 1);
    assert.equal(listed(after.events[0])[0]?.evidence.count, 3);
  });

  it("clears, and says so on its own, when the fault is gone", async () => {
    const sheet = await Sheet.load(dataDir, { off_delay_s: "0.2" });
    sheet.send(sample("bearing_wear"), sample("normal"));
    await until("cleared", () => sheet.events.length === 2);
    assert.deepEqual(sheet.kinds(), ["raised", "cleared"]);
    await until("the status", () => sheet.status === "none active · 1 open");
  });

  it("answers a wrong command through Catch", async () => {
    const sheet = await Sheet.load(dataDir);
    sheet.command("ack", { mer_id: "MER-404" });
    sheet.command("raise", {});
    await until("two errors", () => sheet.errors.length === 2);
    assert.match(String(sheet.errors.map(({ error }) => error.message)), /no open record MER-404.*no command raise/);
  });

  it("refuses what is no command, and a list of x records, in words", async () => {
    const sheet = await Sheet.load(dataDir);
    sheet.send({ command: "ack" }, { command: null }, { command: {} });
    sheet.command("list", { closed: true, limit: "x" });
    sheet.command("list", { closed: "yes" });
    sheet.command("list", { announced: "yes" });
    await until("six errors", () => sheet.errors.length === 6);
    const said = sheet.errors.map(({ error }) => error.message);
    assert.match(said[0], /msg.command is the text "ack", must be an object with a name: ack, shelve, .* list/);
    assert.match(said[1], /msg.command is null/);
    assert.match(said[2], /an object without a name/);
    assert.match(said[3], /command list limit is "x", must be a whole number from 1 to 1000/);
    assert.match(said[4], /command list closed is neither true nor false/);
    assert.match(said[5], /command list announced is neither true nor false/);
    assert.deepEqual(sheet.events, []);
  });

  it("takes a foreign command on a sample for none", async () => {
    const sheet = await Sheet.load(dataDir);
    sheet.send({ ...sample("normal"), command: { name: "put" } }, { ...sample("normal"), command: "put" });
    await until("the samples", () => sheet.judged.length === 2);
    assert.deepEqual(sheet.errors, []);
  });

  it("in dry run decides everything and raises nothing, also not after it goes live", async () => {
    const sheet = await Sheet.load(dataDir, {}, "dry-run");
    sheet.send(sample("bearing_wear"));
    await until("the status", () => sheet.status.startsWith("dry-run: nothing is raised · 1 active"));
    assert.deepEqual(sheet.events, []);
    assert.equal(sheet.judged[0]?.decision?.outcome, "alert");
    await helper.unload();
    const live = await Sheet.load(dataDir);
    live.command("list", {});
    await until("the list", () => live.events.length === 1);
    assert.deepEqual(live.events[0]?.payload, []);
  });

  it("says in its status which limit is not guarded", async () => {
    const sheet = await Sheet.load(dataDir);
    sheet.send({ ...sample("normal"), context: { product: "new" } });
    await until("the status", () => sheet.status.startsWith("4 limits not guarded: no thresholds"));
  });

  it("is yellow while the channel of a limit is bad, and green when it is good again", async () => {
    const sheet = await Sheet.load(dataDir, {
      limits: [{ channel: "current", operator: ">", value: "210", severity: "high", action: "Look." }],
    });
    await until("the start", () => sheet.status === "no alarms");
    sheet.send(sample("normal", 0.95, { fusion: fusion({ current: "bad" }) }));
    await until("the status", () => sheet.status === "1 limit not guarded: current");
    assert.deepEqual(sheet.judged[0]?.decision?.reasons.slice(1), [
      "limit current > 210 is not guarded: current is bad",
    ]);
    sheet.send(sample("normal"));
    await until("the status", () => sheet.status === "no alarms");
  });

  it("says once, and in health, how many transitions nobody has uploaded before they had to go", async () => {
    const database = await openDatabase({ file: join(dataDir, "context-edge.db") });
    await Outbox.of(database).prepare();
    await database.write(
      Array.from({ length: 10_002 }, (_, i) => Outbox.put({ id: String(i), line: "{}", urgent: false })),
    );
    await database.close();
    const sheet = await Sheet.load(dataDir);
    sheet.send(sample("normal"), sample("normal"));
    await until("two judged", () => sheet.judged.length === 2);
    const [reason] = board.inspect().reasons.filter(({ id }) => id === DECISION);
    assert.deepEqual([reason?.severity, reason?.code], ["degraded", "alarm-transitions-lost"]);
    assert.match(reason?.cause ?? "", /^2 alarm transitions .* 10,000 /);
    const said = helper.log().args.filter(([{ msg }]) => msg === reason?.cause);
    assert.equal(said.length, 1);
  });

  it("refuses with a configuration that cannot work", async () => {
    const sheet = await Sheet.load(dataDir, { threshold: "0.8", release_below: "0.9" });
    sheet.send(sample("normal"));
    await until("the error", () => sheet.errors.length === 1);
    assert.match(sheet.errors[0].error.message, /release_below is 0.9, must not be above threshold 0.8/);
  });
});
