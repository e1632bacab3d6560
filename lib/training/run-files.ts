/** The folder of a run on this machine, wherever it ran: the trainer's work folder, or what a workflow's artefacts held. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { EdgeError, errorCode } from "../errors";
import { failedGates, readCandidate, type Candidate } from "./candidate";
import type { Outcome } from "./workplace";

export const LARGEST_FILE = 64 << 20;

/** What a work folder holds of a candidate; undefined while there is no report. @throws EdgeError `training-files` */
export async function candidateIn(folder: string, model: string, publishes: boolean): Promise<Candidate | undefined> {
  const report = await bytesOf(join(folder, "report.json"));
  if (!report) return undefined;
  const manifest = await bytesOf(join(folder, "release", "model.json"));
  const bundle = await bytesOf(join(folder, "release", "model.sig"));
  return readCandidate({ report, manifest, bundle, folder }, model, publishes);
}

/** A run that has failed: by its gates, where its report says so, else as it says itself. */
export function failed(text: string, candidate: Candidate | undefined): Outcome {
  const gates = candidate ? failedGates(candidate.gates) : [];
  if (gates.length === 0) return { kind: "failed", failure: { code: "training-failed", text }, candidate };
  const named = gates.map(({ name, result }) => `${name}: ${result}`).join(", ");
  return { kind: "failed", failure: { code: "training-gates", text: `not released: ${named}` }, candidate };
}

async function bytesOf(file: string): Promise<Buffer | undefined> {
  try {
    const bytes = await readFile(file);
    if (bytes.byteLength <= LARGEST_FILE) return bytes;
    throw new EdgeError("training-files", `${file} has ${bytes.byteLength} bytes, limit ${LARGEST_FILE}`);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
