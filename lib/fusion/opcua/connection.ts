import type {
  ClientMonitoredItemBase,
  ClientSession,
  ClientSubscription,
  DataValue,
  OPCUAClient,
  UserIdentityInfo,
} from "node-opcua-client";
import type * as Opcua from "node-opcua-client";
import type { Clock } from "../../clock";
import { asError, EdgeError } from "../../errors";
import { loadOptional } from "../../optional";
import { within } from "../link";
import { OwnCertificate } from "./certificate";

export interface OpcuaEndpoint {
  readonly url: string;
  /** undefined: anonymous. */
  readonly user: { readonly name: string; readonly password: string } | undefined;
  /** Folder of the client's own certificate; made when absent. */
  readonly pkiDir: string;
}

const APPLICATION = "Context Edge";
/** For the TCP connection and the greeting; a server that hangs must not hold the next attempt up. */
const GREETING_MS = 2000;
/** The floor that node-opcua accepts for one request. */
const REQUEST_MS = 5000;
const OPENING_MS = 12_000;
const LETTING_GO_MS = 1500;

function library(): typeof Opcua {
  // Loading it takes 0.3 s and 32 MB: only who uses OPC UA pays for it.
  // oxlint-disable-next-line typescript/no-require-imports
  return loadOptional("node-opcua-client", "OPC UA", () => require("node-opcua-client") as typeof Opcua);
}

/** The library restores an unset OPENSSL_CONF as the text "undefined", and every program started later fails on it. */
function mendEnvironment(): void {
  if (process.env["OPENSSL_CONF"] === "undefined") delete process.env["OPENSSL_CONF"];
}

/** One client and one session, from connecting to loss. */
export class OpcuaConnection {
  /** Rejects when the connection is lost. */
  readonly lost: Promise<never>;

  private constructor(
    private readonly opcua: typeof Opcua,
    private readonly client: OPCUAClient,
    private readonly session: ClientSession,
    private readonly namespaces: readonly string[],
    private readonly clock: Clock,
  ) {
    this.lost = new Promise((_, reject) => {
      const fail = (what: string) => (): void => reject(new EdgeError("opcua-connection", what));
      client.on("connection_lost", fail("the connection was lost"));
      client.on("close", fail("the connection was closed"));
      session.on("session_closed", fail("the server closed the session"));
    });
    this.lost.catch(() => undefined);
  }

  /** @throws EdgeError `library-missing`, `opcua-connection`, `timeout` */
  static async open(endpoint: OpcuaEndpoint, clock: Clock, signal: AbortSignal): Promise<OpcuaConnection> {
    const opcua = library();
    const certificate = new OwnCertificate(endpoint.pkiDir, APPLICATION);
    const client = opcua.OPCUAClient.create({
      applicationName: APPLICATION,
      clientName: APPLICATION,
      clientCertificateManager: certificate.manager,
      // No retries of its own: see Link.
      connectionStrategy: { maxRetry: 0, initialDelay: 100, maxDelay: 100 },
      securityMode: opcua.MessageSecurityMode.None,
      securityPolicy: opcua.SecurityPolicy.None,
      endpointMustExist: false,
      keepSessionAlive: false,
      requestedSessionTimeout: 30_000,
      transportTimeout: GREETING_MS,
      defaultTransactionTimeout: REQUEST_MS,
    });
    const abandon = (): void => void release(client, undefined, clock);
    signal.addEventListener("abort", abandon, { once: true });
    let session: ClientSession | undefined;
    try {
      const opening = (async () => {
        await certificate.make();
        await client.connect(endpoint.url);
        session = await client.createSession(identity(opcua, endpoint));
        // Only node ids with a namespace's URI need it, and small servers may not have it.
        return await session.readNamespaceArray().catch((): string[] => []);
      })();
      const namespaces = await within(opening, OPENING_MS, `connecting to ${endpoint.url}`, clock);
      return new OpcuaConnection(opcua, client, session as unknown as ClientSession, namespaces, clock);
    } catch (error) {
      await release(client, session, clock);
      throw explain(error, endpoint);
    } finally {
      signal.removeEventListener("abort", abandon);
      mendEnvironment();
    }
  }

  /** A subscription whose keep-alive comes every `keepAliveCount` intervals without data. */
  async subscribe(intervalMs: number, keepAliveCount: number): Promise<ClientSubscription> {
    return await this.session.createSubscription2({
      requestedPublishingInterval: intervalMs,
      requestedMaxKeepAliveCount: keepAliveCount,
      requestedLifetimeCount: Math.max(keepAliveCount * 10, 60),
      maxNotificationsPerPublish: 0,
      publishingEnabled: true,
      priority: 10,
    });
  }

  /**
   * Has the server report variables: value, status and source timestamp, so that a value that is measured again and again
   * is told from one that is stuck. @returns those the server refused, with the reason
   */
  async monitor<T extends { readonly nodeId: string; monitored: ClientMonitoredItemBase | undefined }>(
    subscription: ClientSubscription,
    items: readonly T[],
    intervalMs: number,
    onValue: (item: T, value: DataValue) => void,
  ): Promise<{ item: T; reason: string }[]> {
    const { opcua } = this;
    const refused: { item: T; reason: string }[] = [];
    const wanted: { item: T; nodeId: Opcua.NodeId }[] = [];
    for (const item of items) {
      const nodeId = this.parseNodeId(item.nodeId);
      if (typeof nodeId === "string") refused.push({ item, reason: nodeId });
      else wanted.push({ item, nodeId });
    }
    if (wanted.length === 0) return refused;
    const group = opcua.ClientMonitoredItemGroup.create(
      subscription,
      wanted.map(({ nodeId }) => ({ nodeId, attributeId: opcua.AttributeIds.Value })),
      {
        samplingInterval: intervalMs,
        discardOldest: true,
        queueSize: 1,
        filter: new opcua.DataChangeFilter({
          trigger: opcua.DataChangeTrigger.StatusValueTimestamp,
          deadbandType: opcua.DeadbandType.None,
        }),
      },
      opcua.TimestampsToReturn.Both,
    );
    group.on("changed", (_monitored, value, index) => {
      const entry = wanted[index];
      if (entry) onValue(entry.item, value);
    });
    await within(
      new Promise<void>((resolve, reject) => {
        group.on("initialized", resolve);
        group.on("err", (message: string) => reject(new EdgeError("opcua-connection", message)));
        group.on("terminated", (error: Error | undefined) =>
          reject(error ?? new EdgeError("opcua-connection", "the server refused to monitor")),
        );
      }),
      REQUEST_MS * 2,
      "monitoring variables",
      this.clock,
    );
    for (const [index, { item }] of wanted.entries()) {
      const monitored = group.monitoredItems[index] as ClientMonitoredItemBase;
      if (monitored.statusCode.isGood()) item.monitored = monitored;
      else refused.push({ item, reason: `${item.nodeId}: the server answers ${monitored.statusCode.name}` });
    }
    return refused;
  }

  /** Stops one variable. */
  async unmonitor(monitored: ClientMonitoredItemBase): Promise<void> {
    // A connection on its way out may refuse, and then the item is gone with it.
    await monitored.terminate().catch(() => undefined);
  }

  /** What the server calls itself, for a connection test. */
  async serverName(): Promise<string> {
    const value = await this.session.read({ nodeId: "i=2261", attributeId: this.opcua.AttributeIds.Value });
    return typeof value.value.value === "string" ? value.value.value : "";
  }

  async close(): Promise<void> {
    await release(this.client, this.session, this.clock);
  }

  /** The node id of a text, or why it is none. Namespace URIs are looked up: indexes change when a server is rebuilt. */
  private parseNodeId(text: string): Opcua.NodeId | string {
    const uri = /^nsu=([^;]*);(.*)$/s.exec(text);
    let plain = text;
    if (uri) {
      const index = this.namespaces.indexOf(uri[1] as string);
      if (index < 0) return `${text}: the server has no namespace ${uri[1]}`;
      plain = `ns=${index};${uri[2]}`;
    }
    try {
      return this.opcua.coerceNodeId(plain);
    } catch {
      return `"${text}" is not a node id: write for example ns=2;s=temperature`;
    }
  }
}

function identity(opcua: typeof Opcua, endpoint: OpcuaEndpoint): UserIdentityInfo {
  if (!endpoint.user) return { type: opcua.UserTokenType.Anonymous };
  return { type: opcua.UserTokenType.UserName, userName: endpoint.user.name, password: endpoint.user.password };
}

const ignore = (): undefined => undefined;

/** Lets go, politely at first, but never longer than a moment: the peer may be dead. */
async function release(client: OPCUAClient, session: ClientSession | undefined, clock: Clock): Promise<void> {
  if (session) await within(session.close(true), LETTING_GO_MS, "closing the session", clock).catch(ignore);
  await within(client.disconnect(), LETTING_GO_MS, "disconnecting", clock).catch(ignore);
}

const REFUSALS = ["BadIdentityTokenRejected", "BadUserAccessDenied", "BadIdentityTokenInvalid", "user token policy"];

/** What the library says, and what it means to somebody beside the machine. */
const WORDINGS: readonly (readonly [wording: string, meaning: string])[] = [
  ["cannot be established with server", "no OPC UA server answers there"],
  ["may have been rejected by server", "the server does not answer the greeting, or refuses it"],
];

function explain(error: unknown, endpoint: OpcuaEndpoint): EdgeError {
  if (error instanceof EdgeError) return error;
  const { message } = asError(error);
  if (REFUSALS.some((refusal) => message.includes(refusal))) {
    const who = endpoint.user ? `the user ${endpoint.user.name}` : "anonymous users";
    return new EdgeError("opcua-connection", `${endpoint.url} refuses ${who}`, {
      cause: error,
      remedy: "check user and password in the OPC UA connection",
    });
  }
  const plain = WORDINGS.find(([wording]) => message.includes(wording))?.[1] ?? message.split("\n")[0] ?? message;
  return new EdgeError("opcua-connection", `${endpoint.url}: ${plain}`, { cause: error });
}
