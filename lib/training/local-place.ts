/** Training as a process of this machine: a folder per run, which holds all that is to be known of it. */
import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../clock";
import { EdgeError } from "../errors";
import { makeDirectory } from "../storage/make-directory";
import { pause } from "../waiting";
import { readProgress, type Ending, type Progress } from "./progress";
import type { TrainingRun } from "./run";
import { candidateIn, failed } from "./run-files";
import { endOf, Tail } from "./tail";
import { checkPython, processesWith, signal, startTrainer, type TrainerCommand } from "./trainer-process";
import type { Outcome, Started, Workplace } from "./workplace";

export interface LocalOptions {
  /** Absolute; a folder per run is made in it. */
  readonly folder: string;
  /** Found when a run is started: it may be installed after this was made. */
  readonly command: () => Promise<TrainerCommand>;
  /** What the trainer calls the object store: `s3://bucket/prefix` or a folder. */
  readonly storeUrl: string;
  /** Flags beside those of every run: what is read, what it is compared with, what becomes of the release. */
  readonly flags: Readonly<Record<"reading" | "comparing" | "releasing", readonly string[]>>;
  readonly publishes: boolean;
  readonly clock: Clock;
  /** Between SIGTERM and SIGKILL. */
  readonly graceMs?: number;
}

const LOOK_EVERY_MS = 500;
const GRACE_MS = 20_000;
/** What a run may say before it is taken for one that has lost its way. */
const MOST_SAID = 64 << 20;

export class LocalPlace implements Workplace {
  readonly place = "local";
  readonly site = "";
  /** A process that was started is there at once. */
  readonly settleMs = 0;
  /** Processes that this one has started, and how they ended. */
  private readonly own = new Map<string, { how: string | undefined }>();

  constructor(private readonly options: LocalOptions) {}

  async start(run: TrainingRun): Promise<Started> {
    const command = await this.options.command();
    await checkPython(command);
    const { folder, config, said, log, out } = this.files(run);
    makeDirectory(folder);
    await writeFile(config, run.config, { mode: 0o600 });
    // What an attempt before this one has said is no news.
    await rm(said, { force: true });
    const { pid, ended } = await startTrainer(command, this.commands(run), out, { stdout: said, stderr: log });
    const own: { how: string | undefined } = { how: undefined };
    this.own.set(run.id, own);
    void ended.then((how) => (own.how = how));
    return { handle: String(pid) };
  }

  /** One that has died goes on from its snapshot: the training then goes on from its last epoch. */
  private commands(run: TrainingRun): string[][] {
    const { storeUrl, flags } = this.options;
    const { config, out } = this.files(run);
    const work = ["--config", config, "--out", out, "--progress", "json"];
    const store = ["--store", storeUrl];
    if (run.deaths === 0 || !existsSync(join(out, "snapshot", "manifest.json"))) {
      return [["run", ...store, ...work, ...flags.reading, ...flags.comparing, ...flags.releasing]];
    }
    return [
      ["train", ...work],
      ["export", ...work],
      ["evaluate", ...store, ...work, ...flags.comparing],
      ["release", ...store, ...work, ...flags.releasing],
    ];
  }

  async find(run: TrainingRun): Promise<Started | undefined> {
    const [pid] = await this.processes(run);
    if (pid !== undefined) return { handle: String(pid) };
    // It may have run and ended while nobody looked.
    return (await this.ending(run)) === undefined ? undefined : { handle: run.handle ?? "ended" };
  }

  async watch(
    run: TrainingRun,
    tell: (progress: Progress) => void,
    looking: AbortSignal,
  ): Promise<Outcome | undefined> {
    const tail = new Tail(this.files(run).said);
    let ending: { ending: Ending; text: string } | undefined;
    let latest: Progress | undefined;
    for (;;) {
      const alive = await this.alive(run);
      for (let lines = await tail.lines(); lines.length > 0; lines = await tail.lines()) {
        for (const said of lines.map(readProgress)) {
          if (said && "ending" in said) ending = said;
          else if (said) tell((latest = said.progress));
        }
        if (tail.read > MOST_SAID) {
          await this.stop(run);
          throw new EdgeError("training-output", `the trainer has said more than ${MOST_SAID >> 20} MB`);
        }
      }
      if (!alive) return this.outcome(run, ending, latest);
      if (looking.aborted) return undefined;
      await pause(LOOK_EVERY_MS, looking, this.options.clock);
    }
  }

  /** Asked once: a second signal would cut short what the trainer tidies up after the first. */
  async stop(run: TrainingRun): Promise<void> {
    const { clock, graceMs = GRACE_MS } = this.options;
    const never = new AbortController().signal;
    const ended = async (withinMs: number): Promise<boolean> => {
      for (const until = clock.monotonic() + withinMs; clock.monotonic() < until;) {
        if (!(await this.alive(run))) return true;
        await pause(LOOK_EVERY_MS / 5, never, clock);
      }
      return false;
    };
    for (const pid of await this.processes(run)) signal(pid, "SIGTERM");
    while (!(await ended(graceMs))) for (const pid of await this.processes(run)) signal(pid, "SIGKILL");
  }

  private async alive(run: TrainingRun): Promise<boolean> {
    const own = this.own.get(run.id);
    return own ? own.how === undefined : (await this.processes(run)).length > 0;
  }

  /** Looked for twice: a process that is just becoming another program has no arguments for a moment. */
  private async processes(run: TrainingRun): Promise<number[]> {
    const { out } = this.files(run);
    const found = await processesWith(out);
    if (found.length > 0) return found;
    await pause(50, new AbortController().signal, this.options.clock);
    return processesWith(out);
  }

  private async outcome(
    run: TrainingRun,
    ending: { ending: Ending; text: string } | undefined,
    latest: Progress | undefined,
  ): Promise<Outcome> {
    const how = this.own.get(run.id)?.how;
    const candidate = await candidateIn(this.files(run).out, run.model, this.options.publishes);
    if (ending?.ending === "done") {
      if (candidate) return { kind: "done", candidate };
      const text = `the trainer says it is done, and there is no report in ${this.files(run).out}`;
      return { kind: "failed", failure: { code: "training-files", text } };
    }
    if (ending?.ending === "stopped") return { kind: "stopped" };
    if (ending) return failed(ending.text, candidate);
    const said = await endOf(this.files(run).log, 2_000);
    const last = said.split("\n").at(-1) ?? "";
    // Status 2 is for a person to mend, and starting again mends nothing.
    if (how === "exit code 2" || how === "exit code 3") return failed(last, candidate);
    const at = latest ? `in ${latest.stage}` : "before it said anything";
    return { kind: "died", text: [how ?? "its process is gone", at, last].filter((part) => part !== "").join("; ") };
  }

  /** How it ended, as its last line says. */
  private async ending(run: TrainingRun): Promise<Ending | undefined> {
    const last = (await endOf(this.files(run).said, 4_000)).split("\n").at(-1) ?? "";
    const said = readProgress(last);
    return said && "ending" in said ? said.ending : undefined;
  }

  private files({ id }: TrainingRun): Record<"folder" | "config" | "said" | "log" | "out", string> {
    const folder = join(this.options.folder, id);
    return {
      folder,
      config: join(folder, "config.toml"),
      said: join(folder, "progress.ndjson"),
      log: join(folder, "log.txt"),
      out: join(folder, "out"),
    };
  }
}
