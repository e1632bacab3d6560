import { errorCode } from "../../lib/errors";
import type { SpoolHealth, SpoolStats } from "../../lib/storage/spool";
import { shorten } from "../common/adapter";
import type { StatusLine } from "../common/status";

/** Colour and words of what keeps objects from the bucket; a ring where the spool itself still takes them. */
const TROUBLE: Readonly<Record<Exclude<SpoolHealth, "ok">, readonly ["red" | "yellow", "dot" | "ring", string]>> = {
  retrying: ["yellow", "ring", "store away, retrying"],
  refused: ["red", "ring", "store refuses"],
  "two-writers": ["red", "ring", "a second device writes here"],
  full: ["red", "dot", "full, refusing"],
  failed: ["red", "dot", "disk fails"],
};

const LENGTH = 70;

/** What an ldo-emit node shows of its spool. */
export function describe(
  {
    health,
    error,
    backlogRows,
    dead,
    uploaded,
  }: Pick<SpoolStats, "health" | "error" | "backlogRows" | "dead" | "uploaded">,
  duplicates: number,
): Parameters<StatusLine["set"]> {
  const also = duplicates > 0 ? ` · ${count(duplicates)} duplicates` : "";
  const amount = `${count(backlogRows)} waiting · ${count(uploaded.rows)} uploaded${also}`;
  if (health !== "ok") {
    const [fill, shape, words] = TROUBLE[health];
    const code = error === undefined || error.code === "spool-full" ? "" : ` (${error.code})`;
    return [fill, shape, shorten(`${words}${code} · ${amount}`, LENGTH)];
  }
  return dead.segments > 0
    ? ["yellow", "dot", `${count(dead.segments)} dead letters · ${amount}`]
    : ["green", "dot", amount];
}

/** What it shows when it has no spool at all. */
export function describeClosed(error: Error): Parameters<StatusLine["set"]> {
  return ["red", "ring", `cannot open its spool (${errorCode(error)})`];
}

const english = new Intl.NumberFormat("en-US");

function count(value: number): string {
  return english.format(value);
}
