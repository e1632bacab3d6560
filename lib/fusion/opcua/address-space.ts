/** The server's address space as somebody sees it who looks for a variable: one level at a time, and one value. */
import { inspect } from "node:util";
import type {
  BrowseRequest,
  BrowseResult,
  ClientSession,
  NodeId,
  ReferenceDescription,
  Variant,
} from "node-opcua-client";
import { EdgeError } from "../../errors";
import { isRecord } from "../../path";
import { wideInteger } from "../reading";
import { sourceStatus, type SourceQuality } from "../status-code";
import type { OpcuaLibrary } from "./library";
import type { NodeIds } from "./node-ids";
import { Portions } from "./portions";
import { HAS_PROPERTY, properties, readAll } from "./properties";

export interface BrowsedNode {
  readonly node_id: string;
  /** Display name. */
  readonly name: string;
  /** Browse name: its step in a browse path. */
  readonly path: string;
  /** "Object", "Variable", "Method", … */
  readonly class: string;
  /** Whether something stands below it. */
  readonly children: boolean;
  readonly data_type?: string;
  readonly unit?: string;
}

export interface BrowsedLevel {
  readonly nodes: readonly BrowsedNode[];
  /** There are more than the thousand that are shown. */
  readonly more: boolean;
}

export interface ReadAnswer {
  /** Numbers, texts, booleans and lists of them; what JSON has no word for comes as text. */
  readonly value: unknown;
  readonly data_type: string;
  readonly quality: SourceQuality;
  readonly status: string;
  /** ISO 8601. */
  readonly source_timestamp?: string;
  readonly unit?: string;
  readonly range?: { readonly low: number; readonly high: number };
}

const MOST_NODES = 1000;
/** Elements of a list that are shown. */
const MOST_ELEMENTS = 100;
const HIERARCHICAL = "i=33";
const ORGANIZES = "i=35";
const HAS_COMPONENT = "i=47";
/** Everything that a reference can tell. */
const ALL_FIELDS = 0x3f;

/** @throws EdgeError `opcua-node` */
export async function browseLevel(
  opcua: OpcuaLibrary,
  session: ClientSession,
  ids: NodeIds,
  parent: string,
): Promise<BrowsedLevel> {
  const nodeId = parsed(ids, parent);
  const { references, more } = await referencesOf(opcua, session, nodeId, parent);
  const found = distinct(references);
  const portions = new Portions(100);
  const children = await haveChildren(opcua, session, portions, found);
  const variables = found.filter(({ nodeClass }) => opcua.NodeClass[nodeClass] === "Variable");
  const places = variables.map((reference) => reference.nodeId as NodeId);
  const types = await dataTypes(opcua, session, portions, places);
  const units = await shownProperties(opcua, session, portions, places, "EngineeringUnits");
  const nodes = found.map((reference, i): BrowsedNode => {
    const at = variables.indexOf(reference);
    const type = types[at];
    const unit = unitOf(units[at]);
    return {
      node_id: ids.text(reference.nodeId),
      name: reference.displayName.text ?? reference.browseName.name ?? "",
      path: reference.browseName.name ?? "",
      class: opcua.NodeClass[reference.nodeClass] ?? "Unspecified",
      children: children[i] ?? false,
      ...(type === undefined ? {} : { data_type: type }),
      ...(unit === undefined ? {} : { unit }),
    };
  });
  return { nodes, more };
}

/** @throws EdgeError `opcua-node` */
export async function readOnce(
  opcua: OpcuaLibrary,
  session: ClientSession,
  ids: NodeIds,
  text: string,
): Promise<ReadAnswer> {
  const nodeId = parsed(ids, text);
  const value = await session.read({ nodeId, attributeId: opcua.AttributeIds.Value });
  const { name } = value.statusCode;
  if (/^Bad(NodeId|AttributeId)/.test(name)) throw new EdgeError("opcua-node", `${text}: the server answers ${name}`);
  const portions = new Portions(100);
  const [declared] = await dataTypes(opcua, session, portions, [nodeId]);
  const unit = unitOf((await shownProperties(opcua, session, portions, [nodeId], "EngineeringUnits"))[0]);
  const range = rangeOf((await shownProperties(opcua, session, portions, [nodeId], "EURange"))[0]);
  return {
    value: shown(value.value),
    data_type: typeName(opcua, value.value) ?? declared ?? "Null",
    quality: sourceStatus(value.statusCode).quality,
    status: name,
    ...(value.sourceTimestamp ? { source_timestamp: value.sourceTimestamp.toISOString() } : {}),
    ...(unit === undefined ? {} : { unit }),
    ...(range === undefined ? {} : { range }),
  };
}

function parsed(ids: NodeIds, text: string): NodeId {
  const nodeId = ids.parse(text);
  if (typeof nodeId === "string") throw new EdgeError("opcua-node", nodeId);
  return nodeId;
}

async function referencesOf(
  opcua: OpcuaLibrary,
  session: ClientSession,
  nodeId: NodeId,
  text: string,
): Promise<{ references: ReferenceDescription[]; more: boolean }> {
  const asked = { nodeId, referenceTypeId: HIERARCHICAL, resultMask: ALL_FIELDS };
  let [answer] = await browse(opcua, session, [asked], MOST_NODES);
  if (!answer?.statusCode.isGood())
    throw new EdgeError("opcua-node", `${text}: the server answers ${answer?.statusCode.name ?? "nothing"}`);
  const references = [...(answer.references ?? [])];
  while (answer.continuationPoint?.length > 0 && references.length < MOST_NODES) {
    // A server hands a level out piece by piece.
    // oxlint-disable-next-line no-await-in-loop
    answer = await session.browseNext(answer.continuationPoint, false);
    references.push(...(answer.references ?? []));
  }
  const more = answer.continuationPoint?.length > 0;
  // A server keeps few of these: what is not asked for is given back.
  if (more) await session.browseNext(answer.continuationPoint, true).catch(() => undefined);
  return { references: references.slice(0, MOST_NODES), more: more || references.length > MOST_NODES };
}

interface Asked {
  readonly nodeId: NodeId;
  readonly referenceTypeId: string;
  readonly resultMask: number;
}

/**
 * One Browse request, forward, subtypes included. The library's own `browse` writes to the console about each server that
 * returns more than it was asked for.
 */
function browse(
  opcua: OpcuaLibrary,
  session: ClientSession,
  asked: readonly Asked[],
  most: number,
): Promise<BrowseResult[]> {
  const nodesToBrowse = asked.map(({ referenceTypeId, ...rest }) => ({
    ...rest,
    referenceTypeId: opcua.resolveNodeId(referenceTypeId),
    browseDirection: opcua.BrowseDirection.Forward,
    includeSubtypes: true,
    nodeClassMask: 0,
  }));
  const request = new opcua.BrowseRequest({ nodesToBrowse, requestedMaxReferencesPerNode: most });
  return new Promise((resolve, reject) => {
    (session as unknown as Transactions).performMessageTransaction(request, (error, response) => {
      if (error) reject(error);
      else resolve(response?.results ?? []);
    });
  });
}

interface Transactions {
  performMessageTransaction(
    request: BrowseRequest,
    done: (error: Error | null, response?: { readonly results?: BrowseResult[] | null }) => void,
  ): void;
}

/** Nodes of this server, each once, without properties: a unit is shown with its variable. */
function distinct(references: readonly ReferenceDescription[]): ReferenceDescription[] {
  const seen = new Map<string, ReferenceDescription>();
  for (const reference of references) {
    if (reference.nodeId.serverIndex > 0 || reference.referenceTypeId.toString() === `ns=0;${HAS_PROPERTY}`) continue;
    const key = reference.nodeId.toString();
    if (!seen.has(key)) seen.set(key, reference);
  }
  return [...seen.values()];
}

async function haveChildren(
  opcua: OpcuaLibrary,
  session: ClientSession,
  portions: Portions,
  nodes: readonly ReferenceDescription[],
): Promise<boolean[]> {
  const asked = nodes.flatMap(({ nodeId }) =>
    [ORGANIZES, HAS_COMPONENT].map((referenceTypeId) => ({ nodeId, referenceTypeId, resultMask: 0 })),
  );
  const answers = await portions.each(asked, async (portion) => {
    const results = await browse(opcua, session, portion, 1);
    const held = results.map(({ continuationPoint }) => continuationPoint).filter((point) => point?.length > 0);
    if (held.length > 0) await session.browseNext(held, true).catch(() => undefined);
    return results;
  });
  const some = answers.map(
    ({ references, statusCode }) =>
      (references?.length ?? 0) > 0 || statusCode.equals(opcua.StatusCodes.BadNoContinuationPoints),
  );
  return nodes.map((_, i) => some[2 * i] === true || some[2 * i + 1] === true);
}

/** The names of the declared data types; undefined where the server tells none. */
async function dataTypes(
  opcua: OpcuaLibrary,
  session: ClientSession,
  portions: Portions,
  variables: readonly NodeId[],
): Promise<(string | undefined)[]> {
  const answers = await readAll(session, portions, variables, opcua.AttributeIds.DataType);
  const types = answers.map(({ value }) => value.value as NodeId | null | undefined);
  const own = [...new Set(types.filter((type) => type && !builtIn(opcua, type)).map(String))];
  const names = await readAll(session, portions, own, opcua.AttributeIds.DisplayName);
  const named = new Map(own.map((id, i) => [id, (names[i]?.value.value as { text?: string } | null)?.text]));
  return types.map((type) => (type ? (builtIn(opcua, type) ?? named.get(type.toString()) ?? undefined) : undefined));
}

function builtIn(opcua: OpcuaLibrary, type: NodeId): string | undefined {
  return type.namespace === 0 && typeof type.value === "number" ? opcua.DataType[type.value] : undefined;
}

/** Servers that cannot look paths up have no units to show. */
async function shownProperties(...asked: Parameters<typeof properties>): Promise<unknown[]> {
  const values = await properties(...asked).catch(() => []);
  return values.map((value) => value?.value.value);
}

function unitOf(information: unknown): string | undefined {
  if (!isRecord(information) || !isRecord(information["displayName"])) return undefined;
  const { text } = information["displayName"];
  return typeof text === "string" && text !== "" ? text : undefined;
}

function rangeOf(range: unknown): ReadAnswer["range"] {
  if (!isRecord(range)) return undefined;
  const { low, high } = range;
  return typeof low === "number" && typeof high === "number" && low < high ? { low, high } : undefined;
}

function typeName(opcua: OpcuaLibrary, { dataType, arrayType }: Variant): string | undefined {
  if (dataType === opcua.DataType.Null) return undefined;
  return `${opcua.DataType[dataType]}${arrayType === opcua.VariantArrayType.Scalar ? "" : "[]"}`;
}

function shown({ value, dataType }: Variant): unknown {
  const type: number = dataType;
  // 64 bits come as two halves; 8 and 9 are Int64 and UInt64.
  if ((type === 8 || type === 9) && Array.isArray(value)) {
    const number = wideInteger(value as unknown[], type === 8);
    if (number !== undefined) return number;
  }
  return plain(value);
}

function plain(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return value.subarray(0, MOST_ELEMENTS).toString("hex");
  if (Array.isArray(value)) return (value as unknown[]).slice(0, MOST_ELEMENTS).map(plain);
  if (ArrayBuffer.isView(value) && "length" in value)
    return Array.from(value as unknown as ArrayLike<unknown>)
      .slice(0, MOST_ELEMENTS)
      .map(plain);
  const { text } = value as { text?: unknown };
  if (typeof text === "string") return text;
  return text === undefined ? inspect(value, { depth: 1, breakLength: Infinity }).slice(0, 1000) : null;
}
