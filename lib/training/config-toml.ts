/**
 * The trainer's configuration, written: one TOML document (v1.0.0) from a flow's channels, context fields, labels and gates,
 * so that an engineer with other sensors never sees Python. The trainer's config_file.py reads it.
 */
import { EdgeError } from "../errors";
import { isSafeName } from "../ids";
import type { LabelSpec } from "../messages";

/** A channel in the order in which the model will see it. */
export interface TrainedChannel {
  readonly name: string;
  readonly unit: string;
  /** Plausible readings in `unit`; open ends are learnt from the records. */
  readonly range?: readonly [low: number, high: number] | undefined;
  /** Path in the context of what is normal; the model then sees value − reference. */
  readonly reference?: string | undefined;
  /** What to take where channel or reference is missing; without it such a record is left out. */
  readonly fill?: number | undefined;
}

/** Lower bounds, but for fpr, calibration_gap, int8_drop and latency_ms: upper ones. What is left out is the trainer's own. */
export const GATES = [
  "accuracy",
  "fpr",
  "macro_f1",
  "recall",
  "calibration_gap",
  "int8_drop",
  "latency_ms",
  "min_rows",
] as const;
export type GateBounds = Readonly<Partial<Record<(typeof GATES)[number], number>>>;

export interface TrainerConfig {
  readonly model: string;
  readonly channels: readonly TrainedChannel[];
  /** Context paths that name things: product, recipe, tool. */
  readonly ids: readonly string[];
  /** Context paths that hold numbers the model sees as they are. */
  readonly numeric: readonly string[];
  readonly labels: readonly LabelSpec[];
  readonly gates: GateBounds;
  /** Learn from records of a simulated plant too. */
  readonly simulated: boolean;
  /** Modes of the device whose records count; the trainer's own (live) where empty. */
  readonly modes: readonly string[];
  /** Paths in the record whose rows stay together in one fold; the trainer's own where empty. */
  readonly group: readonly string[];
  /** Context fields that may be features although they tell the label. */
  readonly allow: readonly string[];
  /** Context fields that may never be. */
  readonly deny: readonly string[];
  readonly epochs?: number | undefined;
}

/** What the trainer takes for a number. */
const LARGEST = 1e12;

/** @throws EdgeError `training-config` for what the trainer would refuse, said in the flow's words */
export function configToml(config: TrainerConfig): string {
  check(config);
  const { channels, ids, numeric, labels, gates } = config;
  const names = inputNames(ids);
  const tables = [
    table("model", { name: config.model }),
    ...channels.map((channel) =>
      table("[channels]", {
        name: channel.name,
        // None in the flow: the records know it.
        unit: channel.unit === "" ? undefined : channel.unit,
        range: isClosed(channel.range) ? channel.range : undefined,
        reference: channel.reference,
        fill: channel.fill,
      }),
    ),
    ...ids.map((field, i) => table("[ids]", { input: names[i], field })),
    ...(numeric.length > 0 ? [table("[numeric]", { input: NUMBERS, fields: numeric })] : []),
    ...labels.map(({ name, kind, severity, action }) => table("[labels]", { name, kind, severity, action })),
    table("folds", { group: filled(config.group) }),
    table("data", { simulated: config.simulated || undefined, modes: filled(config.modes) }),
    table("leakage", { allow: filled(config.allow), deny: filled(config.deny) }),
    table("training", { epochs: config.epochs }),
    table("gates", Object.fromEntries(GATES.map((name) => [name, gates[name]]))),
  ];
  return tables.filter((text) => text !== "").join("\n");
}

type Value = string | number | boolean | readonly (string | number)[] | undefined;

/** A table with a key on each line; "" where no key has a value. */
function table(name: string, values: Readonly<Record<string, Value>>): string {
  const lines = Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : `${key} = ${toml(value)}`,
  );
  return lines.length === 0 ? "" : `[${name}]\n${lines.join("\n")}\n`;
}

function toml(value: Exclude<Value, undefined>): string {
  if (typeof value === "string") return basicString(value);
  return typeof value === "object" ? `[${value.map(toml).join(", ")}]` : String(value);
}

/** What a basic string of TOML may not hold as it is. */
// eslint-disable-next-line no-control-regex -- these are the ones to escape
const ESCAPED = /["\\\u0000-\u001f\u007f]/g;

function escape(c: string): string {
  return c === '"' || c === "\\" ? `\\${c}` : `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** In double quotes; half a surrogate pair cannot stand in UTF-8 and becomes U+FFFD. */
function basicString(text: string): string {
  const wellFormed = Buffer.from(text, "utf8").toString("utf8");
  return `"${wellFormed.replace(ESCAPED, escape)}"`;
}

const NUMBERS = "numbers";
/** Names of inputs that the graph has anyway. */
const TAKEN = ["sensors", NUMBERS];

/** What the graph calls each id: the path in letters, digits and "_", each once. */
function inputNames(fields: readonly string[]): string[] {
  const taken = new Set(TAKEN);
  return fields.map((field) => {
    const plain = field.replace(/[^A-Za-z0-9_]/g, "_").slice(0, 50);
    const base = /^[A-Za-z_]/.test(plain) ? plain : `_${plain}`;
    let name = base;
    for (let n = 2; taken.has(name); n++) name = `${base}_${n}`;
    taken.add(name);
    return name;
  });
}

function isClosed(range: TrainedChannel["range"]): boolean {
  return range !== undefined && range.every(Number.isFinite);
}

function filled(list: readonly string[]): readonly string[] | undefined {
  return list.length > 0 ? list : undefined;
}

function check({ model, channels, ids, numeric, labels }: TrainerConfig): void {
  if (!isSafeName(model)) {
    fail(`the model's name "${model}" must be 1 to 63 of a-z 0-9 . _ -, beginning with a letter or digit`);
  }
  if (channels.length === 0) fail("no channel is known", "choose the sensor-fuse whose samples are to be learnt from");
  once(
    "channel",
    channels.map(({ name }) => name),
  );
  once("context field", [...ids, ...numeric]);
  for (const { name, range = [], fill } of channels) {
    const large = [...range.filter(Number.isFinite), fill ?? 0].find((number) => Math.abs(number) > LARGEST);
    if (large !== undefined) fail(`${name}: ${large} is beyond ±1e12, the largest that the trainer takes`);
  }
  once(
    "label",
    labels.map(({ name }) => name),
  );
  const normals = labels.filter(({ kind }) => kind === "normal").map(({ name }) => name);
  if (labels.length < 2) fail(`${labels.length} labels: a model tells at least two apart`, LABELS);
  if (normals.length !== 1) fail(`${normals.length} labels are of the kind normal (${normals.join(", ")})`, LABELS);
}

const LABELS = "name exactly one normal and one or more faults in the table of labels";

function once(what: string, names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (name.trim() === "") fail(`a ${what} has no name`);
    if (seen.has(name)) fail(`the ${what} ${name} stands there twice`);
    seen.add(name);
  }
}

function fail(text: string, remedy?: string): never {
  throw new EdgeError("training-config", text, remedy === undefined ? undefined : { remedy });
}
