/** A place of training that is only a list: what was started there stays, whoever dies. */
import { EdgeError } from "../../../lib/errors";
import type { Ledger } from "../../../lib/training/ledger";
import { Later } from "../../../lib/training/later";
import type { TrainingRun } from "../../../lib/training/run";
import type { Outcome, Workplace } from "../../../lib/training/workplace";

interface Job {
  readonly id: string;
  outcome: Outcome | undefined;
  readonly said: { stage: string; epoch: number }[];
}

const never = new Promise<never>(() => undefined);

export class World {
  starts = 0;
  /** What the next starts are answered with instead of starting. */
  refusals: Error[] = [];
  /** So many stops do not get through. */
  deaf = 0;
  private readonly jobs: Job[] = [];
  private step: () => Promise<void> = () => Promise.resolve();
  private loseAnswer = false;

  get running(): readonly Job[] {
    return this.jobs.filter(({ outcome }) => outcome === undefined);
  }

  say(stage: string, epoch: number): void {
    this.running.at(-1)?.said.push({ stage, epoch });
  }

  end(): void {
    const job = this.running.at(-1) as Job;
    const rest = { release_sha256: null, key: null, gates: [], folder: "" };
    job.outcome = { kind: "done", candidate: { model: "pumps", version: "1.0.0", ...rest } };
  }

  die(): void {
    (this.running.at(-1) as Job).outcome = { kind: "died", text: "signal SIGKILL" };
  }

  place(): Workplace {
    const job = ({ id }: TrainingRun): Job | undefined => this.jobs.findLast((each) => each.id === id);
    const { step, loseAnswer } = this;
    return {
      place: "local",
      site: "",
      settleMs: 50,
      start: async ({ id }) => {
        await step();
        const refusal = this.refusals.shift();
        if (refusal) throw refusal;
        this.starts++;
        this.jobs.push({ id, outcome: undefined, said: [] });
        if (loseAnswer) throw new Later(new EdgeError("github-unreachable", "the answer was lost"));
        await step();
        return { handle: String(this.jobs.length) };
      },
      find: async (run) => {
        const found = job(run);
        return found && found.outcome?.kind !== "died" ? { handle: "found" } : undefined;
      },
      watch: async (run, tell, signal) => {
        while (!signal.aborted) {
          const found = job(run) as Job;
          for (const progress of found.said.splice(0)) tell(progress);
          if (found.outcome) return found.outcome;
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        return undefined;
      },
      stop: async (run) => {
        if (this.deaf-- > 0) throw new Later(new EdgeError("github-unreachable", "away"));
        const found = job(run);
        if (found) found.outcome ??= { kind: "stopped" };
      },
    };
  }

  /** From now on a process that dies, as far as anybody can see, at its nth step: nothing of it is done or answered after. */
  mortal(death: number, loseAnswer: boolean): { dead: boolean; kill(): void; ledger(inner: Ledger): Ledger } {
    let left = death;
    const state = {
      dead: false,
      kill: (): void => {
        state.dead = true;
        this.step = () => Promise.resolve();
        this.loseAnswer = false;
      },
      ledger: (inner: Ledger): Ledger => ({
        open: (model) => (state.dead ? never : inner.open(model)),
        latest: (model, limit) => inner.latest(model, limit),
        find: (model, cause) => inner.find(model, cause),
        lookedAt: (model) => inner.lookedAt(model),
        look: (model, at) => inner.look(model, at),
        save: async (run) => {
          await step();
          await inner.save(run);
          await step();
        },
      }),
    };
    const step = async (): Promise<void> => {
      if (!state.dead && --left > 0) return;
      state.dead = true;
      await never;
    };
    this.step = step;
    this.loseAnswer = loseAnswer;
    return state;
  }
}
