import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { completeLoop } from "../../flows/src/complete-loop/flow";
import type { FlowNode } from "../../flows/src/sheet";
import { systemClock } from "../../lib/clock";
import type { Ldo } from "../../lib/messages";
import { FolderStore } from "../../lib/storage/folder-store";
import { readSegments, type Gap } from "../../lib/storage/segments";
import { scratch } from "../support/cache";
import { startNodeRed, type NodeRed } from "../support/nodered";
import { until } from "../support/process";

const ROOT = join(__dirname, "..", "..");
const KILLS = 5;
const SINK = ["5e1fc1a500000001", "5e1fc1a500000002"] as const;

/** The loop that is shipped, without its pages, faster, and with a file that notes what ldo-emit has acknowledged. */
function flowInto(bucket: string, acknowledged: string): FlowNode[] {
  const settings: Readonly<Record<string, object>> = {
    "context-edge-plant": { cycle_s: 0.05, rate_hz: 100 },
    "context-edge-objects": { kind: "folder", folder: bucket },
    "ldo-emit": { seal_after_s: "0.3" },
  };
  const loop = completeLoop()
    .filter(({ type }) => !type.startsWith("ui-") && type !== "global-config")
    .map((node) => ({ ...node, ...settings[node.type] }));
  const emit = loop.find(({ type }) => type === "ldo-emit") as FlowNode & { wires: string[][] };
  emit.wires[0]?.push(SINK[0]);
  const sink = { z: emit["z"], x: 900, y: 900 };
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
    {
      ...sink,
      id: SINK[1],
      type: "file",
      filename: acknowledged,
      filenameType: "str",
      appendNewline: true,
      overwriteFile: "false",
      encoding: "none",
      wires: [],
    },
  ] as FlowNode[];
}

describe("the whole loop, killed", function () {
  this.timeout(180_000);
  let userDir: string;
  let red: NodeRed | undefined;
  let acknowledged: string;
  let bucket: string;

  before(() => {
    assert.ok(existsSync(join(ROOT, "dist", "nodes")), "dist/ is missing: npm run build");
    userDir = scratch("loop-kill");
    mkdirSync(join(userDir, "node_modules", "@context-edge"), { recursive: true });
    symlinkSync(ROOT, join(userDir, "node_modules", "@context-edge", "node-red"));
    const dependencies = { "@context-edge/node-red": "*" };
    writeFileSync(join(userDir, "package.json"), JSON.stringify({ name: "loop-kill", dependencies }));
    acknowledged = join(userDir, "acknowledged.txt");
    bucket = join(userDir, "bucket");
  });
  after(async () => {
    await red?.stop();
    rmSync(userDir, { recursive: true, force: true });
  });

  /** Ids that came out of ldo-emit's output 1; the last line may be half written. */
  const ids = (): string[] =>
    existsSync(acknowledged)
      ? readFileSync(acknowledged, "utf8")
          .split("\n")
          .filter((id) => id.length === 40)
      : [];
  const start = async (): Promise<NodeRed> => {
    const before = ids().length;
    red = await startNodeRed({ version: "5.0.7", userDir, flow: flowInto(bucket, acknowledged) });
    await until("objects are acknowledged", () => ids().length > before, 30_000);
    return red;
  };

  it(`brings every acknowledged object into the bucket once, over ${KILLS} SIGKILLs at random moments`, async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      const running = await start();
      await sleep(Math.random() * 1_500);
      await running.process.stop("SIGKILL");
    }
    const owed = new Set(ids());
    assert.ok(owed.size > 50, `${owed.size} objects were acknowledged`);

    const last = await start();
    const store = new FolderStore(bucket, systemClock);
    const gaps: Gap[] = [];
    let found: string[] = [];
    await until(
      "they are in the bucket",
      async () => {
        found = [];
        for await (const { records } of readSegments(store, { prefix: "ldo/v1/", onGap: (gap) => gaps.push(gap) })) {
          found.push(...(records as Ldo[]).map(({ ldo_id }) => ldo_id));
        }
        const there = new Set(found);
        return [...owed].every((id) => there.has(id));
      },
      30_000,
    );
    await last.stop();
    await store.close();
    assert.equal(found.length, new Set(found).size, "an object is there twice");
    assert.deepEqual(gaps, []);
    assert.doesNotMatch(last.process.output, /Uncaught|unhandled/i);
  });
});
