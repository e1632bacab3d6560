import assert from "node:assert/strict";
import { systemClock } from "../../lib/clock";
import { ModbusDevices } from "../../lib/fusion/modbus/devices";
import { ConstantsWatch, modbusOptions } from "../support/modbus";
import { startPeer, type Peer } from "../support/peers";
import { freePort } from "../support/ports";
import { until } from "../support/process";

const RECOVERY_MS = 5000;
const FAULT_MS = 400;
/** So many peers at once: the pairs are many, and most of their time is waiting. */
const PEERS = 8;

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

/** What ends a fault that "clear" does not. */
const ENDS: Readonly<Record<string, string>> = { "refuse on": "refuse off" };

function pairs(): [string, string][] {
  const all = [...ANSWERS, ...SERVER];
  // Two that take the server away: the second has nothing to work on.
  return all.flatMap((one, i) =>
    all
      .slice(i + 1)
      .filter((other) => !(one === "restart 0.3" && other === "refuse on"))
      .map((other) => [one, other] as [string, string]),
  );
}

async function tryPair(peer: Peer, port: number, [one, other]: [string, string]): Promise<string | undefined> {
  const devices = new ModbusDevices(
    modbusOptions(port, { timeoutMs: 150, intervalMs: 40, gap: 0 }),
    systemClock,
    Math.random,
  );
  try {
    const watch = new ConstantsWatch(devices);
    await until("it reads", () => watch.allSince(0));
    await peer.command(one);
    await peer.command(ANSWERS.includes(other) ? `also ${other}` : other);
    await new Promise((resolve) => setTimeout(resolve, FAULT_MS));
    for (const fault of [one, other]) if (ENDS[fault]) await peer.command(ENDS[fault]);
    await peer.command("clear");
    const cleared = performance.now();
    await until("it reads again", () => watch.allSince(cleared), RECOVERY_MS);
    if (watch.wrong.length > 0) return `took for values: ${watch.wrong.slice(0, 3).join(", ")}`;
    const { connections } = await peer.command("state");
    return connections === 1 ? undefined : `${String(connections)} connections are open`;
  } catch (error) {
    return String(error);
  } finally {
    await devices.close();
    await peer.command("clear");
  }
}

/** Past the first few requests, which find out what is wrong. */
async function countRequests(peer: Peer, port: number, fault: string): Promise<string | undefined> {
  const devices = new ModbusDevices(modbusOptions(port, { timeoutMs: 150, gap: 0 }), systemClock, Math.random);
  try {
    const watch = new ConstantsWatch(devices);
    await until("it reads", () => watch.allSince(0));
    await peer.command(fault);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const before = (await peer.command("state"))["requests"] as number;
    const begun = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const rate = (((await peer.command("state"))["requests"] as number) - before) / (performance.now() - begun);
    if (rate * 1000 > 2) return `${(rate * 1000).toFixed(1)} requests a second`;
    return watch.reasons.size > 0 && watch.wrong.length === 0 ? undefined : "no reason was given";
  } finally {
    await devices.close();
    await peer.command("clear");
  }
}

describe("Modbus under every two faults at a time", function () {
  this.timeout(120_000);
  const peers: { peer: Peer; port: number }[] = [];

  before(async () => {
    for (let i = 0; i < PEERS; i++) {
      const port = await freePort();
      peers.push({ port, peer: await startPeer("pymodbus_server.py", ["--port", String(port)]) });
    }
  });
  after(() => Promise.all(peers.map(({ peer }) => peer.stop())));

  it("never takes anything for a value, and reads again within 5 s, over one connection", async () => {
    assert.deepEqual(await shareOut(pairs(), tryPair), []);
  });

  it("asks at most twice a second while there is only one of them, and says why", async () => {
    const alone = ["hang on", "garbage 40", "cut 7", "wrongfc", "exc 6", "exc 11", "exc 2", "dead 1"];
    assert.deepEqual(await shareOut(alone, countRequests), []);
  });

  /** Each peer takes one thing after the other. @returns what went wrong with which */
  async function shareOut<T>(
    things: readonly T[],
    attempt: (peer: Peer, port: number, thing: T) => Promise<string | undefined>,
  ): Promise<string[]> {
    const waiting = [...things];
    const failed: string[] = [];
    const work = async ({ peer, port }: { peer: Peer; port: number }): Promise<void> => {
      for (let thing = waiting.pop(); thing !== undefined; thing = waiting.pop()) {
        // oxlint-disable-next-line no-await-in-loop
        const wrong = await attempt(peer, port, thing);
        if (wrong !== undefined) failed.push(`${String(thing)}: ${wrong}`);
      }
    };
    await Promise.all(peers.map(work));
    return failed;
  }
});
