/** What the Modbus source costs a device, how soon it is back after each fault, how often it asks while there is one. */
import { systemClock } from "../../lib/clock";
import { ModbusDevices, type ModbusOptions } from "../../lib/fusion/modbus/devices";
import { ConstantsWatch, modbusOptions } from "../../test/support/modbus";
import { RawDevice } from "../../test/support/modbus-device";
import { startPeer, type Peer } from "../../test/support/peers";
import { freePort } from "../../test/support/ports";
import { until } from "../../test/support/process";
import { figure, type Figure } from "../figures";
import { quantile } from "../statistics";

const NEIGHBOURS = 125;
const ROUNDS = 20;
/** So many at once, each with a device of its own: nearly all of the time is waiting. */
const AT_ONCE = 8;
const ATTEMPTS = 16;
const DOWN_MS = 10_000;
/** The connection's own values as they are dropped, but for the interval: what is measured is the recovery. */
const PACE: Partial<ModbusOptions> = { timeoutMs: 1000, intervalMs: 100, gap: 0 };

interface Fault {
  readonly name: string;
  readonly begin: (peer: Peer) => Promise<unknown>;
  readonly end: (peer: Peer) => Promise<unknown>;
}

const command = (name: string, on: string, off = "clear"): Fault => ({
  name,
  begin: (peer) => peer.command(on),
  end: (peer) => peer.command(off),
});

const FAULTS: readonly Fault[] = [
  {
    name: "stopped",
    begin: async ({ info }) => process.kill(info.pid, "SIGSTOP"),
    end: async ({ info }) => process.kill(info.pid, "SIGCONT"),
  },
  command("hang", "hang on"),
  command("refused", "refuse on", "refuse off"),
  command("half_a_frame", "cutstay 5"),
  command("cut_frame", "cut 7"),
  command("garbage", "garbage 40"),
  command("late", "late 1500"),
  command("wrong_unit", "wrongunit"),
  command("wrong_function", "wrongfc"),
  command("busy", "exc 6"),
  command("illegal_address", "exc 2"),
  command("gateway", "exc 11"),
];

// Attempts go one after the other on each device, and faults one after the other on all.
/* oxlint-disable no-await-in-loop */

export async function modbusFigures(): Promise<Figure[]> {
  const peers = await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      const port = await freePort();
      return { port, peer: await startPeer("pymodbus_server.py", ["--port", String(port)]) };
    }),
  );
  try {
    const figures = [await requestsSaved()];
    for (const fault of FAULTS) figures.push(await recovery(fault, peers));
    figures.push(...(await whileDown(peers)));
    return figures;
  } finally {
    await Promise.all(peers.map(({ peer }) => peer.stop()));
  }
}

/** 125 channels of one register each, side by side. */
async function requestsSaved(): Promise<Figure> {
  const device = await RawDevice.start(await freePort());
  const devices = new ModbusDevices(modbusOptions(device.port, { intervalMs: 20 }), systemClock, Math.random);
  let read = 0;
  for (let n = 0; n < NEIGHBOURS; n++)
    devices.follow(String(n), { type: "uint16", order: "ABCD" }, ({ value }) => (read += value === 1000 + n ? 1 : 0));
  await until("it was read often", () => read >= NEIGHBOURS * ROUNDS);
  await devices.close();
  await device.stop();
  return figure("modbus_requests_saved", read / device.requests.length, "registers/request", "≥ 20");
}

interface Target {
  readonly port: number;
  readonly peer: Peer;
}

/** Seconds from the end of a fault to the first value of every register, over faults of different lengths. */
async function recovery(fault: Fault, targets: readonly Target[]): Promise<Figure> {
  const took: number[] = [];
  const attempt = async ({ port, peer }: Target, nth: number): Promise<void> => {
    const devices = new ModbusDevices(modbusOptions(port, PACE), systemClock, Math.random);
    const watch = new ConstantsWatch(devices);
    await until("it reads", () => watch.allSince(0));
    await fault.begin(peer);
    await new Promise((resolve) => setTimeout(resolve, 1000 + 370 * nth));
    await fault.end(peer);
    const ended = performance.now();
    await until("it reads again", () => watch.allSince(ended), 30_000);
    took.push((Math.max(...watch.last) - ended) / 1000);
    await devices.close();
    if (watch.wrong.length > 0) throw new Error(`${fault.name}: took ${watch.wrong[0]} for a value`);
  };
  let left = ATTEMPTS;
  await Promise.all(
    targets.map(async (target) => {
      while (left > 0) await attempt(target, left--);
    }),
  );
  return figure(`recover_p99_s.modbus.${fault.name}`, quantile(took, 0.99), "s", "≤ 5");
}

/** Requests that reach the device, or connections where it takes none, over ten seconds that begin with the fault. */
async function whileDown(targets: readonly Target[]): Promise<Figure[]> {
  const counted = FAULTS.filter(({ name }) => name !== "stopped" && name !== "refused");
  const waiting = [...counted];
  const rates = new Map<string, number>();
  await Promise.all(
    targets.map(async ({ port, peer }) => {
      for (let fault = waiting.pop(); fault; fault = waiting.pop()) {
        const devices = new ModbusDevices(modbusOptions(port, PACE), systemClock, Math.random);
        const watch = new ConstantsWatch(devices);
        await until("it reads", () => watch.allSince(0));
        await fault.begin(peer);
        const requests = async (): Promise<number> => (await peer.command("state"))["requests"] as number;
        const before = await requests();
        await new Promise((resolve) => setTimeout(resolve, DOWN_MS));
        rates.set(fault.name, (((await requests()) - before) * 1000) / DOWN_MS);
        await fault.end(peer);
        await devices.close();
      }
    }),
  );
  return counted.map(({ name }) =>
    figure(`requests_per_s_while_down.modbus.${name}`, rates.get(name) ?? NaN, "requests/s", "≤ 2"),
  );
}
