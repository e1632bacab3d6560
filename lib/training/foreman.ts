/**
 * Carries out training runs, one at a time, from the trigger to the candidate. What is about to happen is on the disk before
 * it happens; whoever starts again after a crash goes on from there: a trigger that is ours is claimed again with the same
 * bytes, a start whose answer was lost is looked for before another is asked for, a run that goes on is watched again.
 */
import { isoTime, type Clock } from "../clock";
import { asError, EdgeError, errorCode } from "../errors";
import { uuidv7 } from "../ids";
import { backoffMs } from "../storage/backoff";
import type { ObjectStore } from "../storage/object-store";
import { pause } from "../waiting";
import { assertCause, manualCause } from "./cause";
import { Later } from "./later";
import type { Ledger } from "./ledger";
import { after, dutyOf, hasEnded, requested, type Happening, type TrainingOrder, type TrainingRun } from "./run";
import { claimTrigger, refusedTrigger } from "./trigger";
import { edge, moved, passes, unfound } from "./trouble";
import type { Outcome, Workplace } from "./workplace";

export interface ForemanOptions {
  readonly model: string;
  readonly device: string;
  readonly ledger: Ledger;
  readonly store: ObjectStore;
  readonly workplace: Workplace;
  readonly clock: Clock;
  /** From [0, 1). */
  readonly random: () => number;
  /** From the first start to the end; a run that takes longer is stopped and has failed. */
  readonly deadlineMs: number;
}

/** What is asked for; without a cause it is a start by hand. */
export type Wanted = Omit<TrainingOrder, "model" | "place" | "cause"> & { readonly cause?: string | undefined };

export type News = Happening["kind"] | "requested" | "waiting" | "watching";
export type Listener = (run: TrainingRun, news: News) => void;

/** Causes that may wait behind the run that goes on. */
const MOST_WAITING = 10;
/** A run that ends without a word so often is not started again. */
const MOST_DEATHS = 3;
/** A start whose answer is lost each time, and of which nothing is found, is not asked for again. */
const MOST_STARTS = 10;
/** A start that was answered is looked for so many times as long as one whose answer was lost. */
const FIND_TIMES = 3;
const LONGEST_PAUSE_MS = 60_000;
const SETTLE_EVERY_MS = 5_000;

export class Foreman {
  /** Why nothing goes on for the moment; undefined while all works. */
  trouble: EdgeError | undefined;
  /** The run that is carried out. */
  current: TrainingRun | undefined;
  private readonly listeners = new Set<Listener>();
  private readonly ended = new AbortController();
  private nudge = new AbortController();
  private working: Promise<void> | undefined;
  private again = false;
  private asked: Promise<unknown> = Promise.resolve();
  /** What happens to a run happens one after the other: each is made of what the one before has written. */
  private turns: Promise<unknown> = Promise.resolve();
  private failures = 0;
  /** Set while a run is watched. */
  private stopAsked: (() => Promise<void>) | undefined;

  constructor(private readonly options: ForemanOptions) {}

  get place(): Workplace["place"] {
    return this.options.workplace.place;
  }

  /** Tells everything that happens to runs, until the returned function is called. */
  follow(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Takes up what an earlier process has left. */
  begin(): void {
    this.work();
  }

  /**
   * Writes a run down and starts it. One per cause: a cause that was asked for before gives the run that it had.
   * @returns the run, and whether it is new
   * @throws EdgeError `training-busy`, `training-cause`, and those of the database
   */
  start(wanted: Wanted): Promise<{ readonly run: TrainingRun; readonly fresh: boolean }> {
    const next = this.asked.then(() => this.startNow(wanted));
    this.asked = next.catch(() => undefined);
    return next;
  }

  private async startNow({ cause, by, config }: Wanted): Promise<{ run: TrainingRun; fresh: boolean }> {
    const { model, ledger, clock } = this.options;
    if (cause !== undefined) assertCause(cause);
    const known = cause === undefined ? undefined : await ledger.find(model, cause);
    // One that failed before anything was dispatched has trained nothing: its trigger is still its own.
    const unspent = known?.phase === "failed" && known.attempts === 0;
    if (known && !unspent) return { run: known, fresh: false };
    const open = await ledger.open(model);
    const [first] = open;
    if (first && (cause === undefined || open.length > MOST_WAITING)) {
      throw new EdgeError("training-busy", `${model} is being trained since ${first.requestedAt} (${first.cause})`, {
        remedy: "wait for its end, or stop it",
      });
    }
    const id = known?.id ?? uuidv7(clock.now());
    const order = {
      model,
      cause: cause ?? manualCause(clock.now(), id),
      by: known?.by ?? by,
      place: this.place,
      config,
    };
    // Of the same bytes as before, so that the trigger is found to be ours.
    const run = requested(order, id, known?.requestedAt ?? isoTime(clock.now()));
    await ledger.save(run);
    this.tell(run, first ? "waiting" : "requested");
    this.work();
    return { run, fresh: true };
  }

  /** Asks the run that goes on to end; what came of it is told. @throws EdgeError `training-idle` when none does */
  async stop(by: string): Promise<TrainingRun> {
    await this.asked;
    const run = await this.inTurn(async () => {
      if (this.current && !hasEnded(this.current)) return this.write({ kind: "stop-asked", by });
      throw new EdgeError("training-idle", `${this.options.model} is not being trained`);
    });
    void this.stopAsked?.();
    this.nudge.abort();
    return run;
  }

  /** Leaves the run to itself; the next foreman finds it. */
  async close(): Promise<void> {
    this.ended.abort();
    this.nudge.abort();
    await this.asked;
    await this.working;
    await this.turns;
  }

  /** Ends the process of a run whose node is deleted: nobody would look at it any more. */
  async abandon(): Promise<void> {
    if (this.place !== "local") return;
    const run = await this.inTurn(async () =>
      this.current && !hasEnded(this.current)
        ? this.write({ kind: "stop-asked", by: "the node was deleted" })
        : undefined,
    );
    if (run && dutyOf(run) === "watch") await this.options.workplace.stop(run);
  }

  private work(): void {
    this.again = true;
    this.working ??= this.carryOut().finally(() => {
      this.working = undefined;
      if (this.again && !this.ended.signal.aborted) this.work();
    });
  }

  private async carryOut(): Promise<void> {
    while (!this.ended.signal.aborted) {
      this.again = false;
      try {
        const next = await this.inTurn(async () => {
          const [first] = await this.options.ledger.open(this.options.model);
          return first && (this.current = first);
        });
        if (!next) return;
        await this.goOn(next);
        this.failures = 0;
        this.trouble = undefined;
      } catch (error) {
        await this.fare(error);
      }
    }
  }

  /** What may work later is tried again; anything else ends the run, or, where it cannot be written down, waits. */
  private async fare(thrown: unknown): Promise<void> {
    const run = this.current;
    if (run && !hasEnded(run) && !passes(thrown, run)) {
      // Nobody looks at a run that has failed: it must not go on by itself.
      const end = dutyOf(run) === "watch" ? `; ${await this.tryToStop(run)}` : "";
      const failure = { code: errorCode(thrown), text: `${asError(thrown).message}${end}` };
      try {
        await this.happen({ kind: "failed", failure });
        return;
      } catch (error) {
        thrown = error;
      }
    }
    this.trouble = thrown instanceof Later ? thrown.reason : edge(thrown);
    if (run) this.tell(run, "watching");
    this.failures++;
    const waitMs = backoffMs(this.failures, this.options.random(), 1_000, LONGEST_PAUSE_MS);
    await this.pause(Math.max(waitMs, thrown instanceof Later ? thrown.afterMs : 0));
  }

  private async goOn(run: TrainingRun): Promise<void> {
    const duty = dutyOf(run);
    if (duty === "claim") await this.claim(run);
    else if (this.isElsewhere(run)) await this.happen({ kind: "failed", failure: moved(run) });
    else if (this.msLeft(run) <= 0) await this.giveUp(run);
    else if (duty === "settle") await this.settle(run);
    else if (duty === "find") await this.find(run);
    else await this.watch(run);
  }

  /** Somewhere else it would not be found, and started a second time. */
  private isElsewhere({ place, site }: TrainingRun): boolean {
    const { workplace } = this.options;
    return place !== workplace.place || (site !== undefined && site !== workplace.site);
  }

  private async claim(run: TrainingRun): Promise<void> {
    if (run.stopping !== undefined) return this.happen({ kind: "stopped" });
    const { store, device } = this.options;
    const owner = await claimTrigger(store, run, device).catch((error: unknown) => {
      throw error instanceof EdgeError ? refusedTrigger(error) : error;
    });
    if (owner !== "") return this.happen({ kind: "taken", by: owner });
    await this.dispatch();
  }

  private async dispatch(died = false): Promise<void> {
    if (this.current?.stopping !== undefined) return this.happen({ kind: "stopped" });
    const { place, site } = this.options.workplace;
    await this.happen({ kind: "dispatching", died, at: { place, site } });
    const run = this.current as TrainingRun;
    const started = await this.options.workplace.start(run);
    await this.happen({ kind: "dispatched", ...started });
  }

  /** A start was asked for, and what came of it is not known. */
  private async settle(run: TrainingRun): Promise<void> {
    const { settleMs } = this.options.workplace;
    if (await this.lookFor(run, settleMs)) return;
    // Where what was started is there at once, nothing was.
    if (settleMs > 0 && run.attempts >= MOST_STARTS) throw unfound(run, `${run.attempts} starts were asked for`);
    await this.dispatch();
  }

  /** It was started, and has no name yet: another start would be a second training. */
  private async find(run: TrainingRun): Promise<void> {
    if (await this.lookFor(run, FIND_TIMES * this.options.workplace.settleMs)) return;
    throw unfound(run, "the start was answered");
  }

  /** @returns false when it is not found, and will not be: it is longer ago than `ms` */
  private async lookFor(run: TrainingRun, ms: number): Promise<boolean> {
    const { workplace, clock } = this.options;
    const found = await workplace.find(run);
    const leftMs = Date.parse(run.since) + ms - clock.now();
    if (found) await this.happen({ kind: "dispatched", ...found });
    else if (leftMs > 0 && leftMs <= ms) await this.pause(Math.min(leftMs, SETTLE_EVERY_MS));
    else return false;
    return true;
  }

  private async watch(run: TrainingRun): Promise<void> {
    const { workplace, clock } = this.options;
    const look = new AbortController();
    const end = (): void => look.abort();
    const late = clock.after(this.msLeft(run), end);
    let stopping: Promise<void> | undefined;
    this.stopAsked = () => (stopping ??= this.askToStop(look.signal));
    if (run.stopping !== undefined) void this.stopAsked();
    this.ended.signal.addEventListener("abort", end, { once: true });
    this.tell(run, "watching");
    try {
      const outcome = await workplace.watch(run, (progress) => this.hear(progress), look.signal);
      if (outcome) await this.conclude(outcome);
    } finally {
      late();
      this.stopAsked = undefined;
      look.abort();
      this.ended.signal.removeEventListener("abort", end);
      await stopping;
    }
  }

  /** Again and again where that does not get through. */
  private async askToStop(signal: AbortSignal): Promise<void> {
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        return await this.options.workplace.stop(this.current as TrainingRun);
      } catch (error) {
        this.trouble = error instanceof Later ? error.reason : edge(error);
      }
      await pause(backoffMs(failures, this.options.random(), 2_000, LONGEST_PAUSE_MS), signal, this.options.clock);
    }
  }

  private async conclude(outcome: Outcome): Promise<void> {
    const run = this.current as TrainingRun;
    if (outcome.kind === "done" || outcome.kind === "stopped") return this.happen(outcome);
    if (run.stopping !== undefined) return this.happen({ kind: "stopped" });
    if (outcome.kind === "failed") return this.happen(outcome);
    const deaths = run.deaths + 1;
    if (deaths < MOST_DEATHS) return this.dispatch(true);
    const text = `it ended without a word ${deaths} times: ${outcome.text}`;
    await this.happen({ kind: "failed", failure: { code: "training-died", text } });
  }

  private async giveUp(run: TrainingRun): Promise<void> {
    const hours = this.options.deadlineMs / 3_600_000;
    const stopped = await this.tryToStop(run);
    const text = `not finished ${Number(hours.toPrecision(3))} h after its start, the deadline; ${stopped}`;
    await this.happen({ kind: "failed", failure: { code: "training-deadline", text } });
  }

  /** Whether it can still be stopped changes nothing: nobody waits for it any longer. @returns what came of it */
  private async tryToStop(run: TrainingRun): Promise<string> {
    try {
      await this.options.workplace.stop(run);
      return "it was stopped";
    } catch (error) {
      return `it could not be stopped: ${asError(error).message}`;
    }
  }

  private hear(progress: NonNullable<TrainingRun["progress"]>): void {
    const heard = this.inTurn(async () => {
      const run = this.current as TrainingRun;
      this.current = after(run, { kind: "progress", progress }, this.now());
      this.tell(this.current, "progress");
      // An epoch that is not written down is heard again; a stage is worth a write.
      if (run.progress?.stage !== progress.stage) await this.options.ledger.save(this.current);
    });
    heard.catch((error: unknown) => (this.trouble = edge(error)));
  }

  private async happen(happening: Happening): Promise<void> {
    await this.inTurn(() => this.write(happening));
  }

  /** Only in turn. */
  private async write(happening: Happening): Promise<TrainingRun> {
    const run = after(this.current as TrainingRun, happening, this.now());
    await this.options.ledger.save(run);
    this.current = run;
    this.tell(run, happening.kind);
    return run;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.turns.then(work);
    this.turns = next.catch(() => undefined);
    return next;
  }

  private tell(run: TrainingRun, news: News): void {
    for (const listener of this.listeners) listener(run, news);
  }

  private msLeft({ startedAt }: TrainingRun): number {
    const { clock, deadlineMs } = this.options;
    return startedAt === undefined ? deadlineMs : Date.parse(startedAt) + deadlineMs - clock.now();
  }

  /** A stop that is asked for, or the end of the foreman, ends it. */
  private async pause(ms: number): Promise<void> {
    if (this.ended.signal.aborted) return;
    if (this.nudge.signal.aborted) this.nudge = new AbortController();
    await pause(ms, this.nudge.signal, this.options.clock);
  }

  private now(): string {
    return isoTime(this.options.clock.now());
  }
}
