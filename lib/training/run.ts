/**
 * One training run as a value, and what each thing that happens makes of it. A run is named by its trigger: whoever has
 * created `triggers/<model>/<cause>.json` starts it, and nobody else does. `dispatching` is written down before a start is
 * asked for, so that a process that dies in between finds out afterwards what came of it instead of starting a second one.
 */
import { EdgeError } from "../errors";
import type { Candidate } from "./candidate";
import type { Progress } from "./progress";

export const PLACES = ["local", "github"] as const;
/** Where the trainer runs: as a process of this machine, or as a workflow of GitHub Actions. */
export type Place = (typeof PLACES)[number];

export type Phase = "requested" | "dispatching" | "dispatched" | "running" | "done" | "failed" | "stopped" | "already";

/** What is asked for: the configuration is fixed here, whatever becomes of the flow meanwhile. */
export interface TrainingOrder {
  readonly model: string;
  /** Names the trigger: `count-<snapshot>`, `month-2026-11`, `fpr-<release>-<n>`, `manual-<time>`. */
  readonly cause: string;
  /** Who asked: a person, "schedule", "queue". */
  readonly by: string;
  readonly place: Place;
  /** What the place is, beyond its kind: API and repository of the workflow; "" for this machine. */
  readonly site?: string;
  /** The trainer's configuration, a TOML document. */
  readonly config: string;
}

export interface Failure {
  readonly code: string;
  readonly text: string;
}

export interface TrainingRun extends TrainingOrder {
  /** The trigger's id (UUIDv7): in the trigger's object, the run's folder, and the workflow run's name. */
  readonly id: string;
  readonly requestedAt: string;
  readonly phase: Phase;
  /** When it came into this phase. */
  readonly since: string;
  /** When it was first dispatched: what the deadline counts from. */
  readonly startedAt?: string;
  /** How often a start was asked for. */
  readonly attempts: number;
  /** How often it ended without a word. */
  readonly deaths: number;
  /** What the place calls it: the id of the workflow run, the process. */
  readonly handle?: string;
  /** Where a person can look at it. */
  readonly url?: string;
  readonly progress?: Progress;
  /** Who asked to stop it. */
  readonly stopping?: string;
  readonly failure?: Failure;
  /** What it made; of a failed run what its report says, without a release. */
  readonly candidate?: Candidate;
}

export type Happening =
  /** The trigger is ours, a start is about to be asked for: the first, or one after its process died. */
  | { readonly kind: "dispatching"; readonly died?: boolean; readonly at?: Pick<TrainingOrder, "place" | "site"> }
  /** The start was answered; without a handle where the answer does not name what it has started. */
  | { readonly kind: "dispatched"; readonly handle?: string | undefined; readonly url?: string | undefined }
  /** Somebody else has this trigger. */
  | { readonly kind: "taken"; readonly by: string }
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "stop-asked"; readonly by: string }
  | { readonly kind: "done"; readonly candidate: Candidate }
  | { readonly kind: "failed"; readonly failure: Failure; readonly candidate?: Candidate | undefined }
  | { readonly kind: "stopped" };

/** What is to be done next for a run; undefined when it has ended. */
export type Duty = "claim" | "settle" | "find" | "watch";

const ENDED: readonly Phase[] = ["done", "failed", "stopped", "already"];

/** Which happenings a phase admits: anything else is a defect, not a circumstance. */
const ADMITS: Readonly<Record<Phase, readonly Happening["kind"][]>> = {
  requested: ["dispatching", "taken", "stop-asked", "stopped", "failed"],
  dispatching: ["dispatching", "dispatched", "stop-asked", "stopped", "failed"],
  dispatched: ["dispatching", "dispatched", "progress", "stop-asked", "done", "failed", "stopped"],
  running: ["dispatching", "progress", "stop-asked", "done", "failed", "stopped"],
  done: [],
  failed: [],
  stopped: [],
  already: [],
};

/** A fresh run. @param at ISO 8601 UTC */
export function requested(order: TrainingOrder, id: string, at: string): TrainingRun {
  return { ...order, id, requestedAt: at, phase: "requested", since: at, attempts: 0, deaths: 0 };
}

export function hasEnded({ phase }: TrainingRun): boolean {
  return ENDED.includes(phase);
}

/** What a process that has just started, or has just written a phase down, does for a run. */
export function dutyOf(run: TrainingRun): Duty | undefined {
  if (hasEnded(run)) return undefined;
  if (run.phase === "requested") return "claim";
  if (run.phase === "dispatching") return "settle";
  return run.handle === undefined ? "find" : "watch";
}

/**
 * The run after something has happened to it.
 * @param at ISO 8601 UTC
 * @throws EdgeError `internal` for what cannot happen in its phase
 */
export function after(run: TrainingRun, happening: Happening, at: string): TrainingRun {
  if (!ADMITS[run.phase].includes(happening.kind)) {
    throw new EdgeError("internal", `training run ${run.id} is ${run.phase}: ${happening.kind} cannot happen to it`);
  }
  const into = (phase: Phase): TrainingRun => ({ ...run, phase, since: phase === run.phase ? run.since : at });
  switch (happening.kind) {
    case "dispatching": {
      const { handle: _, ...again } = into("dispatching");
      const deaths = run.deaths + (happening.died ? 1 : 0);
      return {
        ...again,
        ...happening.at,
        since: at,
        startedAt: run.startedAt ?? at,
        attempts: run.attempts + 1,
        deaths,
      };
    }
    case "dispatched":
      return {
        ...into("dispatched"),
        ...(happening.handle !== undefined && { handle: happening.handle }),
        ...(happening.url && { url: happening.url }),
      };
    case "progress":
      return { ...into("running"), progress: happening.progress };
    case "stop-asked":
      return { ...run, stopping: run.stopping ?? happening.by };
    case "taken":
      return { ...into("already"), failure: { code: "training-already", text: happening.by } };
    case "done":
      return { ...into("done"), candidate: happening.candidate };
    case "failed":
      return {
        ...into("failed"),
        failure: happening.failure,
        ...(happening.candidate && { candidate: happening.candidate }),
      };
    case "stopped":
      return into("stopped");
    default:
      throw new EdgeError("internal", `training run ${run.id}: something unknown happened to it`);
  }
}
