/** Runs the `run:` steps of a GitHub workflow as the file has them, in order, with what a runner gives a step. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

interface Step {
  readonly name: string;
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
}

export interface Job {
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

export interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

export interface Done {
  readonly name: string;
  readonly status: number;
  readonly output: string;
}

export function readWorkflow(file: string): Workflow {
  return parse(readFileSync(file, "utf8")) as Workflow;
}

type Contexts = Record<string, unknown>;

/** A job's steps in a folder that stands for the workspace. Those that use an action are left to GitHub. */
export class Runner {
  readonly steps: Record<string, { outputs: Record<string, string> }> = {};
  private readonly fromSteps: Record<string, string> = {};
  readonly temp: string;

  /** @param contexts inputs, vars, secrets, github, needs */
  constructor(
    private readonly workspace: string,
    private readonly contexts: Contexts,
  ) {
    this.temp = join(workspace, "temp");
    mkdirSync(this.temp, { recursive: true });
  }

  /** Until the first step that fails. @param only names of steps; all when left out */
  run(job: Job, only?: readonly string[]): Done[] {
    const done: Done[] = [];
    for (const step of job.steps) {
      if (step.run === undefined || (only && !only.includes(step.name))) continue;
      if (step.if !== undefined && !truthy(evaluate(step.if, this.all()))) continue;
      const result = this.step(job, step);
      done.push(result);
      if (result.status !== 0) break;
    }
    return done;
  }

  outputs(job: Job): Record<string, string> {
    return this.resolved(job.outputs ?? {});
  }

  private step(job: Job, step: Step): Done {
    const script = join(this.temp, "step.sh");
    writeFileSync(script, step.run ?? "");
    const [env, output] = [join(this.temp, "env"), join(this.temp, "output")];
    for (const file of [env, output]) writeFileSync(file, "");
    // As the runner starts a step that names no shell.
    const { status, stdout, stderr } = spawnSync("bash", ["-e", script], {
      cwd: this.workspace,
      encoding: "utf8",
      env: {
        PATH: process.env["PATH"],
        HOME: process.env["HOME"],
        XDG_CACHE_HOME: process.env["XDG_CACHE_HOME"],
        ...(this.contexts["github"] as { env?: Record<string, string> }).env,
        RUNNER_TEMP: this.temp,
        GITHUB_ENV: env,
        GITHUB_OUTPUT: output,
        ...this.fromSteps,
        ...this.resolved(job.env ?? {}),
        ...this.resolved(step.env ?? {}),
      },
    });
    Object.assign(this.fromSteps, pairs(env));
    if (step.id !== undefined) this.steps[step.id] = { outputs: pairs(output) };
    return { name: step.name, status: status ?? -1, output: stdout + stderr };
  }

  private all(): Contexts {
    return { ...this.contexts, steps: this.steps, runner: { temp: this.temp } };
  }

  private resolved(texts: Readonly<Record<string, string>>): Record<string, string> {
    const fill = (text: string): string =>
      text.replace(/\$\{\{(.*?)\}\}/g, (_, expression: string) => shown(evaluate(expression, this.all())));
    return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, fill(text)]));
  }
}

/** `a.b || 'c'`, `a == 'b' && (c != '' || d)`, `always()`: what the workflow uses of GitHub's expressions. */
export function evaluate(expression: string, contexts: Contexts): unknown {
  const tokens = expression.match(/'(?:[^']|'')*'|\|\||&&|==|!=|[()]|[\w.-]+/g) ?? [];
  let at = 0;
  const next = (...kinds: string[]): boolean => kinds.includes(tokens[at] ?? "");
  const value = (): unknown => {
    const token = tokens[at++] ?? "";
    if (token === "(") {
      const inner = or();
      at++;
      return inner;
    }
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    if (token === "always") {
      at += 2;
      return true;
    }
    const found = token
      .split(".")
      .reduce<unknown>((from, name) => (from as Record<string, unknown> | undefined)?.[name], contexts);
    return found ?? "";
  };
  const equal = (): unknown => {
    const left = value();
    if (!next("==", "!=")) return left;
    const same = tokens[at++] === "==";
    return (shown(left) === shown(value())) === same;
  };
  const and = (): unknown => {
    let left = equal();
    while (next("&&")) {
      at++;
      const right = equal();
      left = truthy(left) ? right : left;
    }
    return left;
  };
  const or = (): unknown => {
    let left = and();
    while (next("||")) {
      at++;
      const right = and();
      left = truthy(left) ? left : right;
    }
    return left;
  };
  const result = or();
  if (at !== tokens.length)
    throw new Error(`cannot evaluate ${expression}: ${tokens.slice(at).join(" ")} is left over`);
  return result;
}

function truthy(value: unknown): boolean {
  return value !== "" && value !== false && value !== undefined && value !== null && value !== 0;
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function pairs(file: string): Record<string, string> {
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}
