/** What may go wrong with a run: what passes by itself, and what is said of the rest. */
import { asError, EdgeError, errorCode } from "../errors";
import { Later } from "./later";
import { dutyOf, type Failure, type TrainingRun } from "./run";

/**
 * What cannot be written down has not happened: it is tried again when the disk has room, or the file is free. A token that
 * is refused in the middle says nothing of the training, which goes on meanwhile.
 */
export function passes(error: unknown, run: TrainingRun): boolean {
  const code = errorCode(error);
  if (error instanceof Later || /^(?:database|disk-full)/.test(code) || isFile(code)) return true;
  return code === "github-denied" && dutyOf(run) === "watch";
}

/** As the system says it: ENOSPC, EMFILE, EIO. */
function isFile(code: string): boolean {
  return /^E[A-Z0-9]+$/.test(code);
}

export function unfound({ id }: TrainingRun, what: string): EdgeError {
  return new EdgeError("training-unfound", `${what}, and no run whose name holds ${id} is found`, {
    remedy: "the workflow's run-name lacks trigger_id: take it over from mlops.yml, and look for the run on GitHub",
  });
}

export function edge(error: unknown): EdgeError {
  if (error instanceof EdgeError) return error;
  const { message } = asError(error);
  const code = errorCode(error);
  if (code === "ENOSPC" || code === "EDQUOT") return new EdgeError("disk-full", message, { cause: error });
  if (!isFile(code)) return new EdgeError("internal", message, { cause: error });
  return new EdgeError("training-folder", `the run's folder: ${message}`, {
    cause: error,
    remedy: "the folder training in the device's data folder must be writable; it is tried again",
  });
}

/** A run that goes on at another place than the one that is set now. */
export function moved({ place, site = "", handle, url }: TrainingRun): Failure {
  const there = place === "local" ? `as process ${handle ?? "of this machine"}` : `in GitHub Actions (${url ?? site})`;
  const error = new EdgeError("training-moved", `it was started ${there}, which is not where this model trains now`, {
    remedy: "it cannot be stopped from here: stop it there, then start again",
  });
  return { code: error.code, text: error.message };
}
