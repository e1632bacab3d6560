/**
 * Writes small ONNX files byte by byte, valid ones and broken ones: what an exporter, a careless hand or an attacker
 * could put in front of the inspector. Field numbers are those of onnx.proto (IR version 10).
 */
import { PbfWriter } from "pbf";

export type Dim = number | null;

export interface TensorSpec {
  readonly name: string;
  readonly dims: readonly number[];
  readonly dtype: "float32" | "int64";
  readonly values: readonly number[];
  /** Writes data_location EXTERNAL and a file name instead of the values. */
  readonly external?: string;
}

export interface ValueSpec {
  readonly name: string;
  readonly dtype: "float32" | "int64" | "float64" | "string";
  readonly shape: readonly Dim[];
}

export interface NodeSpec {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly domain?: string;
  readonly ints?: Readonly<Record<string, number>>;
  /** Adds an attribute that holds a subgraph. */
  readonly subgraph?: boolean;
}

export interface ModelSpec {
  readonly nodes: readonly NodeSpec[];
  readonly initializers: readonly TensorSpec[];
  readonly inputs: readonly ValueSpec[];
  readonly outputs: readonly ValueSpec[];
  readonly opset?: number;
  /** Local functions, by name: refused by the inspector. */
  readonly functions?: readonly string[];
  /** Writes the graph twice: a reader that takes the first and one that takes the last would disagree. */
  readonly secondGraph?: boolean;
}

const DTYPE = { float32: 1, int64: 7, float64: 11, string: 8 } as const;

function tensor(spec: TensorSpec, w: PbfWriter): void {
  w.writePackedVarint(1, [...spec.dims]);
  w.writeVarintField(2, DTYPE[spec.dtype]);
  w.writeStringField(8, spec.name);
  if (spec.external !== undefined) {
    w.writeVarintField(14, 1);
    w.writeMessage(
      13,
      (file: string, entry) => (entry.writeStringField(1, "location"), entry.writeStringField(2, file)),
      spec.external,
    );
    return;
  }
  const raw = spec.dtype === "float32" ? Float32Array.from(spec.values) : BigInt64Array.from(spec.values, BigInt);
  w.writeBytesField(9, new Uint8Array(raw.buffer));
}

function value(spec: ValueSpec, w: PbfWriter): void {
  w.writeStringField(1, spec.name);
  w.writeMessage(
    2,
    (_: ValueSpec, type) =>
      type.writeMessage(
        1,
        (__: ValueSpec, tensorType) => {
          tensorType.writeVarintField(1, DTYPE[spec.dtype]);
          tensorType.writeMessage(
            2,
            (dims: readonly Dim[], shape) => dims.forEach((d) => shape.writeMessage(1, dim, d)),
            spec.shape,
          );
        },
        spec,
      ),
    spec,
  );
}

function dim(size: Dim, w: PbfWriter): void {
  if (size === null) w.writeStringField(2, "batch");
  else w.writeVarintField(1, size);
}

function node(spec: NodeSpec, w: PbfWriter): void {
  for (const name of spec.inputs) w.writeStringField(1, name);
  for (const name of spec.outputs) w.writeStringField(2, name);
  w.writeStringField(4, spec.op);
  if (spec.domain !== undefined) w.writeStringField(7, spec.domain);
  for (const [name, int] of Object.entries(spec.ints ?? {})) {
    w.writeMessage(
      5,
      (_: number, a) => (a.writeStringField(1, name), a.writeVarintField(3, int), a.writeVarintField(20, 2)),
      int,
    );
  }
  if (spec.subgraph)
    w.writeMessage(
      5,
      (_: NodeSpec, a) => (a.writeStringField(1, "body"), a.writeMessage(6, () => undefined, spec)),
      spec,
    );
}

function graph(spec: ModelSpec, w: PbfWriter): void {
  for (const one of spec.nodes) w.writeMessage(1, node, one);
  w.writeStringField(2, "graph");
  for (const one of spec.initializers) w.writeMessage(5, tensor, one);
  for (const one of spec.inputs) w.writeMessage(11, value, one);
  for (const one of spec.outputs) w.writeMessage(12, value, one);
}

/** The bytes of an ONNX file. */
export function writeOnnx(spec: ModelSpec): Uint8Array {
  const w = new PbfWriter();
  w.writeVarintField(1, 10);
  w.writeStringField(2, "onnx-writer");
  w.writeMessage(7, graph, spec);
  if (spec.secondGraph) w.writeMessage(7, graph, spec);
  w.writeMessage(8, (version: number, set) => set.writeVarintField(2, version), spec.opset ?? 20);
  for (const name of spec.functions ?? []) w.writeMessage(25, (text: string, f) => f.writeStringField(1, text), name);
  return Uint8Array.from(w.finish());
}
