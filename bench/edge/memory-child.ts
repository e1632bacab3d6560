/** The body of memory-child.cjs: sends messages through a flow and prints the resident bytes after each stage, as JSON. */
import { setTimeout as pause } from "node:timers/promises";
import { READINGS, recordingFlow } from "./flows";
import { Rig, flooded, paced } from "./rig";

const IN_FLIGHT = 64;

export type Kind = "bare" | "loop";
/** So many messages more: at so many a second, or as fast as they go. */
export interface Stage {
  readonly messages: number;
  readonly perSecond?: number;
}

/** Resident bytes after full collections. */
export interface Resident {
  /** With what V8 keeps for later: pages of the young generation that a flood has filled once. */
  readonly asItStands: number;
  /** After V8 has given back every page that nothing lives in. */
  readonly withoutPool: number;
}

export async function run(kind: Kind, redisPort: number, stages: readonly Stage[]): Promise<void> {
  const rig = await Rig.start(
    kind === "bare" ? { flow: [], withPackage: false } : { flow: recordingFlow("loop", redisPort) },
  );
  await pause(1_500);
  if (kind === "loop") rig.send("loop/readings", { payload: { ...READINGS }, topic: "motor-1" });
  let sent = 0;
  const scan = (): object => ({ payload: `C-${sent++ % 1_000}` });
  const seen: Resident[] = [];
  for (const { messages, perSecond } of stages) {
    if (perSecond !== undefined) await paced(rig, "loop", messages, perSecond, scan);
    else if (messages > 0) await flooded(rig, "loop", messages, IN_FLIGHT, scan);
    seen.push({ asItStands: await residentAfter("regular"), withoutPool: await residentAfter("last-resort") });
  }
  console.log(JSON.stringify(seen));
  await rig.stop();
}

async function residentAfter(flavor: "regular" | "last-resort"): Promise<number> {
  for (let i = 0; i < 4; i++) {
    (globalThis.gc as ((options: object) => void) | undefined)?.({ type: "major", execution: "sync", flavor });
    await pause(250);
  }
  return process.memoryUsage.rss();
}
