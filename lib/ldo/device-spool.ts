import { LeftBehind } from "../storage/left-behind";
import { openSpool, type Spool, type SpoolOptions } from "../storage/spool";

const NAME = "ldo";

/** The spool of a device's objects, and what ends with it. */
export interface DeviceSpool {
  readonly spool: Spool;
  close(): Promise<void>;
}

/**
 * Opens the spool of a device's objects. What other spools have left in its data directory (a node was renamed, or is no
 * longer there) goes to the same store; that it cannot is no reason to refuse objects. Only this spool has an owner so far:
 * the next kind that gets one must be named here, or it would be taken for left behind.
 * @param warn what keeps a spool that was left behind from being drained
 * @throws EdgeError as openSpool
 */
export async function openDeviceSpool(
  options: Omit<SpoolOptions, "name">,
  warn: (error: Error) => void,
): Promise<DeviceSpool> {
  const spool = await openSpool({ ...options, name: NAME });
  const { dataDir, store, binding, clock, random } = options;
  const left = new LeftBehind({ dataDir, store, binding, clock, random, owned: [NAME], warn });
  void left.start();
  return {
    spool,
    close: async () => {
      await Promise.all([left.close(), spool.close()]);
    },
  };
}
