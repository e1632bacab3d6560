/**
 * Keeps every core awake while latencies are measured. With one message in flight the cores sleep between two hops, and
 * waking a virtual core costs more than the work (a floor of 142 µs asleep, 66 µs awake): floor, loop and peers would all
 * be measured through the hypervisor's wake-up. One process per core spins in the class SCHED_IDLE: it gets only what
 * nobody else wants and gives way at once. It is what `jetson_clocks` or `idle=poll` do on a gateway.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { availableParallelism } from "node:os";

const SPIN = ["--idle", "0", process.execPath, "-e", "for (;;) Atomics.pause(1000);"];

/** Does the work as it is, and says so, where there is no `chrt` (util-linux). */
export async function withCoresAwake<T>(work: () => Promise<T>): Promise<T> {
  if (spawnSync("chrt", ["--version"]).status !== 0) {
    console.error("no chrt: cores may sleep between two messages, and latencies contain their wake-up");
    return work();
  }
  const spinners: ChildProcess[] = Array.from({ length: availableParallelism() }, () =>
    spawn("chrt", SPIN, { stdio: "ignore" }),
  );
  try {
    return await work();
  } finally {
    for (const spinner of spinners) spinner.kill("SIGKILL");
  }
}
