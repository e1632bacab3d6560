/** What the loop adds to a bare Node-RED, and whether it grows: each in a process of its own, after a collection. */
import { join } from "node:path";
import Redis from "ioredis";
import { TestProcess } from "../../test/support/process";
import { startRedis } from "../../test/support/redis";
import { figure, type Figure } from "../figures";
import { median } from "../statistics";
import { benchContext } from "./flows";
import type { Kind, Resident, Stage } from "./memory-child";

const PROCESSES = 3;
/** A busy line: ten stations with ten scans a second each. */
const AT_WORK: Stage = { messages: 2_000, perSecond: 100 };
const SETTLING: Stage = { messages: 200_000 };
const LONG_RUN: Stage = { messages: 1_000_000 };
const MB = 2 ** 20;

/** What a child holds after each stage. */
async function resident(kind: Kind, redisPort: number, stages: readonly Stage[]): Promise<Resident[]> {
  const child = new TestProcess(process.execPath, [
    "--expose-gc",
    join(__dirname, "memory-child.cjs"),
    kind,
    String(redisPort),
    JSON.stringify(stages),
  ]);
  const line = await child.line(/^\[\{/, 900_000);
  await child.stop();
  return JSON.parse(line) as Resident[];
}

export async function memoryFigures(): Promise<Figure[]> {
  const server = await startRedis();
  const redis = new Redis(server.port, "127.0.0.1");
  try {
    for (let n = 0; n < 1_000; n++) await redis.set(`context:C-${n}`, JSON.stringify(benchContext(n)));
    const bare: number[] = [];
    const loop: number[] = [];
    for (let i = 0; i < PROCESSES; i++) {
      bare.push((await resident("bare", server.port, [{ messages: 0 }]))[0].asItStands);
      loop.push((await resident("loop", server.port, [AT_WORK]))[0].asItStands);
    }
    const [early, late] = await resident("loop", server.port, [SETTLING, LONG_RUN]);
    const floor = median(bare);
    return [
      figure("rss_over_bare_mb", (median(loop) - floor) / MB, "MB", "≤ 110", { floor: floor / MB }),
      figure("rss_flooded_over_bare_mb", (early.asItStands - floor) / MB, "MB", null, { floor: floor / MB }),
      figure(
        "rss_growth_mb_per_million",
        (late.withoutPool - early.withoutPool) / MB / (LONG_RUN.messages / 1_000_000),
        "MB",
        "≤ 5",
      ),
    ];
  } finally {
    redis.disconnect();
    await server.stop();
  }
}
