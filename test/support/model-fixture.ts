/**
 * A small model as a trainer would hand it over: manifest, ONNX file, golden samples. Its answers are computed a second
 * time here, in plain arithmetic, so that golden samples do not come from the runtime they are to check.
 */
import type { Golden, Manifest } from "../../lib/messages";
import { assembleRelease, type ReleaseSource } from "../../lib/inference/assemble";
import type { Release } from "../../lib/inference/backend";
import { writeOnnx, type ModelSpec, type TensorSpec } from "./onnx-writer";

export const LABELS = ["Normal", "Bearing Wear", "Motor Overload"] as const;
export const PRODUCTS = { "Motor Type A": 1, "Motor Type B": 2 } as const;

const HIDDEN = 6;
const EMBEDDING = 2;
const MEAN = [0, 50];
const SCALE = [4, 20];

/** Repeatable numbers in −1…1 (a linear congruence is random enough for weights). */
function numbers(count: number, seed: number): number[] {
  let state = seed >>> 0;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.fround((state / 0xffffffff) * 2 - 1);
  });
}

interface Weights {
  embedding: number[];
  w1: number[];
  b1: number[];
  w2: number[];
  b2: number[];
}

function weights(seed: number): Weights {
  const width = 2 + EMBEDDING;
  return {
    embedding: numbers(3 * EMBEDDING, seed),
    w1: numbers(width * HIDDEN, seed + 1),
    b1: numbers(HIDDEN, seed + 2),
    w2: numbers(HIDDEN * LABELS.length, seed + 3),
    b2: numbers(LABELS.length, seed + 4),
  };
}

function float(name: string, dims: number[], values: number[]): TensorSpec {
  return { name, dims, dtype: "float32", values };
}

export function modelSpec(seed = 7): ModelSpec {
  const w = weights(seed);
  return {
    inputs: [
      { name: "sensors", dtype: "float32", shape: [null, 2] },
      { name: "product_id", dtype: "int64", shape: [null] },
    ],
    outputs: [{ name: "logits", dtype: "float32", shape: [null, LABELS.length] }],
    initializers: [
      float("mean", [2], MEAN),
      float("scale", [2], SCALE),
      float("embedding", [3, EMBEDDING], w.embedding),
      float("w1", [2 + EMBEDDING, HIDDEN], w.w1),
      float("b1", [HIDDEN], w.b1),
      float("w2", [HIDDEN, LABELS.length], w.w2),
      float("b2", [LABELS.length], w.b2),
    ],
    nodes: [
      { op: "Sub", inputs: ["sensors", "mean"], outputs: ["centred"] },
      { op: "Div", inputs: ["centred", "scale"], outputs: ["scaled"] },
      { op: "Gather", inputs: ["embedding", "product_id"], outputs: ["product"] },
      { op: "Concat", inputs: ["scaled", "product"], outputs: ["features"], ints: { axis: 1 } },
      { op: "Gemm", inputs: ["features", "w1", "b1"], outputs: ["h"] },
      { op: "Relu", inputs: ["h"], outputs: ["hidden"] },
      { op: "Gemm", inputs: ["hidden", "w2", "b2"], outputs: ["logits"] },
    ],
  };
}

export function manifest(overrides: Partial<Manifest> = {}): Manifest {
  return {
    schema: "model/1",
    name: "small",
    version: "1.0.0",
    created_at: "2026-01-01T00:00:00.000Z",
    files: { fp32: "model.onnx", golden: "golden.json", report: "report.json" },
    channels: [
      { name: "temperature", unit: "°C", range: [-40, 200], reference: "normal.temperature" },
      { name: "current", unit: "A", range: [0, 100] },
    ],
    ids: [{ input: "product_id", field: "product", vocabulary: { ...PRODUCTS } }],
    inputs: { sensors: { dtype: "float32", shape: [null, 2] }, product_id: { dtype: "int64", shape: [null] } },
    output: { name: "logits", shape: [null, LABELS.length] },
    labels: [
      { name: "Normal", kind: "normal", severity: "low", action: "none" },
      { name: "Bearing Wear", kind: "fault", severity: "high", action: "replace the bearing" },
      { name: "Motor Overload", kind: "fault", severity: "critical", action: "reduce the load" },
    ],
    calibration: { fp32: { temperature: 1.5, bias: [0.1, 0, -0.2] } },
    build: { opset: 20 },
    ...overrides,
  };
}

function layer(input: number[], matrix: number[], bias: number[]): number[] {
  return bias.map((b, j) => input.reduce((sum, v, i) => sum + v * matrix[i * bias.length + j], b));
}

/** The model's answer by hand. @param row embedding row of the product */
export function answer(difference: number, current: number, row: number, seed = 7): Record<string, number> {
  const w = weights(seed);
  const x = [(difference - 0) / 4, (current - 50) / 20, ...w.embedding.slice(row * EMBEDDING, (row + 1) * EMBEDDING)];
  const hidden = layer(x, w.w1, w.b1).map((v) => Math.max(0, v));
  const { temperature, bias } = manifest().calibration.fp32;
  const exps = layer(hidden, w.w2, w.b2).map((v, i) => Math.exp((v + bias[i]) / temperature));
  const sum = exps.reduce((a, b) => a + b, 0);
  return Object.fromEntries(LABELS.map((label, i) => [label, exps[i] / sum]));
}

export function golden(seed = 7): Golden {
  const row = (product: string, id: number, temperature: number, current: number): Golden["rows"][number] => ({
    sensor_data: { temperature, current },
    context: { product, normal: { temperature: 70 } },
    probabilities: answer(temperature - 70, current, id, seed),
  });
  return {
    schema: "golden/1",
    tolerance: 1e-3,
    rows: [row("Motor Type A", 1, 71, 40), row("Motor Type B", 2, 95, 80), row("a product nobody knows", 0, 60, 10)],
  };
}

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** The files of a release; give others to break one. */
export function files(
  parts: { manifest?: Manifest; onnx?: Uint8Array; golden?: Golden; seed?: number } = {},
): Map<string, Uint8Array> {
  return new Map([
    ["model.json", json(parts.manifest ?? manifest())],
    ["model.onnx", parts.onnx ?? writeOnnx(modelSpec(parts.seed))],
    ["golden.json", json(parts.golden ?? golden(parts.seed))],
    ["report.json", json({})],
  ]);
}

export function release(parts?: Parameters<typeof files>[0]): Release {
  return assembleRelease(files(parts));
}

export function source(parts?: Parameters<typeof files>[0]): ReleaseSource {
  return { name: parts?.manifest?.name ?? "small", open: async () => release(parts) };
}

/** A sample the fixture judges: 1 °C above what is normal for the product. */
export const sample = {
  sensor_data: { temperature: 71, current: 40 },
  context: { product: "Motor Type A", normal: { temperature: 70 } },
};
