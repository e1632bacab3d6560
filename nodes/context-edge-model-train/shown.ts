/** A run as messages, pages and the status show it. */
import type { EdgeError } from "../../lib/errors";
import { describeProgress } from "../../lib/training/progress";
import { hasEnded, type TrainingRun } from "../../lib/training/run";
import { shorten } from "../common/adapter";
import type { StatusLine } from "../common/status";

const LENGTH = 60;

/** In the vocabulary of messages: snake_case, without the configuration. */
export function shownRun(run: TrainingRun): Record<string, unknown> {
  const { id, model, cause, by, place, phase, since, attempts, url, progress, stopping, failure, candidate } = run;
  return {
    id,
    model,
    cause,
    by,
    place,
    phase,
    since,
    attempts,
    requested_at: run.requestedAt,
    ...(run.startedAt && { started_at: run.startedAt }),
    ...(url && { url }),
    ...(progress && { progress }),
    ...(stopping && { stopping }),
    ...(failure && { failure }),
    ...(candidate && { candidate: shownCandidate(run) }),
  };
}

function shownCandidate({ candidate, url }: TrainingRun): Record<string, unknown> | undefined {
  if (!candidate) return undefined;
  const { folder, ...rest } = candidate;
  return { ...rest, report: { path: `${folder}/report.html`, ...(url && { url }) } };
}

export function describeRun(
  run: TrainingRun | undefined,
  trouble: EdgeError | undefined,
): Parameters<StatusLine["set"]> {
  if (!run) return ["grey", "ring", "not trained yet"];
  if (!hasEnded(run) && trouble) return ["yellow", "ring", shorten(`waiting: ${trouble.code}`, LENGTH)];
  if (!hasEnded(run)) return ["blue", run.phase === "running" ? "dot" : "ring", shorten(going(run), LENGTH)];
  const when = day(run.since);
  if (run.phase === "done")
    return ["green", "dot", shorten(`${run.model} ${run.candidate?.version ?? ""} · ${when}`, LENGTH)];
  if (run.phase === "failed") return ["red", "ring", shorten(`failed: ${run.failure?.code ?? ""} · ${when}`, LENGTH)];
  return run.phase === "already"
    ? ["grey", "dot", shorten(`${run.cause}: somebody else trains`, LENGTH)]
    : ["grey", "ring", `stopped · ${when}`];
}

function going({ phase, progress, stopping }: TrainingRun): string {
  const score = progress?.macro_f1 === undefined ? "" : ` · macro-F1 ${progress.macro_f1.toFixed(3)}`;
  const text = progress ? `${describeProgress(progress)}${score}` : phase;
  return stopping === undefined ? text : `stopping · ${text}`;
}

function day(at: string): string {
  return at.slice(0, 10);
}
