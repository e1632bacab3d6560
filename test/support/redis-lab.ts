import { rmSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "./cache";
import { TestProcess } from "./process";

interface Shape {
  readonly ports: readonly number[];
  readonly sentinels?: readonly number[];
  readonly names: readonly string[];
  /** Where it speaks TLS: the authority's certificate. */
  readonly ca?: string;
}

/** Redis in the shape of a plant, several processes on the loopback, each to be killed, stopped and started again. */
export interface RedisLab extends Shape {
  /** By number, in the order of `names`. "stop" is SIGSTOP: connections stay open and nothing answers. */
  fault(what: "kill" | "stop" | "cont" | "start", process: number): void;
  stop(): Promise<void>;
}

/** @param secure everything in it speaks TLS, and nothing else */
export async function startRedisLab(shape: "sentinel" | "cluster" | "replica", secure = false): Promise<RedisLab> {
  const work = join(scratch("redis-lab"), "work");
  // A node of a Cluster also takes its port + 10,000: both stay below the ephemeral range.
  const base = 11_000 + Math.floor(Math.random() * 9_000);
  const script = join(__dirname, "..", "peers", "redis_lab.py");
  const lab = new TestProcess("python3", [
    script,
    shape,
    "--work",
    work,
    "--port-base",
    String(base),
    ...(secure ? ["--tls"] : []),
  ]);
  const said = JSON.parse(await lab.line(/^\{"shape"/, 60_000)) as Shape;
  return {
    ...said,
    fault: (what, process) => void lab.child.stdin?.write(`${what} ${process}\n`),
    stop: async () => {
      await lab.stop();
      rmSync(join(work, ".."), { recursive: true, force: true });
    },
  };
}
