/**
 * The trainer's process on this machine. It outlives this one: it writes what it says into files of its run's folder, and is
 * found again by that folder among the arguments of its command, so that a deploy, or a restart of Node-RED, costs no training.
 */
import { execFile, spawn } from "node:child_process";
import { open, readFile, readdir } from "node:fs/promises";
import { promisify } from "node:util";
import { asError, EdgeError, errorCode } from "../errors";

export interface TrainerCommand {
  /** Absolute, or a name on the PATH. */
  readonly python: string;
  /** Where the package is found when it is not installed: the folder trainer/ of a clone. */
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

const run = promisify(execFile);

/** What mends a Python without the trainer. */
export const PYTHON_REMEDY =
  "in a clone of the repository `node scripts/trainer-env.mjs` makes one; elsewhere `pip install` the folder trainer/ into one and name it in the field Python";

/**
 * Tries the Python out.
 * @returns its version, for people
 * @throws EdgeError `training-python` with the line that mends it
 */
export async function checkPython({ python, cwd, env }: TrainerCommand): Promise<string> {
  const code = "import sys, context_edge_trainer; print('Python %d.%d.%d' % sys.version_info[:3])";
  try {
    const { stdout } = await run(python, ["-c", code], { cwd, env: environment(env), timeout: 20_000 });
    if (/^Python \d/m.test(stdout)) return lastLine(stdout);
    throw new Error("it does not answer as a Python");
  } catch (error) {
    const why = errorCode(error) === "ENOENT" ? "there is no such program" : lastLine(asError(error).message);
    throw new EdgeError("training-python", `${python} cannot run the trainer: ${why}`, {
      cause: error,
      remedy: PYTHON_REMEDY,
    });
  }
}

/**
 * Starts the trainer in a session of its own.
 * @param commands each with its arguments, one behind the other as long as they end well
 * @param mark an argument by which `processesWith` finds it
 * @param files where it writes what it says, opened for appending
 * @returns its process id, once it runs, and a promise of how it ended: "exit code 2", "signal SIGKILL"
 * @throws EdgeError `training-python`
 */
export async function startTrainer(
  command: TrainerCommand,
  commands: readonly (readonly string[])[],
  mark: string,
  files: { readonly stdout: string; readonly stderr: string },
): Promise<{ readonly pid: number; readonly ended: Promise<string> }> {
  const [stdout, stderr] = await Promise.all([open(files.stdout, "a", 0o600), open(files.stderr, "a", 0o600)]);
  try {
    const lines = commands.map((args) => [command.python, "-m", "context_edge_trainer", ...args]);
    const [first = []] = lines;
    // A shell that walks through several has the mark among its own arguments, for the moments between two.
    const [program = "", ...args] =
      lines.length === 1 ? first : ["sh", "-c", ["set -e", ...lines.map(quoted)].join("\n"), "sh", mark];
    const child = spawn(program, args, {
      cwd: command.cwd,
      env: environment(command.env),
      detached: true,
      stdio: ["ignore", stdout.fd, stderr.fd],
    });
    const ended = new Promise<string>((resolve) => {
      child.once("exit", (code, killedBy) => resolve(killedBy === null ? `exit code ${code}` : `signal ${killedBy}`));
    });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", reject);
    });
    child.unref();
    return { pid: child.pid as number, ended };
  } catch (error) {
    throw new EdgeError("training-python", `${command.python} cannot be started: ${asError(error).message}`, {
      cause: error,
      remedy: PYTHON_REMEDY,
    });
  } finally {
    await Promise.all([stdout.close(), stderr.close()]);
  }
}

function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
}

/** Unbuffered, so that progress is seen when it is made. */
function environment(more: TrainerCommand["env"]): NodeJS.ProcessEnv {
  return { ...process.env, PYTHONUNBUFFERED: "1", ...more };
}

/** Ids of the processes that have `argument` among the arguments of their command. */
export async function processesWith(argument: string): Promise<number[]> {
  const pids = await readdir("/proc").catch(() => undefined);
  if (pids === undefined) return processesByPs(argument);
  const numbers = pids.filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    numbers.map(async (pid) => {
      // It may have ended meanwhile, or be another user's.
      const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      return line.split("\0").includes(argument) ? [pid] : [];
    }),
  );
  return found.flat().filter((pid) => pid !== process.pid);
}

/** Where there is no /proc (macOS). */
async function processesByPs(argument: string): Promise<number[]> {
  const { stdout } = await run("ps", ["-A", "-o", "pid=,command="], { maxBuffer: 16 << 20 }).catch(() => ({
    stdout: "",
  }));
  return stdout
    .split("\n")
    .filter((line) => line.includes(argument))
    .map((line) => Number.parseInt(line, 10))
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid);
}

/** Sends a signal to a process and all it has started; one that is gone has had it. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch {
    try {
      process.kill(pid, name);
    } catch {
      // Gone meanwhile.
    }
  }
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.slice(0, 300) ?? "";
}
