/** Attributes and properties of many variables, in few requests. */
import type { ClientSession, DataValue, NodeId } from "node-opcua-client";
import { unitOf } from "../../units";
import type { OpcuaLibrary } from "./library";
import type { Portions } from "./portions";

export const HAS_PROPERTY = "i=46";

/** One attribute of each node. */
export async function readAll(
  session: ClientSession,
  portions: Portions,
  nodeIds: readonly (NodeId | string)[],
  attributeId: number,
): Promise<DataValue[]> {
  return await portions.each(nodeIds, (portion) => session.read(portion.map((nodeId) => ({ nodeId, attributeId }))));
}

/** The value of a property of each variable; undefined where it has none. @throws Error of a server that cannot look paths up */
export async function properties(
  opcua: OpcuaLibrary,
  session: ClientSession,
  portions: Portions,
  variables: readonly NodeId[],
  name: string,
): Promise<(DataValue | undefined)[]> {
  const paths = await portions.each(variables, (portion) =>
    session.translateBrowsePath(
      portion.map((nodeId) => ({
        startingNode: nodeId,
        relativePath: {
          elements: [
            {
              referenceTypeId: opcua.resolveNodeId(HAS_PROPERTY),
              isInverse: false,
              includeSubtypes: true,
              targetName: { namespaceIndex: 0, name },
            },
          ],
        },
      })),
    ),
  );
  const targets = paths.map(({ targets: found }) => found?.[0]?.targetId as NodeId | undefined);
  const there = targets.filter((target) => target !== undefined);
  const values = await readAll(session, portions, there, opcua.AttributeIds.Value);
  let next = 0;
  return targets.map((target) => (target === undefined ? undefined : values[next++]));
}

/** `unit` undefined: the server says that there is none. */
export interface ToldUnit {
  readonly unit: string | undefined;
}

/**
 * The EngineeringUnits of each variable (Part 8, 5.6.4.3), by their UN/CEFACT code or their abbreviation; undefined where the
 * server does not tell whether there are any.
 */
export async function unitsOf(
  opcua: OpcuaLibrary,
  session: ClientSession,
  portions: Portions,
  variables: readonly NodeId[],
): Promise<(ToldUnit | undefined)[]> {
  const answers = await properties(opcua, session, portions, variables, "EngineeringUnits");
  return answers.map((answer) => {
    if (answer === undefined) return { unit: undefined };
    return answer.statusCode.isGood() ? { unit: unitOf(answer.value.value) } : undefined;
  });
}
