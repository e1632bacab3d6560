import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A process a test started, stopped by its id: first asked, then killed. */
export class TestProcess {
  readonly child: ChildProcess;
  private readonly lines: string[] = [];
  private readonly watchers = new Set<(line: string) => void>();

  constructor(command: string, args: readonly string[], options: SpawnOptions = {}) {
    this.child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], ...options });
    this.child.once("error", (error) => this.heard(`cannot start ${command}: ${error.message}`));
    for (const stream of [this.child.stdout, this.child.stderr]) {
      if (stream) createInterface({ input: stream }).on("line", (line) => this.heard(line));
    }
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  /** Everything it printed so far. */
  get output(): string {
    return this.lines.join("\n");
  }

  /** The first line, already printed or yet to come, that matches. @throws Error with the output when it ends or takes too long */
  async line(pattern: RegExp, timeoutMs = 30_000): Promise<string> {
    const already = this.lines.find((line) => pattern.test(line));
    if (already !== undefined) return already;
    return new Promise((resolve, reject) => {
      const finish = (act: () => void): void => {
        clearTimeout(timer);
        this.watchers.delete(watch);
        this.child.off("exit", ended);
        act();
      };
      const watch = (line: string): void => {
        if (pattern.test(line)) finish(() => resolve(line));
      };
      const ended = (code: number | null): void =>
        finish(() => reject(new Error(`ended with ${code} before ${pattern}:\n${this.output}`)));
      const timer = setTimeout(
        () => finish(() => reject(new Error(`no line ${pattern} within ${timeoutMs} ms:\n${this.output}`))),
        timeoutMs,
      );
      this.watchers.add(watch);
      this.child.once("exit", ended);
    });
  }

  /** Calls back with each line from now on. */
  each(listener: (line: string) => void): void {
    this.watchers.add(listener);
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async stop(signal: NodeJS.Signals = "SIGTERM", graceMs = 8_000): Promise<void> {
    if (!this.running) return;
    const ended = once(this.child, "exit");
    this.child.kill("SIGCONT");
    this.child.kill(signal);
    const timer = setTimeout(() => this.child.kill("SIGKILL"), graceMs);
    await ended;
    clearTimeout(timer);
  }

  private heard(line: string): void {
    this.lines.push(line);
    if (this.lines.length > 5000) this.lines.splice(0, 1000);
    for (const watch of this.watchers) watch(line);
  }
}

/** Waits until `condition` holds. @throws Error naming `what` after `timeoutMs` */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 15_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    if (await condition()) return;
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
