/** `memory-child.ts bare|loop REDIS_PORT COUNT[,COUNT…]`: prints the resident bytes after so many messages, as JSON. */
import { setTimeout as pause } from "node:timers/promises";
import { READINGS, recordingFlow } from "./flows";
import { Rig, flooded } from "./rig";

async function main(kind: string, redisPort: number, counts: readonly number[]): Promise<void> {
  const rig = await Rig.start(
    kind === "bare" ? { flow: [], withPackage: false } : { flow: recordingFlow("loop", redisPort) },
  );
  await pause(1_500);
  if (kind === "loop") rig.send("loop/readings", { payload: { ...READINGS }, topic: "motor-1" });
  let sent = 0;
  const seen: number[] = [];
  for (const count of counts) {
    if (count > sent) await flooded(rig, "loop", count - sent, 64, () => ({ payload: `C-${sent++ % 1_000}` }));
    for (let i = 0; i < 4; i++) {
      globalThis.gc?.();
      await pause(250);
    }
    seen.push(process.memoryUsage.rss());
  }
  console.log(JSON.stringify(seen));
  await rig.stop();
}

const [kind, port, counts] = process.argv.slice(2);
main(kind, Number(port), counts.split(",").map(Number)).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
