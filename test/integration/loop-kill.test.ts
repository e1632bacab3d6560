import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { completeLoop } from "../../flows/src/complete-loop/flow";
import type { FlowNode } from "../../flows/src/sheet";
import { systemClock } from "../../lib/clock";
import { transitionId } from "../../lib/decision/transition";
import type { Ldo, Mer } from "../../lib/messages";
import { FolderStore } from "../../lib/storage/folder-store";
import { readSegments, type Gap } from "../../lib/storage/segments";
import { linkedPalette, startNodeRed, type NodeRed } from "../support/nodered";
import { until } from "../support/process";

const KILLS = 5;
const SINK = ["5e1fc1a500000001", "5e1fc1a500000002"] as const;
const ALARMS = ["5e1fc1a500000003", "5e1fc1a500000004"] as const;

/** Notes an alarm event that was sent as durable; what is raised is closed, so that it can be raised again. */
const NOTE_ALARM = `
const { mer, event } = msg;
if (!mer || !mer.durable) return null;
const close = event.kind === "raised" && { command: { name: "close", mer_id: mer.mer_id, cause: "test", by: "test" } };
return [{ payload: mer.mer_id + "/" + mer.transition.number }, close || null];`;

/** The loop that is shipped, without its pages, faster, and with files that note what left ldo-emit and decision. */
function flowInto(bucket: string, acknowledged: string, announced: string): FlowNode[] {
  const settings: Readonly<Record<string, object>> = {
    "context-edge-plant": { cycle_s: 0.05, rate_hz: 100, fault_share: 0.3 },
    decision: { on_n: "1", on_m: "1", flood_limit: "1000" },
    "context-edge-objects": { kind: "folder", folder: bucket },
    "ldo-emit": { seal_after_s: "0.3" },
  };
  const loop = completeLoop()
    .filter(({ type }) => !type.startsWith("ui-") && type !== "global-config")
    .map((node) => ({ ...node, ...settings[node.type] }));
  const emit = loop.find(({ type }) => type === "ldo-emit") as FlowNode & { wires: string[][] };
  emit.wires[0]?.push(SINK[0]);
  const decision = loop.find(({ type }) => type === "decision") as FlowNode & { wires: string[][] };
  decision.wires[0]?.push(ALARMS[0]);
  const sink = { z: emit["z"], x: 900, y: 900 };
  const file = { type: "file", filenameType: "str", appendNewline: true, overwriteFile: "false", encoding: "none" };
  return [
    ...loop,
    {
      ...sink,
      id: SINK[0],
      type: "function",
      func: "return {payload: msg.ldo.ldo_id};",
      outputs: 1,
      wires: [[SINK[1]]],
    },
    { ...sink, ...file, id: SINK[1], filename: acknowledged, wires: [] },
    { ...sink, id: ALARMS[0], type: "function", func: NOTE_ALARM, outputs: 2, wires: [[ALARMS[1]], [decision.id]] },
    { ...sink, ...file, id: ALARMS[1], filename: announced, wires: [] },
  ] as FlowNode[];
}

/** Ids in a file; one that a kill has cut off is none. */
function noted(file: string, whole: RegExp): string[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.filter((id) => whole.test(id));
}

describe("the whole loop, killed", function () {
  this.timeout(180_000);
  let userDir: string;
  let red: NodeRed | undefined;
  let acknowledged: string;
  let announced: string;
  let bucket: string;

  before(() => {
    userDir = linkedPalette();
    acknowledged = join(userDir, "acknowledged.txt");
    announced = join(userDir, "announced.txt");
    bucket = join(userDir, "bucket");
  });
  after(async () => {
    await red?.stop();
    rmSync(userDir, { recursive: true, force: true });
  });

  const ids = (): string[] => noted(acknowledged, /^LDO-.{36}$/);
  const transitions = (): string[] => noted(announced, /^MER-.{36}\/\d+$/);
  const start = async (): Promise<NodeRed> => {
    const before = ids().length;
    red = await startNodeRed({ version: "5.0.7", userDir, flow: flowInto(bucket, acknowledged, announced) });
    await until("objects are acknowledged", () => ids().length > before, 30_000);
    return red;
  };

  /** Reads a kind of record from the bucket until all that is owed is there; none may be there twice. */
  const arrived = async (prefix: string, owed: ReadonlySet<string>, idOf: (record: unknown) => string) => {
    const store = new FolderStore(bucket, systemClock);
    let found: string[] = [];
    let gaps: Gap[] = [];
    await until(
      `${owed.size} records below ${prefix}`,
      async () => {
        found = [];
        gaps = [];
        for await (const { records } of readSegments(store, { prefix, onGap: (gap) => gaps.push(gap) }))
          found.push(...records.map(idOf));
        const there = new Set(found);
        return [...owed].every((id) => there.has(id));
      },
      30_000,
    );
    await store.close();
    assert.equal(found.length, new Set(found).size, `a record below ${prefix} is there twice`);
    assert.deepEqual(gaps, []);
  };

  it(`brings every object and alarm event into the bucket once, over ${KILLS} SIGKILLs at random moments`, async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      const running = await start();
      await sleep(Math.random() * 1_500);
      await running.process.stop("SIGKILL");
    }
    const owed = new Set(ids());
    const told = new Set(transitions());
    assert.ok(owed.size > 50, `${owed.size} objects were acknowledged`);
    assert.ok(told.size > 20, `${told.size} alarm events were sent`);

    const last = await start();
    await arrived("ldo/v1/", owed, (record) => (record as Ldo).ldo_id);
    await arrived("mers/v1/", told, (record) => transitionId(record as Mer));
    await last.stop();
    assert.doesNotMatch(last.process.output, /Uncaught|unhandled/i);
  });
});
