import { existsSync } from "node:fs";
import { join } from "node:path";
import type { EdgeError } from "../errors";
import type { Database } from "../storage/database";
import { LeftBehind } from "../storage/left-behind";
import { Outbox } from "../storage/outbox";
import { OutboxPump } from "../storage/outbox-pump";
import { openSpool, type Spool, type SpoolOptions } from "../storage/spool";

const LDOS = "ldo";
const MERS = "mers";
/** Spools with an owner: the next kind that gets one must be named here, or it would be taken for left behind. */
const OWNED = [LDOS, MERS];

/** An alarm is in the bucket within seconds; that one goes on, within minutes. */
const MER_URGENT_MS = 5_000;
const MER_PATIENT_MS = 15 * 60_000;
/** More than 100,000 transitions. */
const MER_QUOTA = 16 << 20;

/** The spools of a device, and what ends with them. */
export interface DeviceSpool {
  readonly spool: Spool;
  /** What happened to the device's alarms, on its way from its database to the bucket. */
  readonly mers: OutboxPump;
  /** What keeps alarms from their spool; undefined while nothing does. */
  readonly alarmTrouble: EdgeError | undefined;
  /** Told when `alarmTrouble` has changed. Returns what ends it. */
  onAlarmTrouble(listener: () => void): () => void;
  close(): Promise<void>;
}

export interface DeviceSpoolOptions extends Omit<SpoolOptions, "name" | "keyPrefix"> {
  readonly device: string;
  /** The device's database, where alarms are kept. */
  readonly database: () => Promise<Database>;
  /** What keeps a spool that was left behind from being drained. */
  readonly warn: (error: Error) => void;
}

/**
 * Opens the spool of a device's objects, and lets its alarm records follow into the same store. What other spools have left
 * in its data directory (a node was renamed, or is no longer there) goes there too; that it cannot is no reason to refuse
 * objects.
 * @throws EdgeError as openSpool
 */
export async function openDeviceSpool(options: DeviceSpoolOptions): Promise<DeviceSpool> {
  const { device, database, warn, ...common } = options;
  const { dataDir, store, binding, clock, random, ages, clockTrouble } = common;
  const shared = { dataDir, store, binding, clock, random, ...(clockTrouble && { clockTrouble }) };
  const spool = await openSpool({ ...common, name: LDOS, keyPrefix: `ldo/v1/dev=${device}` });
  const left = new LeftBehind({ ...shared, owned: OWNED, warn });
  void left.start();
  const longest = ages?.maxAgeMs ?? Infinity;
  let alarmTrouble: EdgeError | undefined;
  const listeners = new Set<() => void>();
  const mers = new OutboxPump({
    outbox: async () => Outbox.of(await database()),
    open: () =>
      openSpool({
        ...shared,
        name: MERS,
        keyPrefix: `mers/v1/dev=${device}`,
        quotaBytes: MER_QUOTA,
        ages: { maxAgeMs: Math.min(longest, MER_PATIENT_MS), urgentAgeMs: Math.min(longest, MER_URGENT_MS) },
      }),
    exists: () => existsSync(join(dataDir, `spool-${MERS}.db`)),
    clock,
    report: (trouble) => {
      alarmTrouble = trouble;
      for (const listener of listeners) listener();
    },
  });
  mers.start();
  return {
    spool,
    mers,
    get alarmTrouble() {
      return alarmTrouble;
    },
    onAlarmTrouble(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {
      await Promise.all([left.close(), mers.close(), spool.close()]);
    },
  };
}
