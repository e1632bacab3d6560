/**
 * Reads a release manifest (`model/1`) and its golden samples (`golden/1`), and promises that what comes out is
 * consistent in itself: every input of the graph has exactly one source, every count agrees. Nothing but an EdgeError
 * leaves this file, whatever the bytes.
 */
import { conforming } from "../contract/contract";
import { EdgeError, asError } from "../errors";
import { isSafeName } from "../ids";
import type { Golden, Manifest } from "../messages";

/** The input that carries the channels, in the manifest's order. */
export const SENSORS = "sensors";

/** Beyond this a manifest is not one: vocabularies of a large plant stay below it. */
const MAX_BYTES = 8 * 1024 * 1024;
const MAX_ROWS = 1 << 20;
/** A golden tolerance above this would let a different model pass; 8 bits round. */
const MAX_TOLERANCE = { fp32: 0.05, int8: 0.1 };
/** Differences of such values are still finite as 32-bit numbers. */
const MAX_VALUE = 1e30;
const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** @throws EdgeError `manifest-invalid` with the first thing that is wrong */
export function parseManifest(bytes: Uint8Array): Manifest {
  const checked = conforming("model/1", decode(bytes, "manifest-invalid", "model.json"));
  if ("breach" in checked) throw new EdgeError("manifest-invalid", `model.json: ${checked.breach}`);
  const manifest = checked.value;
  const wrong = inconsistency(manifest);
  if (wrong !== undefined) throw new EdgeError("manifest-invalid", `model.json: ${wrong}`);
  return manifest;
}

/** @throws EdgeError `golden-invalid` when the samples are not ones of this manifest */
export function parseGolden(bytes: Uint8Array, manifest: Manifest): Golden {
  const checked = conforming("golden/1", decode(bytes, "golden-invalid", "golden.json"));
  if ("breach" in checked) throw new EdgeError("golden-invalid", `golden.json: ${checked.breach}`);
  const golden = checked.value;
  const wrong = goldenMismatch(golden, manifest);
  if (wrong !== undefined) throw new EdgeError("golden-invalid", `golden.json: ${wrong}`);
  return golden;
}

function decode(bytes: Uint8Array, code: string, what: string): unknown {
  if (bytes.length > MAX_BYTES) throw new EdgeError(code, `${what} has ${bytes.length} bytes, limit ${MAX_BYTES}`);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new EdgeError(code, `${what} is not JSON: ${asError(error).message}`, { cause: error });
  }
}

function inconsistency(m: Manifest): string | undefined {
  if (!isSafeName(m.name)) return `name "${m.name}" cannot stand in an object key`;
  if (!isSafeName(m.version)) return `version "${m.version}" cannot stand in an object key`;
  for (const file of Object.values(m.files)) if (!FILE_NAME.test(file)) return `"${file}" is not a plain file name`;
  return labelsWrong(m) ?? channelsWrong(m) ?? vocabulariesWrong(m) ?? inputsWrong(m);
}

function labelsWrong(m: Manifest): string | undefined {
  const count = m.labels.length;
  const twice = repeated(m.labels.map((label) => label.name));
  if (twice !== undefined) return `the label "${twice}" stands there twice`;
  const shape = m.output.shape;
  if (shape.length !== 2 || shape[0] !== null || shape[1] !== count) {
    return `${count} labels need output shape [null, ${count}], not ${JSON.stringify(shape)}`;
  }
  if ((m.files.int8 === undefined) !== (m.calibration.int8 === undefined))
    return "files.int8 and calibration.int8 come together";
  for (const [precision, calibration] of Object.entries(m.calibration)) {
    if (calibration.bias.length !== count)
      return `calibration.${precision} has ${calibration.bias.length} biases for ${count} labels`;
  }
  return undefined;
}

function channelsWrong(m: Manifest): string | undefined {
  const twice = repeated(m.channels.map((channel) => channel.name));
  if (twice !== undefined) return `the channel "${twice}" stands there twice`;
  for (const { name, range, fill = 0 } of m.channels) {
    if (!(range[0] < range[1])) return `channel ${name}: range ${range[0]} to ${range[1]} is empty`;
    const largest = Math.max(...[...range, fill].map(Math.abs));
    if (largest > MAX_VALUE) return `channel ${name}: ${largest} is too large for 32-bit numbers`;
  }
  const shape = m.inputs[SENSORS]?.shape;
  if (shape && shape[1] !== m.channels.length)
    return `${m.channels.length} channels, but inputs.${SENSORS} has shape ${JSON.stringify(shape)}`;
  return undefined;
}

function vocabulariesWrong(m: Manifest): string | undefined {
  for (const { input, vocabulary } of m.ids) {
    const rows = Object.values(vocabulary);
    const twice = repeated(rows.map(String));
    if (twice !== undefined) return `vocabulary of ${input}: two values share row ${twice}`;
    const high = rows.find((row) => row > MAX_ROWS);
    if (high !== undefined) return `vocabulary of ${input}: row ${high}, limit ${MAX_ROWS}`;
  }
  return undefined;
}

/** Every input has one source and the width of that source; the batch dimension is open. */
function inputsWrong(m: Manifest): string | undefined {
  const sources = new Map<string, { dtype: string; width: number | undefined }>();
  const claims: [string, { dtype: string; width: number | undefined }][] = [
    [SENSORS, { dtype: "float32", width: m.channels.length }],
    ...m.ids.map(
      (id) => [id.input, { dtype: "int64", width: undefined }] as [string, { dtype: string; width: undefined }],
    ),
    ...(m.numeric ?? []).map(
      (n) => [n.input, { dtype: "float32", width: n.fields.length }] as [string, { dtype: string; width: number }],
    ),
  ];
  for (const [name, source] of claims) {
    if (sources.has(name)) return `the input ${name} has two sources`;
    sources.set(name, source);
    const input = Object.hasOwn(m.inputs, name) ? m.inputs[name] : undefined;
    if (!input) return `inputs has no ${name}`;
    const shape = source.width === undefined ? [null] : [null, source.width];
    if (input.dtype !== source.dtype || JSON.stringify(input.shape) !== JSON.stringify(shape)) {
      return `inputs.${name} is ${input.dtype} ${JSON.stringify(input.shape)}, must be ${source.dtype} ${JSON.stringify(shape)}`;
    }
  }
  for (const name of Object.keys(m.inputs)) if (!sources.has(name)) return `nothing feeds the input ${name}`;
  return undefined;
}

function goldenMismatch(golden: Golden, m: Manifest): string | undefined {
  const { tolerance, int8_tolerance: int8 = 0 } = golden;
  if (tolerance > MAX_TOLERANCE.fp32) return `tolerance ${tolerance}, limit ${MAX_TOLERANCE.fp32}`;
  if (int8 > MAX_TOLERANCE.int8) return `int8_tolerance ${int8}, limit ${MAX_TOLERANCE.int8}`;
  for (const [index, row] of golden.rows.entries()) {
    const at = `row ${index + 1}`;
    const wrong = answerWrong(row.probabilities, m) ?? (row.int8 && answerWrong(row.int8, m));
    if (wrong !== undefined) return `${at} ${wrong}`;
    const missing = m.channels.find((c) => c.fill === undefined && !Object.hasOwn(row.sensor_data, c.name));
    if (missing) return `${at} has no ${missing.name}`;
  }
  return undefined;
}

function answerWrong(answer: Readonly<Record<string, number>>, m: Manifest): string | undefined {
  const labels = m.labels.map((label) => label.name).toSorted();
  if (Object.keys(answer).toSorted().join("\n") !== labels.join("\n")) return "has not the labels of the manifest";
  const sum = Object.values(answer).reduce((a, b) => a + b, 0);
  return Math.abs(sum - 1) > 0.01 ? `has probabilities that sum to ${sum}` : undefined;
}

function repeated(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}
