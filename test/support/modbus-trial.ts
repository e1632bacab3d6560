import { systemClock } from "../../lib/clock";
import { ModbusDevices, type ModbusOptions } from "../../lib/fusion/modbus/devices";
import type { Transport } from "../../lib/fusion/modbus/transport";
import { ConstantsWatch, modbusOptions } from "./modbus";
import { startPeer, type Peer } from "./peers";
import { freePort } from "./ports";
import { until } from "./process";
import { shareOut } from "./share-out";

export const RECOVERY_MS = 5000;

/** Faults of an answer, which take turns, and faults of the server, which come on top. */
const ANSWERS = [
  "exc 2",
  "exc 6",
  "late 250",
  "cut 7",
  "cutstay 5",
  "split 5",
  "dup",
  "wrongtid",
  "wrongunit",
  "wrongfc",
  "short",
  "garbage 40",
];
const SERVER = ["hang on", "close", "restart 0.3", "refuse on", "dead 1"];

/** Every fault switch of the peer, each with each other. */
export function modbusPairs(): [string, string][] {
  const all = [...ANSWERS, ...SERVER];
  return all.flatMap((one, i) => all.slice(i + 1).map((other) => [one, other] as [string, string]));
}

/** A pymodbus server, and how it is reached. */
export interface Place {
  readonly peer: Peer;
  readonly transport: Transport;
}

/** What ends a fault that "clear" does not. */
const ENDS: Readonly<Record<string, string>> = { "refuse on": "refuse off" };

export async function beginFaults({ peer }: Place, faults: readonly string[]): Promise<void> {
  for (const [i, fault] of faults.entries()) {
    // Answers take turns in this order.
    // oxlint-disable-next-line no-await-in-loop
    const { error } = await peer.command(i === 0 ? fault : `also ${fault}`);
    if (error !== undefined) throw new Error(`${fault}: ${JSON.stringify(error)}`);
  }
}

export async function endFaults({ peer }: Place, faults: readonly string[]): Promise<void> {
  const ends = faults.map((fault) => ENDS[fault]).filter((end) => end !== undefined);
  // oxlint-disable-next-line no-await-in-loop
  for (const end of ends) await peer.command(end);
  await peer.command("clear");
}

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
    return await shareOut(this.places, things, async (place, thing) => {
      const wrong = await attempt(place, thing);
      return wrong === undefined ? undefined : `${String(thing)}: ${wrong}`;
    });
  }

  async stop(): Promise<void> {
    await Promise.all(this.places.map(({ peer }) => peer.stop()));
  }
}

/** Reads the constants before, under and after these faults, which are on together for `faultMs`. @returns what went wrong */
export async function underFaults(
  place: Place,
  faults: readonly string[],
  faultMs: number,
  more: Partial<ModbusOptions>,
): Promise<string | undefined> {
  const { peer, transport } = place;
  const devices = new ModbusDevices(
    modbusOptions(transport, { intervalMs: 40, gap: 0, ...more }),
    systemClock,
    Math.random,
  );
  try {
    const watch = new ConstantsWatch(devices);
    await until("it reads", () => watch.allSince(0));
    await beginFaults(place, faults);
    await new Promise((resolve) => setTimeout(resolve, faultMs));
    await endFaults(place, faults);
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
