/**
 * What config nodes offer to the nodes that use them, so that nodes never import each other. A config node sets
 * `this.service`; a node asks for it with `service(RED, config.device, "context-edge-device", …)`.
 */
import type { AssetTable, Asset } from "../../lib/assets";
import type { ClockWatch } from "../../lib/clock-watch";
import type { RegisterFormat } from "../../lib/fusion/modbus/registers";
import type { Reading } from "../../lib/fusion/reading";
import type { Lease } from "../../lib/storage/registry";
import type { ModelSlot } from "../../lib/inference/slot";
import type { ContextStore } from "../../lib/context/store";
import type { LabelSpec, Manifest, Mode } from "../../lib/messages";
import type { Database } from "../../lib/storage/database";
import type { ObjectStore } from "../../lib/storage/object-store";

/** Who this device is and where it keeps what must survive. */
export interface DeviceService {
  readonly device: string;
  readonly installId: string;
  readonly site: string;
  readonly line: string;
  readonly ring: string;
  readonly mode: Mode;
  /** Absolute; exists and can be written when the service is there. */
  readonly dataDir: string;
  /** What is known of this machine's clock. */
  readonly clock: ClockWatch;
  readonly assets: readonly Asset[];
  readonly assetTable: AssetTable;
  /** The device's shared database (alarms, embedded contexts); opened at first use, closed with the device. */
  database(): Promise<Database>;
}

/** A connection to an OPC UA server, shared by all who follow variables on it. Connects with the first, closes with the last. */
export interface OpcuaService {
  /** Follows a variable until the returned function is called. Every change of value or status arrives, and why none can. */
  follow(nodeId: string, listener: (reading: Reading) => void): () => void;
  /** Called now and on every change with what keeps the connection from working, "" when it works. */
  watch(listener: (trouble: string) => void): () => void;
  /** Called now and when it changes in earnest with how far the server's stamps are ahead of this device's clock. */
  watchSkew(listener: (ms: number | undefined) => void): () => void;
}

/** Modbus devices, shared by all who poll registers on them. Reads only, never writes. */
export interface ModbusService {
  /**
   * Reads a channel's registers on every round until the returned function is called. What was read arrives, and why
   * nothing is: silent readings leave what was read before standing until it is stale.
   * @param match as in the channel row, with the asset in its place: `40041`, `40041@2`, `40041@press-4`
   */
  follow(match: string, format: RegisterFormat, listener: (reading: Reading) => void): () => void;
  watch(listener: (trouble: string) => void): () => void;
}

/** A model slot, shared by all who judge samples with it or read its labels. */
export interface ModelService {
  /** The slot, loading its model if this is its first user. Release it when the node closes. */
  open(): Lease<ModelSlot>;
  /** What the labels of the model mean that serves now; undefined while there is none. */
  labels(): readonly LabelSpec[] | undefined;
  /** The manifest of the model that serves now; undefined while there is none. */
  manifest(): Manifest | undefined;
}

/** Where contexts are kept. Connected with its first user (`store.use`), closed with the last (`store.release`). */
export interface StoreService {
  readonly store: ContextStore;
}

/** The bucket or folder that objects go to; connects when it is first used. */
export interface ObjectsService {
  readonly store: ObjectStore;
  /** The same place for another program, a process of this machine. */
  access(): ObjectsAccess;
}

/** A bucket or folder as the trainer is told of it. */
export interface ObjectsAccess {
  /** `s3://bucket/prefix`, or a folder's absolute path. */
  readonly url: string;
  /** Endpoint, region and keys, in the variables that S3 clients read. */
  readonly env: Readonly<Record<string, string>>;
}
