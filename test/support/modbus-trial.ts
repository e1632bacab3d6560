import { systemClock } from "../../lib/clock";
import { ModbusDevices, type ModbusOptions } from "../../lib/fusion/modbus/devices";
import type { Transport } from "../../lib/fusion/modbus/transport";
import { ConstantsWatch, modbusOptions } from "./modbus";
import { startPeer, type Peer } from "./peers";
import { freePort } from "./ports";
import { until } from "./process";

export const RECOVERY_MS = 5000;

/** A pymodbus server, and how it is reached. */
export interface Place {
  readonly peer: Peer;
  readonly transport: Transport;
}

/** What ends a fault that "clear" does not. */
const ENDS: Readonly<Record<string, string>> = { "refuse on": "refuse off" };

/** Places of one kind, among which trials are shared out: nearly all of a trial's time is waiting. */
export class TrialPlaces {
  private constructor(private readonly places: readonly Place[]) {}

  static async start(
    count: number,
    args: (port: number) => readonly string[],
    transport: (peer: Peer, port: number) => Transport,
  ): Promise<TrialPlaces> {
    const starting = Array.from({ length: count }, async () => {
      const port = await freePort();
      const peer = await startPeer("pymodbus_server.py", args(port));
      return { peer, transport: transport(peer, port) };
    });
    return new TrialPlaces(await Promise.all(starting));
  }

  get first(): Place {
    return this.places[0];
  }

  /** @param attempt returns what went wrong, if anything @returns what went wrong with which thing */
  async share<T>(
    things: readonly T[],
    attempt: (place: Place, thing: T) => Promise<string | undefined>,
  ): Promise<string[]> {
    const waiting = [...things];
    const failed: string[] = [];
    const work = async (place: Place): Promise<void> => {
      for (let thing = waiting.pop(); thing !== undefined; thing = waiting.pop()) {
        // oxlint-disable-next-line no-await-in-loop
        const wrong = await attempt(place, thing);
        if (wrong !== undefined) failed.push(`${String(thing)}: ${wrong}`);
      }
    };
    await Promise.all(this.places.map(work));
    return failed;
  }

  async stop(): Promise<void> {
    await Promise.all(this.places.map(({ peer }) => peer.stop()));
  }
}

/** Reads the constants before, under and after these faults, which are on together for `faultMs`. @returns what went wrong */
export async function underFaults(
  { peer, transport }: Place,
  faults: readonly string[],
  faultMs: number,
  more: Partial<ModbusOptions>,
): Promise<string | undefined> {
  const devices = new ModbusDevices(
    modbusOptions(transport, { intervalMs: 40, gap: 0, ...more }),
    systemClock,
    Math.random,
  );
  try {
    const watch = new ConstantsWatch(devices);
    await until("it reads", () => watch.allSince(0));
    for (const [i, fault] of faults.entries()) await peer.command(i === 0 ? fault : `also ${fault}`);
    await new Promise((resolve) => setTimeout(resolve, faultMs));
    for (const fault of faults) if (ENDS[fault]) await peer.command(ENDS[fault]);
    await peer.command("clear");
    const cleared = performance.now();
    await until("it reads again", () => watch.allSince(cleared), RECOVERY_MS);
    // A busy machine may be late once more: what was left behind stays.
    await until("there is one connection", async () => (await peer.command("state"))["connections"] === 1, RECOVERY_MS);
    return watch.wrong.length > 0 ? `took for values: ${watch.wrong.slice(0, 3).join(", ")}` : undefined;
  } catch (error) {
    return String(error);
  } finally {
    await devices.close();
    await peer.command("clear");
  }
}
