/**
 * What config nodes offer to the nodes that use them, so that nodes never import each other. A config node sets
 * `this.service`; a node asks for it with `service(RED, config.device, "context-edge-device", …)`.
 */
import type { AssetTable, Asset } from "../../lib/assets";
import type { Mode } from "../../lib/messages";
import type { Database } from "../../lib/storage/database";

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
  readonly assets: readonly Asset[];
  readonly assetTable: AssetTable;
  /** The device's shared database (alarms, embedded contexts); opened at first use, closed with the device. */
  database(): Promise<Database>;
}
