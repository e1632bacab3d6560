/** What the loop adds to a bare Node-RED, and whether it grows: each in a process of its own, after a collection. */
import { join } from "node:path";
import Redis from "ioredis";
import { startRedis } from "../../test/support/redis";
import { TestProcess } from "../../test/support/process";
import { figure, type Figure } from "../figures";
import { median } from "../statistics";
import { benchContext } from "./flows";

const PROCESSES = 3;
const FEW = 20_000;
const MANY_FROM = 200_000;
const MANY_TO = 1_200_000;
const MB = 2 ** 20;

/** Resident bytes of a child after each of these message counts. */
async function resident(kind: "bare" | "loop", redisPort: number, counts: readonly number[]): Promise<number[]> {
  const args = [
    "--expose-gc",
    "--import=tsx",
    join(__dirname, "memory-child.ts"),
    kind,
    String(redisPort),
    counts.join(","),
  ];
  const child = new TestProcess(process.execPath, args);
  const line = await child.line(/^\[/, 900_000);
  await child.stop();
  return JSON.parse(line) as number[];
}

export async function memoryFigures(): Promise<Figure[]> {
  const server = await startRedis();
  const redis = new Redis(server.port, "127.0.0.1");
  try {
    for (let n = 0; n < 1_000; n++) await redis.set(`context:C-${n}`, JSON.stringify(benchContext(n)));
    const bare: number[] = [];
    const loop: number[] = [];
    for (let i = 0; i < PROCESSES; i++) {
      bare.push((await resident("bare", server.port, [0]))[0]);
      loop.push((await resident("loop", server.port, [FEW]))[0]);
    }
    const [early, late] = await resident("loop", server.port, [MANY_FROM, MANY_TO]);
    return [
      figure("rss_over_bare_mb", (median(loop) - median(bare)) / MB, "MB", "≤ 110", { floor: median(bare) / MB }),
      figure("rss_growth_mb_per_million", (late - early) / MB / ((MANY_TO - MANY_FROM) / 1_000_000), "MB", "≤ 5"),
    ];
  } finally {
    redis.disconnect();
    await server.stop();
  }
}
