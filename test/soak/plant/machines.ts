/** Eight machines with PLCs of their own, four on OPC UA and four on Modbus, each with a record of what it did. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startPeer, type Peer } from "../../support/peers";
import { freePort } from "../../support/ports";

export const CHANNELS = ["vibration_x", "vibration_y", "temperature", "current"] as const;
export type Channel = (typeof CHANNELS)[number];

/** A value that the plant had from this moment on (Unix seconds). */
export interface Recorded {
  readonly t: number;
  readonly value: number;
}

/** A fault switch: control lines that set it, and those that take it back. */
export interface Fault {
  readonly name: string;
  readonly on: readonly string[];
  readonly off: readonly string[];
  /** The peer's process is stopped (SIGSTOP) as well. */
  readonly stopped?: true;
}

const opcuaAll = (line: string, off: string): Fault => ({ name: line, on: [line], off: [off] });

const OPCUA_FAULTS: readonly Fault[] = [
  opcuaAll("status temperature BadSensorFailure", "status temperature Good"),
  opcuaAll("status * BadNoCommunication", "status * Good"),
  opcuaAll("freeze * on", "freeze * off"),
  opcuaAll("hold * on", "hold * off"),
  opcuaAll("ts * -3600000", "ts * auto"),
  opcuaAll("ts current none", "ts current auto"),
  opcuaAll("type temperature String", "type temperature Double"),
  opcuaAll("type temperature Array", "type temperature Double"),
  opcuaAll("type current Null", "type current Double"),
  opcuaAll("type vibration_x Int16", "type vibration_x Double"),
  opcuaAll("value temperature nan", "value temperature auto"),
  opcuaAll("value vibration_y inf", "value vibration_y auto"),
  opcuaAll("delay 1500", "delay 0"),
  opcuaAll("hang on", "hang off"),
  opcuaAll("drop", "delay 0"),
  opcuaAll("kill-sessions", "delay 0"),
  opcuaAll("refuse on", "refuse off"),
  { name: "refuse and drop", on: ["refuse on", "drop"], off: ["refuse off"] },
  { name: "restart", on: ["restart 2"], off: [] },
  { name: "stopped", on: [], off: [], stopped: true },
];

const modbus = (line: string): Fault => ({ name: line, on: [line], off: ["clear"] });

const MODBUS_FAULTS: readonly Fault[] = [
  ...["exc 4", "exc 6", "exc 11", "late 1500", "cut 5", "cutstay 7", "split 20", "dup", "wrongtid"].map(modbus),
  ...["wrongunit", "wrongfc", "short", "garbage 13", "hang on"].map(modbus),
  { name: "close", on: ["close"], off: [] },
  { name: "walk off", on: ["walk off"], off: ["walk on"] },
  { name: "refuse", on: ["refuse on"], off: ["refuse off"] },
  { name: "restart", on: ["restart 2"], off: [] },
  { name: "stopped", on: [], off: [], stopped: true },
];

export interface Machine {
  readonly asset: string;
  readonly protocol: "opcua" | "modbus";
  readonly peer: Peer;
  /** Where its PLC answers. */
  readonly place: string;
  readonly faults: readonly Fault[];
  /** Everything it did, by channel, in time. */
  record(): Record<Channel, Recorded[]>;
}

/** @param dir where the records are written */
export async function startMachine(n: number, dir: string): Promise<Machine> {
  const protocol = n % 2 === 0 ? "opcua" : "modbus";
  const asset = `motor-${n + 1}`;
  const log = join(dir, `${asset}.ndjson`);
  const port = await freePort();
  const args = ["--port", String(port), "--seed", String(n + 1), "--log", log];
  const peer = await startPeer(protocol === "opcua" ? "asyncua_server.py" : "pymodbus_server.py", args);
  return {
    asset,
    protocol,
    peer,
    place: protocol === "opcua" ? (peer.info.url as string) : `127.0.0.1:${port}`,
    faults: protocol === "opcua" ? OPCUA_FAULTS : MODBUS_FAULTS,
    record: () => readRecord(log),
  };
}

export async function setFault({ peer }: Machine, fault: Fault): Promise<void> {
  for (const line of fault.on) await peer.command(line);
  if (fault.stopped) process.kill(peer.info.pid, "SIGSTOP");
}

export async function clearFault({ peer }: Machine, fault: Fault): Promise<void> {
  if (fault.stopped) process.kill(peer.info.pid, "SIGCONT");
  for (const line of fault.off) await peer.command(line);
}

function readRecord(log: string): Record<Channel, Recorded[]> {
  const record: Record<Channel, Recorded[]> = { vibration_x: [], vibration_y: [], temperature: [], current: [] };
  for (const line of readFileSync(log, "utf8").split("\n")) {
    // The last line may be half written while the plant goes on.
    if (!line.endsWith("}")) continue;
    const { t, name, value } = JSON.parse(line.replaceAll("NaN", "null").replaceAll("Infinity", "null")) as {
      t: number;
      name: Channel;
      value: number | null;
    };
    if (value !== null) record[name].push({ t, value });
  }
  return record;
}
