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

export async function run(kind: Kind, redisPort: number, stages: readonly Stage[]): Promise<void> {
  const rig = await Rig.start(
    kind === "bare" ? { flow: [], withPackage: false } : { flow: recordingFlow("loop", redisPort) },
  );
  await pause(1_500);
  if (kind === "loop") rig.send("loop/readings", { payload: { ...READINGS }, topic: "motor-1" });
  let sent = 0;
  const scan = (): object => ({ payload: `C-${sent++ % 1_000}` });
  const seen: number[] = [];
  for (const { messages, perSecond } of stages) {
    if (perSecond !== undefined) await paced(rig, "loop", messages, perSecond, scan);
    else if (messages > 0) await flooded(rig, "loop", messages, IN_FLIGHT, scan);
    for (let i = 0; i < 4; i++) {
      globalThis.gc?.();
      await pause(250);
    }
    seen.push(process.memoryUsage.rss());
  }
  console.log(JSON.stringify(seen));
  await rig.stop();
}
