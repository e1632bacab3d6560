import type { Jump } from "../../lib/clock-watch";
import { errorCode } from "../../lib/errors";
import type { SpoolHealth, SpoolStats } from "../../lib/storage/spool";
import { shorten } from "../common/adapter";
import type { DeviceService } from "../common/services";
import type { StatusLine } from "../common/status";

/** Colour and words of what keeps objects from the bucket; a ring where the spool itself still takes them. */
const TROUBLE: Readonly<Record<Exclude<SpoolHealth, "ok">, readonly ["red" | "yellow", "dot" | "ring", string]>> = {
  retrying: ["yellow", "ring", "store away, retrying"],
  refused: ["red", "ring", "store refuses"],
  "two-writers": ["red", "ring", "a second device writes here"],
  full: ["red", "dot", "full, refusing"],
  failed: ["red", "dot", "disk fails"],
  clock: ["yellow", "ring", "clock not set, nothing is sealed"],
};

const LENGTH = 70;
/** Long enough to be seen by who looks after something odd. */
const JUMP_SHOWN_MS = 600_000;

/** Records that were refused, one after the other, for what they are. */
export interface Refused {
  /** Of the last. */
  readonly code: string;
  readonly count: number;
}

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
  { mode, clock }: Pick<DeviceService, "mode" | "clock">,
  refused?: Refused,
): Parameters<StatusLine["set"]> {
  const jump = clock.steadyForMs < JUMP_SHOWN_MS ? clock.lastJump : undefined;
  const tried = mode === "live" ? "" : `${mode} · `;
  const also = duplicates > 0 ? ` · ${count(duplicates)} duplicates` : "";
  const amount = `${count(backlogRows)} waiting · ${count(uploaded.rows)} uploaded${also}${jump ? ` · clock ${words(jump)}` : ""}`;
  if (health !== "ok") {
    const [fill, shape, what] = TROUBLE[health];
    const code = error === undefined || error.code === "spool-full" ? "" : ` (${error.code})`;
    return [fill, shape, shorten(`${tried}${what}${code} · ${amount}`, LENGTH)];
  }
  if (refused)
    return ["yellow", "dot", shorten(`${tried}${count(refused.count)} refused: ${refused.code} · ${amount}`, LENGTH)];
  return dead.segments > 0
    ? ["yellow", "dot", `${tried}${count(dead.segments)} dead letters · ${amount}`]
    : [jump ? "yellow" : "green", "dot", `${tried}${amount}`];
}

/** What it shows when it has no spool at all. */
export function describeClosed(error: Error): Parameters<StatusLine["set"]> {
  return ["red", "ring", `cannot open its spool (${errorCode(error)})`];
}

const english = new Intl.NumberFormat("en-US");

function count(value: number): string {
  return english.format(value);
}

function words({ byMs }: Jump): string {
  return `set ${byMs > 0 ? "forward" : "back"} ${count(Math.round(Math.abs(byMs) / 1000))} s`;
}
