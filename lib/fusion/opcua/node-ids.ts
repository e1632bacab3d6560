import type { ClientSession, NodeId } from "node-opcua-client";
import type { OpcuaLibrary } from "./library";

/** Server_NamespaceArray. */
const NAMESPACE_ARRAY = "i=2255";

/**
 * Node ids as text, in one server's namespaces. `nsu=<URI>;…` names a namespace by its URI: indexes change when a server
 * is rebuilt, and who counts on one then reads another machine.
 */
export class NodeIds {
  private namespaces: readonly string[] = [];

  constructor(
    private readonly opcua: OpcuaLibrary,
    private readonly session: ClientSession,
  ) {}

  /** Reads the server's namespaces. Small servers may not tell them; only ids with a URI need them. */
  async refresh(): Promise<void> {
    const asked = { nodeId: NAMESPACE_ARRAY, attributeId: this.opcua.AttributeIds.Value };
    // The session's own readNamespaceArray answers from what it read first.
    const answer = await this.session.read(asked).catch(() => undefined);
    const names: unknown = answer?.value.value;
    this.namespaces = Array.isArray(names) ? names.map(String) : [];
  }

  /** The node id of a text, or why it is none. */
  parse(text: string): NodeId | string {
    const uri = /^nsu=([^;]*);(.*)$/s.exec(text);
    let plain = text;
    if (uri) {
      const index = this.namespaces.indexOf(unescapeUri(uri[1] as string));
      if (index < 0) return `${text}: the server has no namespace ${uri[1]}`;
      plain = `ns=${index};${uri[2]}`;
    }
    try {
      return this.opcua.coerceNodeId(plain);
    } catch {
      return `"${text}" is not a node id: write for example ns=2;s=temperature`;
    }
  }

  /** As it is to be kept: by the namespace's URI where the server tells it. */
  text(nodeId: NodeId): string {
    const plain = nodeId.toString();
    const uri = nodeId.namespace === 0 ? undefined : this.namespaces[nodeId.namespace];
    const local = /^ns=\d+;(.*)$/s.exec(plain)?.[1];
    if (nodeId.namespace === 0) return local ?? plain;
    return uri === undefined || uri === "" || local === undefined ? plain : `nsu=${escapeUri(uri)};${local}`;
  }
}

/** OPC UA Part 6, 5.3.1.11: a URI within a node id has its semicolons and percent signs escaped. */
function escapeUri(uri: string): string {
  return uri.replaceAll("%", "%25").replaceAll(";", "%3B");
}

function unescapeUri(escaped: string): string {
  return escaped.replaceAll(/%3B/gi, ";").replaceAll("%25", "%");
}
