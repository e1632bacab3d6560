/** What a training run has made, as its files say it: the release, and what each gate found. */
import { EdgeError } from "../errors";
import { isSafeName } from "../ids";
import { isRecord, valueAt } from "../path";
import { sha256 } from "../storage/hash";

export interface Gate {
  readonly name: string;
  readonly value: number | null;
  /** What the value must be of the bound: ">", ">=", "<" or "<=". */
  readonly sense: string;
  readonly bound: number | null;
  /** Rows that the figure rests on. */
  readonly n: number | null;
  readonly result: string;
  /** 95 % interval. */
  readonly low?: number;
  readonly high?: number;
  readonly waived_by?: string;
}

export interface Candidate {
  readonly model: string;
  readonly version: string;
  /** Of the signature bundle's bytes, which is the release in the store; null where nothing was signed. */
  readonly release_sha256: string | null;
  /** Key of the release in the store; null where it was not published. */
  readonly key: string | null;
  readonly gates: readonly Gate[];
  /** Where the report lies on this machine: the folder of report.json and report.html. */
  readonly folder: string;
}

/** The files of a run, as far as they are there. */
export interface RunFiles {
  /** report.json */
  readonly report: Uint8Array;
  /** model.json of the release; absent where a gate has failed. */
  readonly manifest?: Uint8Array | undefined;
  /** model.sig, the signature bundle; absent without a key. */
  readonly bundle?: Uint8Array | undefined;
  readonly folder: string;
}

/** Gates that keep a release from being made. */
export function failedGates(gates: readonly Gate[]): readonly Gate[] {
  return gates.filter(({ result }) => result === "fail" || result === "not enough rows");
}

/**
 * @param model that was asked for
 * @param published whether the run was told to put the release into the store
 * @throws EdgeError `training-files` for files that are not what the trainer writes, or that are another model's
 */
export function readCandidate(files: RunFiles, model: string, published: boolean): Candidate {
  const report = parsed(files.report, "report.json");
  const manifest = files.manifest && parsed(files.manifest, "model.json");
  const name = textAt(manifest ?? report, "name") ?? model;
  const version = textAt(manifest ?? report, "version") ?? "";
  if (name !== model) {
    throw new EdgeError("training-files", `the run made a release of ${name}, ${model} was asked for`);
  }
  if (manifest && !isSafeName(version)) {
    throw new EdgeError("training-files", `model.json has the version "${version}", which cannot stand in a key`);
  }
  const digest = manifest && files.bundle ? sha256(files.bundle) : null;
  return {
    model,
    version,
    release_sha256: digest,
    key: digest !== null && published ? `releases/${model}/${version}.json` : null,
    gates: gatesOf(report),
    folder: files.folder,
  };
}

function gatesOf(report: Record<string, unknown>): Gate[] {
  const listed = report["gates"];
  return Array.isArray(listed) ? listed.flatMap((entry) => (isRecord(entry) ? [gateOf(entry)] : [])) : [];
}

function gateOf(entry: Record<string, unknown>): Gate {
  const number = (name: string): number | null => {
    const value = entry[name];
    return typeof value === "number" && Number.isFinite(value) ? value : null;
  };
  const text = (name: string): string => (typeof entry[name] === "string" ? entry[name].slice(0, 200) : "");
  const [low, high] = [number("low"), number("high")];
  return {
    name: text("name"),
    value: number("value"),
    sense: text("sense"),
    bound: number("bound"),
    n: number("n"),
    result: text("result"),
    ...(low !== null && { low }),
    ...(high !== null && { high }),
    ...(text("waived_by") !== "" && { waived_by: text("waived_by") }),
  };
}

function textAt(document: Record<string, unknown>, path: string): string | undefined {
  const value = valueAt(document, path);
  return typeof value === "string" && value !== "" ? value : undefined;
}

function parsed(bytes: Uint8Array, file: string): Record<string, unknown> {
  let document: unknown;
  try {
    document = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
  } catch (error) {
    throw new EdgeError("training-files", `${file} is not JSON (${bytes.byteLength} bytes)`, { cause: error });
  }
  if (!isRecord(document)) throw new EdgeError("training-files", `${file} is not an object`);
  return document;
}
