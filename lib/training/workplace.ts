/** Where a run is carried out. Two kinds: a process of this machine (local.ts), a workflow of GitHub Actions (github-place.ts). */
import type { Candidate } from "./candidate";
import type { Progress } from "./progress";
import type { Failure, Place, TrainingRun } from "./run";

export interface Started {
  readonly handle: string;
  readonly url?: string | undefined;
}

export type Outcome =
  | { readonly kind: "done"; readonly candidate: Candidate }
  | { readonly kind: "failed"; readonly failure: Failure; readonly candidate?: Candidate | undefined }
  | { readonly kind: "stopped" }
  /** It ended without a word: killed, out of memory, a power cut. It may be started again. */
  | { readonly kind: "died"; readonly text: string };

/**
 * Methods throw `Later` for what may work in a while, and EdgeError for what a person must mend.
 */
export interface Workplace {
  readonly place: Place;
  /** Tells two places of one kind apart: API, repository and workflow; "" for this machine. */
  readonly site: string;
  /** How long after a start whose answer was lost the run may still not be found. */
  readonly settleMs: number;
  /** Starts it. @returns undefined where it was taken and has no name yet: `find` will know it */
  start(run: TrainingRun): Promise<Started | undefined>;
  /** What has been started for this trigger, running or ended; undefined when there is nothing. */
  find(run: TrainingRun): Promise<Started | undefined>;
  /** Until it has ended, or `signal` says to look no longer: then undefined, and the run goes on. */
  watch(run: TrainingRun, tell: (progress: Progress) => void, signal: AbortSignal): Promise<Outcome | undefined>;
  /** Asks it to end; `watch` then says what came of it. */
  stop(run: TrainingRun): Promise<void>;
}
