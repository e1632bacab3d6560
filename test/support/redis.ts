import { rmSync } from "node:fs";
import { freePort } from "./ports";
import { TestProcess } from "./process";
import { scratch } from "./cache";

/** A real Redis server on a free loopback port, with the faults a plant's Redis has. */
export interface TestRedis {
  readonly port: number;
  readonly url: string;
  /** SIGSTOP: connections stay open and nothing answers. */
  hang(): void;
  resume(): void;
  /** SIGKILL; `restart` brings an empty one back on the same port. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** @param extra further redis-server arguments, e.g. ["--aclfile", file] */
export async function startRedis(extra: readonly string[] = []): Promise<TestRedis> {
  const port = await freePort();
  const dir = scratch("redis");
  const start = async (): Promise<TestProcess> => {
    const server = new TestProcess("redis-server", [
      "--port",
      String(port),
      "--bind",
      "127.0.0.1",
      "--dir",
      dir,
      "--save",
      "",
      "--appendonly",
      "no",
      ...extra,
    ]);
    await server.line(/Ready to accept connections/);
    return server;
  };
  let server = await start();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    hang: () => void server.child.kill("SIGSTOP"),
    resume: () => void server.child.kill("SIGCONT"),
    kill: () => server.stop("SIGKILL"),
    restart: async () => {
      await server.stop("SIGKILL");
      server = await start();
    },
    stop: async () => {
      await server.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
