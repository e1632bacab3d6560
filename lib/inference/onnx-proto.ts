/**
 * Reads the part of an ONNX file that decides whether it may be loaded: graph, operators, tensors' sizes; never the
 * weights themselves. Strict where protobuf is lenient, because the runtime's parser must not see another file than this
 * one: lengths stay inside their parent, single messages stand once (protobuf would merge them), unknown fields are
 * refused. Field numbers: onnx.proto, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
import { PbfReader } from "pbf";
import { EdgeError } from "../errors";

export interface OnnxModel {
  graph: OnnxGraph | undefined;
  /** Version of the default operator set ("" or "ai.onnx"). */
  opset: number | undefined;
  functions: number;
}

export interface OnnxGraph {
  nodes: OnnxNode[];
  initializers: OnnxTensor[];
  inputs: OnnxValue[];
  outputs: OnnxValue[];
}

export interface OnnxNode {
  op: string;
  domain: string;
  /** Tensors held by attributes (Constant). */
  tensors: OnnxTensor[];
}

export interface OnnxTensor {
  name: string;
  dims: number[];
  dataType: number;
  /** Bytes of raw_data, or of the packed typed fields. */
  bytes: number;
  raw: boolean;
  external: boolean;
}

export interface OnnxValue {
  name: string;
  dataType: number;
  /** undefined: no shape is stated. A dimension is null where it is symbolic. */
  shape: (number | null)[] | undefined;
}

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

type Fields = Readonly<Record<number, (reader: Cursor) => void>>;

/** A reader that stays inside the message it was given. */
class Cursor {
  end: number;

  constructor(readonly pbf: PbfReader) {
    this.end = pbf.length;
  }

  /** Reads one message of `what`, whose known fields are `fields`; others are refused. */
  message(what: string, fields: Fields, once: readonly number[] = []): void {
    const { pbf } = this;
    const seen = new Set<number>();
    while (pbf.pos < this.end) {
      const tag = pbf.readVarint();
      const field = tag >>> 3;
      pbf.type = tag & 7;
      const read = fields[field];
      if (!read) throw damaged(`${what} has the field ${field}, which is not part of a model that may be loaded here`);
      if (once.includes(field) && seen.has(field)) throw damaged(`${what} has the field ${field} twice`);
      seen.add(field);
      read(this);
      if (!(pbf.pos <= this.end)) throw damaged(`${what} ends in the middle of field ${field}: the file is truncated`);
    }
  }

  /** Enters a length-delimited value, and leaves it at its end. */
  inside<T>(read: (length: number) => T): T {
    this.expect(BYTES);
    const { pbf } = this;
    const outer = this.end;
    const length = pbf.readVarint();
    const end = pbf.pos + length;
    if (!(length >= 0 && end <= outer))
      throw damaged(`a value of ${length} bytes does not fit where it stands: the file is truncated`);
    this.end = end;
    const result = read(length);
    pbf.pos = end;
    this.end = outer;
    return result;
  }

  text(): string {
    return this.inside((length) =>
      new TextDecoder().decode(this.pbf.buf.subarray(this.pbf.pos, this.pbf.pos + length)),
    );
  }

  /** Skips bytes, returns how many. */
  bytes(): number {
    return this.inside((length) => length);
  }

  integer(): number {
    this.expect(VARINT);
    return this.pbf.readVarint(true);
  }

  /** A repeated integer field, packed or one by one. */
  integers(into: number[]): void {
    if (this.pbf.type === VARINT) into.push(this.pbf.readVarint(true));
    else
      this.inside(() => {
        while (this.pbf.pos < this.end) into.push(this.pbf.readVarint(true));
      });
  }

  /** Skips a scalar or length-delimited field, returns its bytes. */
  skip(): number {
    const { pbf } = this;
    const from = pbf.pos;
    if (pbf.type === BYTES) return this.bytes();
    if (pbf.type === VARINT) pbf.readVarint();
    else if (pbf.type === FIXED32) pbf.pos += 4;
    else if (pbf.type === FIXED64) pbf.pos += 8;
    else throw damaged(`wire type ${pbf.type} is not used by ONNX`);
    return pbf.pos - from;
  }

  private expect(type: number): void {
    if (this.pbf.type !== type)
      throw damaged(`wire type ${this.pbf.type} where ${type} belongs: this is not an ONNX file`);
  }
}

const skip = (cursor: Cursor): void => void cursor.skip();

/**
 * @param bytes a whole file
 * @throws EdgeError `onnx-damaged` when it is no ONNX file, is truncated, or uses what is not known here
 */
export function readOnnx(bytes: Uint8Array): OnnxModel {
  const model: OnnxModel = { graph: undefined, opset: undefined, functions: 0 };
  try {
    const cursor = new Cursor(new PbfReader(bytes));
    cursor.message(
      "the model",
      {
        1: skip, // ir_version
        2: skip, // producer_name
        3: skip, // producer_version
        4: skip, // domain
        5: skip, // model_version
        6: skip, // doc_string
        7: (c) => void (model.graph = c.inside(() => readGraph(c))),
        8: (c) => c.inside(() => readOpset(c, model)),
        14: skip, // metadata_props
        25: (c) => void (c.bytes(), model.functions++),
      },
      [7],
    );
  } catch (error) {
    if (error instanceof EdgeError) throw error;
    throw new EdgeError("onnx-damaged", "the file cannot be read as ONNX", { cause: error });
  }
  return model;
}

function readOpset(cursor: Cursor, model: OnnxModel): void {
  let domain = "";
  let version = 0;
  cursor.message("an operator set", { 1: (c) => void (domain = c.text()), 2: (c) => void (version = c.integer()) });
  if (domain !== "" && domain !== "ai.onnx") return;
  if (model.opset !== undefined) throw damaged("the default operator set is imported twice");
  model.opset = version;
}

function readGraph(cursor: Cursor): OnnxGraph {
  const graph: OnnxGraph = { nodes: [], initializers: [], inputs: [], outputs: [] };
  cursor.message("the graph", {
    1: (c) => void graph.nodes.push(c.inside(() => readNode(c))),
    2: skip, // name
    5: (c) => void graph.initializers.push(c.inside(() => readTensor(c))),
    10: skip, // doc_string
    11: (c) => void graph.inputs.push(c.inside(() => readValue(c))),
    12: (c) => void graph.outputs.push(c.inside(() => readValue(c))),
    13: skip, // value_info
    14: skip, // quantization_annotation
    16: skip, // metadata_props
  });
  return graph;
}

function readNode(cursor: Cursor): OnnxNode {
  const node: OnnxNode = { op: "", domain: "", tensors: [] };
  cursor.message("a node", {
    1: skip, // input
    2: skip, // output
    3: skip, // name
    4: (c) => void (node.op = c.text()),
    5: (c) => c.inside(() => readAttribute(c, node)),
    6: skip, // doc_string
    7: (c) => void (node.domain = c.text()),
    9: skip, // metadata_props
  });
  return node;
}

/** Attributes with a graph (6, 11), a sparse tensor (22, 23) or a type (14, 15) have no entry: they are refused. */
function readAttribute(cursor: Cursor, node: OnnxNode): void {
  const tensor = (c: Cursor): void => void node.tensors.push(c.inside(() => readTensor(c)));
  cursor.message(
    "an attribute",
    {
      1: skip, // name
      2: skip, // f
      3: skip, // i
      4: skip, // s
      5: tensor,
      7: skip, // floats
      8: skip, // ints
      9: skip, // strings
      10: tensor,
      13: skip, // doc_string
      20: skip, // type
    },
    [5],
  );
}

function readTensor(cursor: Cursor): OnnxTensor {
  const tensor: OnnxTensor = { name: "", dims: [], dataType: 0, bytes: 0, raw: false, external: false };
  const typed = (c: Cursor): void => void (tensor.bytes += c.skip());
  cursor.message(
    "a tensor",
    {
      1: (c) => c.integers(tensor.dims),
      2: (c) => void (tensor.dataType = c.integer()),
      4: typed, // float_data
      5: typed, // int32_data
      7: typed, // int64_data
      8: (c) => void (tensor.name = c.text()),
      9: (c) => void ((tensor.bytes = c.bytes()), (tensor.raw = true)),
      10: typed, // double_data
      11: typed, // uint64_data
      12: skip, // doc_string
      13: (c) => void (c.skip(), (tensor.external = true)),
      14: (c) => void (c.integer() !== 0 && (tensor.external = true)),
      16: skip, // metadata_props
    },
    [9],
  );
  return tensor;
}

function readValue(cursor: Cursor): OnnxValue {
  const value: OnnxValue = { name: "", dataType: 0, shape: undefined };
  const dims = (c: Cursor): void => {
    const shape: (number | null)[] = [];
    c.message("a shape", { 1: (d) => d.inside(() => void shape.push(readDim(d))) });
    value.shape = shape;
  };
  const tensorType = {
    1: (c: Cursor): void => void (value.dataType = c.integer()),
    2: (c: Cursor): void => c.inside(() => dims(c)),
  };
  const type = { 1: (c: Cursor): void => c.inside(() => c.message("a tensor type", tensorType, [2])), 6: skip };
  const fields = {
    1: (c: Cursor): void => void (value.name = c.text()),
    2: (c: Cursor): void => c.inside(() => c.message("a type", type, [1])),
    3: skip, // doc_string
    4: skip, // metadata_props
  };
  cursor.message("an input or output", fields, [2]);
  return value;
}

function readDim(cursor: Cursor): number | null {
  let size: number | null = null;
  cursor.message("a dimension", { 1: (c) => void (size = c.integer()), 2: skip, 3: skip });
  return size;
}

function damaged(message: string): EdgeError {
  return new EdgeError("onnx-damaged", message, { remedy: "export the model again with the trainer" });
}
