/**
 * Decides, before any runtime sees it, whether an ONNX file may be loaded: the runtime is native code that would follow
 * external data to any file on the disk and run whatever operators it was built with. What passes is one self-contained
 * feed-forward graph of standard operators with exactly the inputs and outputs that its manifest states.
 */
import { EdgeError } from "../errors";
import type { Manifest } from "../messages";
import { readOnnx, type OnnxGraph, type OnnxTensor, type OnnxValue } from "./onnx-proto";

export interface OnnxLimits {
  readonly maxBytes: number;
  readonly maxNodes: number;
  readonly maxRank: number;
}

export const DEFAULT_LIMITS: OnnxLimits = { maxBytes: 256 * 1024 * 1024, maxNodes: 20_000, maxRank: 6 };

/** Operator sets whose operators mean what they mean today; ONNX Runtime 1.30 knows up to 25. */
const OPSETS = { min: 13, max: 25 } as const;

/**
 * Operators of the default domain that a model may use: no control flow (a subgraph may loop for ever), nothing whose
 * output size comes from data (ConstantOfShape, Expand, Tile, Range: a small file could ask for all memory), no random
 * numbers, no strings. Quantized models use QuantizeLinear and DequantizeLinear of the same domain.
 */
const OPERATORS: ReadonlySet<string> = new Set(
  (
    "Abs Add ArgMax AveragePool BatchNormalization Cast Clip Concat Constant Conv DequantizeLinear Div Elu Equal Erf Exp Flatten " +
    "Gather Gelu Gemm GlobalAveragePool GlobalMaxPool Greater GreaterOrEqual GRU HardSigmoid HardSwish Identity InstanceNormalization " +
    "LayerNormalization LeakyRelu Less LessOrEqual Log LSTM MatMul Max MaxPool Min Mul Neg Not Or And PRelu Pow QuantizeLinear " +
    "Reciprocal ReduceMax ReduceMean ReduceMin ReduceSum Relu Reshape Selu Shape Sigmoid Sign Slice Softmax Softplus Split Sqrt " +
    "Squeeze Sub Sum Tanh Transpose Unsqueeze Where"
  ).split(" "),
);

/** TensorProto.DataType to its name and bytes per element; others (strings, complex, 4-bit) are not admitted. */
const TYPES: Readonly<Record<number, { name: string; size: number }>> = {
  1: { name: "float32", size: 4 },
  2: { name: "uint8", size: 1 },
  3: { name: "int8", size: 1 },
  6: { name: "int32", size: 4 },
  7: { name: "int64", size: 8 },
  9: { name: "bool", size: 1 },
  10: { name: "float16", size: 2 },
  11: { name: "float64", size: 8 },
};

/**
 * @throws EdgeError `onnx-too-large`, `onnx-damaged`, `onnx-external-data`, `onnx-operator`, `onnx-interface` (names,
 * types, shapes or operator set differ from the manifest's), `onnx-limit`
 */
export function inspectOnnx(bytes: Uint8Array, manifest: Manifest, limits: OnnxLimits = DEFAULT_LIMITS): void {
  if (bytes.length > limits.maxBytes)
    throw new EdgeError("onnx-too-large", `the model has ${bytes.length} bytes, limit ${limits.maxBytes}`);
  const model = readOnnx(bytes);
  const { graph } = model;
  if (!graph || graph.nodes.length === 0)
    throw new EdgeError("onnx-damaged", `${bytes.length} bytes without a graph: this is not an ONNX model`);
  if (model.functions > 0)
    throw new EdgeError(
      "onnx-operator",
      `the model brings ${model.functions} functions of its own; only standard operators are admitted`,
    );
  if (model.opset === undefined || model.opset < OPSETS.min || model.opset > OPSETS.max) {
    throw new EdgeError(
      "onnx-interface",
      `operator set ${model.opset ?? "none"}; ${OPSETS.min} to ${OPSETS.max} are admitted`,
    );
  }
  if (model.opset !== manifest.build.opset) {
    throw new EdgeError("onnx-interface", `operator set ${model.opset}, but model.json says ${manifest.build.opset}`);
  }
  checkNodes(graph, limits);
  for (const tensor of graph.initializers) checkTensor(tensor, limits);
  checkInterface(graph, manifest);
}

function checkNodes(graph: OnnxGraph, limits: OnnxLimits): void {
  if (graph.nodes.length > limits.maxNodes)
    throw new EdgeError("onnx-limit", `${graph.nodes.length} operators, limit ${limits.maxNodes}`);
  for (const node of graph.nodes) {
    const standard = node.domain === "" || node.domain === "ai.onnx";
    if (!standard || !OPERATORS.has(node.op)) {
      throw new EdgeError(
        "onnx-operator",
        `the model uses ${standard ? "" : `${node.domain}.`}${node.op || "an operator without a name"}, which is not admitted`,
      );
    }
    for (const tensor of node.tensors) checkTensor(tensor, limits);
  }
}

function checkTensor(tensor: OnnxTensor, limits: OnnxLimits): void {
  const what = `tensor "${tensor.name}"`;
  if (tensor.external) {
    throw new EdgeError("onnx-external-data", `${what} lies in another file; a model is one file`, {
      remedy: "export with external_data=False",
    });
  }
  const type = TYPES[tensor.dataType];
  if (!type) throw new EdgeError("onnx-limit", `${what} has data type ${tensor.dataType}, which is not admitted`);
  if (tensor.dims.length > limits.maxRank)
    throw new EdgeError("onnx-limit", `${what} has ${tensor.dims.length} dimensions, limit ${limits.maxRank}`);
  const count = tensor.dims.reduce((product, dim) => (dim >= 0 ? product * dim : NaN), 1);
  const expected = count * type.size;
  if (!Number.isSafeInteger(expected))
    throw new EdgeError("onnx-damaged", `${what} has impossible dimensions ${tensor.dims.join(" x ")}`);
  // Typed fields are varints for integers: between one byte and ten a value. Raw bytes are exact.
  const fits = tensor.raw ? tensor.bytes === expected : tensor.bytes <= count * 10 && tensor.bytes >= count;
  if (!fits)
    throw new EdgeError(
      "onnx-damaged",
      `${what} holds ${tensor.bytes} bytes for ${tensor.dims.join(" x ")} ${type.name}`,
    );
}

function checkInterface(graph: OnnxGraph, manifest: Manifest): void {
  const constants = new Set(graph.initializers.map((tensor) => tensor.name));
  const inputs = graph.inputs.filter((input) => !constants.has(input.name));
  const wanted = Object.keys(manifest.inputs);
  sameNames("inputs", inputs, wanted);
  sameNames("outputs", graph.outputs, [manifest.output.name]);
  for (const input of inputs) {
    const spec = manifest.inputs[input.name] as Manifest["inputs"][string];
    sameType(`input ${input.name}`, input, spec.dtype, spec.shape);
  }
  sameType(`output ${manifest.output.name}`, graph.outputs[0] as OnnxValue, "float32", manifest.output.shape);
}

function sameNames(what: string, values: readonly OnnxValue[], wanted: readonly string[]): void {
  const names = values.map((value) => value.name);
  if (names.toSorted().join("\n") !== wanted.toSorted().join("\n")) {
    throw new EdgeError(
      "onnx-interface",
      `the model's ${what} are ${names.join(", ") || "none"}; model.json says ${wanted.join(", ")}`,
    );
  }
}

function sameType(what: string, value: OnnxValue, dtype: string, shape: readonly (number | null)[]): void {
  const found = TYPES[value.dataType]?.name ?? `type ${value.dataType}`;
  if (found !== dtype) throw new EdgeError("onnx-interface", `${what} is ${found}, model.json says ${dtype}`);
  if (!value.shape || JSON.stringify(value.shape) !== JSON.stringify(shape)) {
    throw new EdgeError(
      "onnx-interface",
      `${what} has shape ${JSON.stringify(value.shape ?? null)}, model.json says ${JSON.stringify(shape)}`,
    );
  }
}
