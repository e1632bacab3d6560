/** Eight assets behind three readers in one flow: what crosses over, and how many messages a second they reach. */
import { Redis } from "ioredis";
import type { EdgeMessage, Ldo } from "../../lib/messages";
import { InterleavedPlant, NODES, interleavedFlow } from "../../test/support/interleaved-plant";
import { startRedis } from "../../test/support/redis";
import { Rig } from "../edge/rig";
import { figure, type Figure } from "../figures";

/** A busy gateway, then as fast as it goes. */
const PACED = { parts: 30, perSecond: 500 };
const FLOODED = { parts: 120, perSecond: Infinity };
const WARM_UP = { parts: 5, perSecond: 500 };

export async function assetsFigures(): Promise<Figure[]> {
  const server = await startRedis();
  const client = new Redis(server.port, "127.0.0.1");
  try {
    const parts = WARM_UP.parts + PACED.parts + FLOODED.parts;
    for (const [key, value] of InterleavedPlant.contexts(parts)) await client.set(key, JSON.stringify(value));
    return await measure(server.url);
  } finally {
    client.disconnect();
    await server.stop();
  }
}

async function measure(redisUrl: string): Promise<Figure[]> {
  const { tab } = NODES;
  const inlet = (name: string, to: string): object => ({
    id: `${name}-in`,
    type: "bench-in",
    z: tab,
    name,
    x: 80,
    y: 80,
    wires: [[to]],
  });
  const outlet = (name: string, id: string): object => ({
    id,
    type: "bench-out",
    z: tab,
    name,
    x: 900,
    y: 80,
    wires: [],
  });
  const flow = [
    ...interleavedFlow(redisUrl, "data", "objects"),
    inlet("scans", NODES.scans),
    inlet("readings", NODES.readings),
    outlet("found", NODES.found),
    outlet("kept", NODES.kept),
  ];
  const rig = await Rig.start({ flow });
  try {
    const plant = new InterleavedPlant({
      scan: (message) => rig.send("scans", message),
      reading: (message) => rig.send("readings", message),
    });
    const kept: Ldo[] = [];
    rig.onArrival("found", (message) => plant.scanned(message as EdgeMessage));
    rig.onArrival("kept", (message) => {
      kept.push((message as { ldo: Ldo }).ldo);
      plant.kept();
    });
    await plant.run(WARM_UP.parts, WARM_UP.perSecond);
    const paced = await plant.run(PACED.parts, PACED.perSecond);
    const flooded = await plant.run(FLOODED.parts, FLOODED.perSecond);
    const { crossed, lost } = plant.check(kept);
    for (const words of crossed.slice(0, 5)) console.error(words);
    return [
      figure("assets_crossed", crossed.length, "objects", "≤ 0"),
      figure("assets_lost", lost, "objects", "≤ 0"),
      figure("assets_paced_per_s", paced, "1/s", null, { floor: PACED.perSecond }),
      figure("assets_per_s", flooded, "1/s", "≥ 500"),
    ];
  } finally {
    await rig.stop();
  }
}
