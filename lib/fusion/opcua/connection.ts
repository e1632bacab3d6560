import type {
  ClientMonitoredItemBase,
  ClientSession,
  ClientSubscription,
  DataValue,
  OPCUAClient,
} from "node-opcua-client";
import type * as Opcua from "node-opcua-client";
import type { Clock } from "../../clock";
import { EdgeError } from "../../errors";
import { within } from "../../waiting";
import { browseLevel, readOnce, type BrowsedLevel, type ReadAnswer } from "./address-space";
import type { OpcuaEndpoint } from "./endpoint";
import type { OpcuaLibrary } from "./library";
import { NodeIds } from "./node-ids";
import { Portions } from "./portions";
import { unitsOf, type ToldUnit } from "./properties";
import { openSession, release, REQUEST_MS, type SessionLimits } from "./session";

/** A server forgets a session that was lost after 10 s: small ones have room for a few. */
const LIMITS: SessionLimits = { lifetimeMs: 10_000, limitMs: 12_000 };
const NAMESPACES_MS = 2000;
const SUBSCRIBING_MS = 1500;

const ignore = (): void => undefined;

/** One client and one session, from connecting to loss. */
export class OpcuaConnection {
  /** Rejects when the connection is lost. */
  readonly lost: Promise<never>;
  private readonly monitoring = new Portions(250);
  /** Until it is made: the library throws where nobody catches it, and ends Node-RED, when its session goes meanwhile. */
  private subscribing: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly opcua: OpcuaLibrary,
    private readonly client: OPCUAClient,
    private readonly session: ClientSession,
    private readonly ids: NodeIds,
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

  /** @throws EdgeError as `openSession` */
  static async open(
    endpoint: OpcuaEndpoint,
    clock: Clock,
    signal: AbortSignal,
    limits: Partial<SessionLimits> = {},
  ): Promise<OpcuaConnection> {
    const { opcua, client, session } = await openSession(endpoint, { ...LIMITS, ...limits }, clock, signal);
    return new OpcuaConnection(opcua, client, session, new NodeIds(opcua, session), clock);
  }

  /** A subscription whose keep-alive comes every `keepAliveCount` intervals without data. */
  async subscribe(intervalMs: number, keepAliveCount: number): Promise<ClientSubscription> {
    const made = this.session.createSubscription2({
      requestedPublishingInterval: intervalMs,
      requestedMaxKeepAliveCount: keepAliveCount,
      requestedLifetimeCount: Math.max(keepAliveCount * 10, 60),
      maxNotificationsPerPublish: 0,
      publishingEnabled: true,
      priority: 10,
    });
    this.subscribing = made.then(ignore, ignore);
    return await made;
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
    const refused: { item: T; reason: string }[] = [];
    const wanted: { item: T; nodeId: Opcua.NodeId }[] = [];
    // Not before somebody needs them, and again then: a server opens its port before its address space is complete.
    if (items.some(({ nodeId }) => typeof this.ids.parse(nodeId) === "string")) await this.readNamespaces();
    for (const item of items) {
      const nodeId = this.ids.parse(item.nodeId);
      if (typeof nodeId === "string") refused.push({ item, reason: nodeId });
      else wanted.push({ item, nodeId });
    }
    const answers = await this.monitoring.each(wanted, (portion) =>
      this.createItems(subscription, portion, intervalMs, onValue),
    );
    for (const [index, { item }] of wanted.entries()) {
      const monitored = answers[index] as ClientMonitoredItemBase;
      if (monitored.statusCode.isGood()) item.monitored = monitored;
      else refused.push({ item, reason: `${item.nodeId}: the server answers ${monitored.statusCode.name}` });
    }
    return refused;
  }

  /** Stops variables. */
  async unmonitor(subscription: ClientSubscription, monitored: readonly ClientMonitoredItemBase[]): Promise<void> {
    await this.monitoring
      .each(
        monitored,
        (portion) =>
          new Promise<readonly true[]>((resolve, reject) => {
            // oxlint-disable-next-line no-underscore-dangle
            (subscription as unknown as Deleting)._delete_monitored_items(portion, (error) => {
              if (error) reject(error);
              else resolve(portion.map(() => true));
            });
          }),
      )
      // A connection on its way out may refuse, and then the items are gone with it.
      .catch(() => undefined);
  }

  /** What the server says of the units of variables that it reports. @throws Error of a server that cannot tell */
  async units(nodeIds: readonly string[]): Promise<(ToldUnit | undefined)[]> {
    const nodes = nodeIds.map((text) => this.nodeOf(text));
    return await unitsOf(this.opcua, this.session, this.monitoring, nodes);
  }

  /** Variables as they are now, in this order. @throws Error when the server does not answer */
  async readValues(nodeIds: readonly string[]): Promise<DataValue[]> {
    const { AttributeIds } = this.opcua;
    const nodes = nodeIds.map((text) => ({ nodeId: this.nodeOf(text), attributeId: AttributeIds.Value }));
    return await this.monitoring.each(nodes, (portion) => this.session.read(portion));
  }

  /** What the server calls itself, for a connection test. */
  async serverName(): Promise<string> {
    const value = await this.session.read({ nodeId: "i=2261", attributeId: this.opcua.AttributeIds.Value });
    return typeof value.value.value === "string" ? value.value.value : "";
  }

  /**
   * By how much the server's clock is ahead of ours (negative: behind), in milliseconds, to half of the time that the answer
   * took; undefined where it does not tell the time.
   */
  async skewMs(): Promise<number | undefined> {
    const asked = this.clock.now();
    const answer = await this.session.read({ nodeId: "i=2258", attributeId: this.opcua.AttributeIds.Value });
    const time: unknown = answer.value.value;
    return time instanceof Date ? Math.round(time.getTime() - (asked + this.clock.now()) / 2) : undefined;
  }

  /** What stands below a node of the address space, for somebody who looks for a variable. @throws EdgeError `opcua-node` */
  async browse(nodeId: string): Promise<BrowsedLevel> {
    await this.readNamespaces();
    return await browseLevel(this.opcua, this.session, this.ids, nodeId);
  }

  /** A variable's value, type, unit and range as they are now. @throws EdgeError `opcua-node` */
  async read(nodeId: string): Promise<ReadAnswer> {
    await this.readNamespaces();
    return await readOnce(this.opcua, this.session, this.ids, nodeId);
  }

  async close(): Promise<void> {
    await within(this.subscribing, SUBSCRIBING_MS, "subscribing", this.clock).catch(ignore);
    await release(this.client, this.session, this.clock);
  }

  private nodeOf(text: string): Opcua.NodeId {
    const nodeId = this.ids.parse(text);
    return typeof nodeId === "string" ? this.opcua.NodeId.nullNodeId : nodeId;
  }

  /** Told later, if not now: only node ids with a namespace's URI wait for it. */
  private async readNamespaces(): Promise<void> {
    await within(this.ids.refresh(), NAMESPACES_MS, "reading the namespaces", this.clock).catch(ignore);
  }

  private async createItems<T>(
    subscription: ClientSubscription,
    wanted: readonly { item: T; nodeId: Opcua.NodeId }[],
    intervalMs: number,
    onValue: (item: T, value: DataValue) => void,
  ): Promise<ClientMonitoredItemBase[]> {
    const { opcua } = this;
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
    return group.monitoredItems;
  }
}

/** The library deletes many in one request only where they were made in one. */
interface Deleting {
  _delete_monitored_items(items: readonly ClientMonitoredItemBase[], done: (error?: Error | null) => void): void;
}
