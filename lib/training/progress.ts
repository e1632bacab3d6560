/** What the trainer says while it works: one JSON object a line (`--progress json`). */
import { isRecord } from "../path";

/** The last line of a run says how it ended. */
export type Ending = "done" | "failed" | "stopped";

export interface Progress {
  /** What it is doing: snapshot, train, evaluate, export, release, or what a workflow calls its step. */
  readonly stage: string;
  readonly text?: string;
  readonly variant?: string;
  readonly epoch?: number;
  readonly epochs?: number;
  readonly loss?: number;
  readonly macro_f1?: number;
}

/** A line that says how the run ended, or how it gets on. */
export type Said = { readonly ending: Ending; readonly text: string } | { readonly progress: Progress };

const ENDINGS: readonly string[] = ["done", "failed", "stopped"];
const STAGE_DONE = /^(?:train|export|evaluate) is done$/;
const LONGEST_TEXT = 500;

/** @returns undefined for a line that is no progress: a library printed something */
export function readProgress(line: string): Said | undefined {
  let said: unknown;
  try {
    said = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isRecord(said) || typeof said["stage"] !== "string" || said["stage"] === "") return undefined;
  const stage = said["stage"].slice(0, 100);
  const text = typeof said["text"] === "string" ? said["text"].slice(0, LONGEST_TEXT) : undefined;
  // Where a run goes on from its snapshot each stage is a command of its own, and only the last one's end is the run's.
  if (stage === "done" && STAGE_DONE.test(text ?? "")) return undefined;
  if (ENDINGS.includes(stage)) return { ending: stage as Ending, text: text ?? "" };
  const variant = said["variant"];
  return {
    progress: {
      stage,
      ...(text !== undefined && { text }),
      ...(typeof variant === "string" && { variant: variant.slice(0, 100) }),
      ...numbers(said),
    },
  };
}

function numbers(said: Record<string, unknown>): Partial<Progress> {
  const found: Record<string, number> = {};
  for (const name of ["epoch", "epochs", "loss", "macro_f1"] as const) {
    const value = said[name];
    if (typeof value === "number" && Number.isFinite(value)) found[name] = value;
  }
  return found;
}

/** For a status line and a page: "train, with context, epoch 12 of 50". */
export function describeProgress({ stage, variant, epoch, epochs }: Progress): string {
  const of = epoch === undefined ? "" : `epoch ${epoch}${epochs === undefined ? "" : ` of ${epochs}`}`;
  return [stage, variant?.replaceAll("_", " ") ?? "", of].filter((part) => part !== "").join(", ");
}
