import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { TestProcess } from "./process";

const ROOT = join(__dirname, "..", "..");

/** The Python that has the reference library of OpenSSF Model Signing: the trainer's. */
export function referencePython(): string {
  const script = join(ROOT, "scripts", "trainer-env.mjs");
  return execFileSync(process.execPath, [script], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }).trim();
}

export interface Verdict {
  readonly ok: boolean;
  readonly why?: string;
}

/** The reference library in a process of its own; one question at a time. */
export class Reference {
  private readonly process = new TestProcess(
    referencePython(),
    [join(ROOT, "test", "peers", "model_signing_peer.py")],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  private readonly answers: Interface;
  private readonly ended: Promise<never>;

  constructor() {
    this.ended = once(this.process.child, "exit").then(() => Promise.reject(new Error("the reference library ended")));
    this.ended.catch(() => undefined);
    const { stdout } = this.process.child;
    if (!stdout) throw new Error("the reference has no output");
    this.answers = createInterface({ input: stdout });
  }

  sign(folder: string, key: string): Promise<Verdict> {
    return this.ask({ sign: folder, key });
  }

  verify(folder: string, signature: string, key: string): Promise<Verdict> {
    return this.ask({ verify: folder, signature, key });
  }

  stop(): Promise<void> {
    this.answers.close();
    return this.process.stop();
  }

  private async ask(question: object): Promise<Verdict> {
    const answered = once(this.answers, "line");
    this.process.child.stdin?.write(`${JSON.stringify(question)}\n`);
    const [line] = (await Promise.race([answered, this.ended])) as [string];
    return JSON.parse(line) as Verdict;
  }
}
