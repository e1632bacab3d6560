/** Training as a workflow of GitHub Actions: found by the trigger's id in the run's name, watched with care for the limits. */
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../clock";
import { EdgeError } from "../errors";
import { makeDirectory } from "../storage/make-directory";
import { pause } from "../waiting";
import type { Artifact, GithubClient } from "./github-client";
import type { Progress } from "./progress";
import type { TrainingRun } from "./run";
import { candidateIn, failed, LARGEST_FILE } from "./run-files";
import type { Outcome, Started, Workplace } from "./workplace";
import { readZip } from "./zip";

export interface GithubPlaceOptions {
  readonly client: Pick<
    GithubClient,
    "site" | "dispatch" | "findRun" | "run" | "step" | "artifacts" | "cancel" | "download"
  >;
  /** Absolute; a folder per run for what its artefacts hold. */
  readonly folder: string;
  /** Inputs of the workflow beside those of the run: bucket, since, limit. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly pollMs: number;
  readonly clock: Clock;
  /** How long an artefact of a run that has ended may take to be listed. */
  readonly artifactMs?: number;
  readonly settleMs?: number;
}

/** Artefacts of the workflow by name, and the files in them that are read. */
const ARTIFACTS = { report: ["report.json", "report.html"], release: ["model.json", "model.sig"] } as const;
const LARGEST_ARTIFACT = 256 << 20;
const ARTIFACT_MS = 120_000;
/** A run is listed some seconds after its dispatch was answered; two minutes were never seen. */
const SETTLE_MS = 120_000;
/** The clocks of this machine and of GitHub may differ by so much. */
const SKEW_MS = 86_400_000;

export class GithubPlace implements Workplace {
  readonly place = "github";
  readonly settleMs: number;
  readonly site: string;

  constructor(private readonly options: GithubPlaceOptions) {
    this.site = options.client.site;
    this.settleMs = options.settleMs ?? SETTLE_MS;
  }

  async start(run: TrainingRun): Promise<Started | undefined> {
    const { id, model, cause, config } = run;
    const started = await this.options.client.dispatch({
      ...this.options.inputs,
      model,
      cause,
      trigger_id: id,
      config,
    });
    return started && { handle: started.id, url: started.url };
  }

  async find(run: TrainingRun): Promise<Started | undefined> {
    const since = new Date(Date.parse(run.requestedAt) - SKEW_MS).toISOString().replace(/\.\d+Z$/, "Z");
    const found = await this.options.client.findRun(run.id, since);
    return found && { handle: found.id, url: found.url };
  }

  async watch(
    run: TrainingRun,
    tell: (progress: Progress) => void,
    looking: AbortSignal,
  ): Promise<Outcome | undefined> {
    const { client, clock, pollMs } = this.options;
    const handle = run.handle ?? "";
    for (let said = ""; !looking.aborted;) {
      const { status, conclusion } = await client.run(handle);
      if (status === "completed") return this.outcome(run, conclusion ?? "unknown", looking);
      const stage = (status === "in_progress" ? await client.step(handle) : undefined) ?? status.replaceAll("_", " ");
      if (stage !== said) tell({ stage: (said = stage) });
      await pause(pollMs, looking, clock);
    }
    return undefined;
  }

  async stop(run: TrainingRun): Promise<void> {
    const handle = run.handle ?? (await this.find(run))?.handle;
    if (handle === undefined) {
      throw new EdgeError("training-unfound", `no workflow run whose name holds ${run.id} is found`);
    }
    await this.options.client.cancel(handle);
  }

  private async outcome(run: TrainingRun, conclusion: string, looking: AbortSignal): Promise<Outcome | undefined> {
    if (conclusion === "cancelled") return { kind: "stopped" };
    const folder = join(this.options.folder, run.id, "out");
    const names = conclusion === "success" ? (["report", "release"] as const) : (["report"] as const);
    const there = await this.await(run, names, conclusion === "success", looking);
    if (looking.aborted) return undefined;
    for (const [name, artifact] of there) await this.fetch(artifact, ARTIFACTS[name], folder, name);
    // What an earlier look has left there is not of this one.
    const candidate = there.has("report") ? await candidateIn(folder, run.model, true) : undefined;
    if (conclusion === "success" && candidate && there.has("release")) return { kind: "done", candidate };
    const lacking = names.filter((name) => !there.has(name)).join(" and ");
    const text =
      conclusion === "success"
        ? `the workflow run ${run.handle} succeeded without the artefact ${lacking}`
        : `the workflow run ${run.handle} ended: ${conclusion.replaceAll("_", " ")}`;
    return failed(text, candidate);
  }

  /** Artefacts are listed a little after their run has ended. */
  private async await(
    run: TrainingRun,
    names: readonly (keyof typeof ARTIFACTS)[],
    all: boolean,
    looking: AbortSignal,
  ): Promise<Map<keyof typeof ARTIFACTS, Artifact>> {
    const { client, clock, pollMs, artifactMs = ARTIFACT_MS } = this.options;
    for (const until = clock.monotonic() + artifactMs; ;) {
      const listed = (await client.artifacts(run.handle ?? "")).filter(({ expired }) => !expired);
      const there = new Map(
        names.flatMap((name) => {
          const artifact = listed.find((each) => each.name === name);
          return artifact ? [[name, artifact] as const] : [];
        }),
      );
      if (there.size === names.length || !all || looking.aborted || clock.monotonic() >= until) return there;
      await pause(Math.min(pollMs, 5_000), looking, clock);
    }
  }

  private async fetch(artifact: Artifact, wanted: readonly string[], folder: string, name: string): Promise<void> {
    const { bytes, digest } = artifact;
    if (bytes > LARGEST_ARTIFACT) {
      throw new EdgeError("github-artifact", `the artefact ${name} has ${bytes} bytes, limit ${LARGEST_ARTIFACT}`);
    }
    const archive = await this.options.client.download(artifact, LARGEST_ARTIFACT);
    const found = `sha256:${createHash("sha256").update(archive).digest("hex")}`;
    if (digest?.startsWith("sha256:") && digest !== found) {
      throw new EdgeError("github-artifact", `the artefact ${name} is ${found}, GitHub says ${digest}`);
    }
    const into = name === "release" ? join(folder, "release") : folder;
    makeDirectory(into);
    for (const [file, body] of readZip(archive, wanted, LARGEST_FILE)) await writeFile(join(into, file), body);
  }
}
