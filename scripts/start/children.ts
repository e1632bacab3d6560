import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";

const GRACE_MS = 12_000;
const LAST_LINES = 20;

/** A process of the demonstration: its output goes to a log, its last lines are kept for the day it ends by itself. */
export class Child {
  private readonly process: ChildProcess;
  private tail: string[] = [];
  private stopping = false;

  constructor(
    readonly name: string,
    args: readonly string[],
    options: { cwd: string; env: NodeJS.ProcessEnv; log: string },
    ended: (why: string) => void,
  ) {
    this.process = spawn(process.execPath, [...args], {
      cwd: options.cwd,
      env: options.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const log = createWriteStream(options.log, { flags: "a" });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        log.write(chunk);
        this.tail = [...this.tail, ...chunk.toString("utf8").split("\n")]
          .filter((line) => line !== "")
          .slice(-LAST_LINES);
      });
    }
    this.process.once("error", (error) => ended(`${name} could not be started: ${error.message}`));
    this.process.once("exit", (code, signal) => {
      log.end();
      if (!this.stopping) ended(`${name} ended with ${signal ?? code}:\n${this.tail.join("\n")}`);
    });
  }

  /** Resolves with the first chunk of output that matches; never when the process ends before (then `ended` is told). */
  says(pattern: RegExp): Promise<void> {
    return new Promise((resolve) => {
      const listen = (chunk: Buffer): void => {
        if (!pattern.test(chunk.toString("utf8"))) return;
        this.process.stdout?.off("data", listen);
        resolve();
      };
      this.process.stdout?.on("data", listen);
    });
  }

  /** Asks it to end, and ends it when it does not. */
  async stop(): Promise<void> {
    this.stopping = true;
    if (this.process.exitCode !== null || this.process.signalCode !== null || this.process.pid === undefined) return;
    const ended = once(this.process, "exit");
    this.process.kill("SIGTERM");
    const timer = setTimeout(() => this.process.kill("SIGKILL"), GRACE_MS);
    await ended;
    clearTimeout(timer);
  }
}
