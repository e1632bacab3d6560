import { cpus, totalmem } from "node:os";

/** One measured figure; `ok` says whether the goal holds, null where there is none. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The floor's own value in the same run. */
  readonly floor?: number;
  /** The floor against itself in the same run: what the machine's noise alone does. */
  readonly ratio?: number;
  /** 95 % interval of `value`. */
  readonly low?: number;
  readonly high?: number;
  readonly goal: string | null;
  readonly ok: boolean | null;
}

export interface Report {
  readonly suite: string;
  readonly machine: string;
  readonly figures: readonly Figure[];
}

/** A figure with a goal such as "≤ 1.5" or "≥ 10000". */
export function figure(
  name: string,
  value: number,
  unit: string,
  goal: `${"≤" | "≥"} ${number}` | null,
  more: Pick<Figure, "floor" | "ratio" | "low" | "high"> = {},
): Figure {
  const limit = goal === null ? Number.NaN : Number(goal.slice(2));
  const ok = goal === null ? null : goal.startsWith("≤") ? value <= limit : value >= limit;
  return { name, value: round(value), unit, ...rounded(more), goal, ok };
}

export function machine(): string {
  const [first] = cpus();
  return `${cpus().length} x ${first?.model.trim() ?? "cpu"}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}, Node ${process.versions.node}`;
}

export function printTable(report: Report): void {
  console.log(`${report.suite} on ${report.machine}`);
  console.table(
    Object.fromEntries(
      report.figures.map(({ name, ...rest }) => [
        name,
        {
          value: rest.value,
          unit: rest.unit,
          "95 %": rest.low === undefined ? "" : `${rest.low} to ${rest.high}`,
          floor: rest.floor ?? "",
          "floor/floor": rest.ratio ?? "",
          goal: rest.goal ?? "",
          ok: rest.ok === null ? "" : rest.ok ? "yes" : "NO",
        },
      ]),
    ),
  );
}

function round(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : value;
}

function rounded(more: Pick<Figure, "floor" | "ratio" | "low" | "high">): Partial<Figure> {
  return Object.fromEntries(
    Object.entries(more).map(([key, value]) => [key, value === undefined ? value : round(value)]),
  );
}
