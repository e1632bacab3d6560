import { connect } from "node:net";
import type { Duplex } from "node:stream";
import type { Clock } from "../../clock";
import { asError, EdgeError, errorCode } from "../../errors";
import { loadOptional } from "../../optional";
import { within } from "../../waiting";

export const PARITIES = ["none", "even", "odd", "mark", "space"] as const;
export type Parity = (typeof PARITIES)[number];

/** Modbus TCP, or the frames of a serial line: through a TCP converter, or on a serial port of this machine. */
export type Transport =
  | { readonly kind: "tcp" | "rtu_tcp"; readonly host: string; readonly port: number }
  | {
      readonly kind: "serial";
      readonly path: string;
      readonly baud: number;
      readonly parity: Parity;
      readonly stopBits: 1 | 2;
      readonly dataBits: 7 | 8;
    };

/** As a person names the place, and as two users of one device agree on it. */
export function placeOf(transport: Transport): string {
  return transport.kind === "serial" ? transport.path : `${transport.host}:${transport.port}`;
}

/** What the system's codes mean to somebody beside the machine. */
const MEANINGS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
  ENOTFOUND: "no host has this name",
  EAI_AGAIN: "no name server answers",
  ECONNRESET: "the device refuses connections",
};

/** Bytes to and from a device. */
export interface Connection {
  readonly stream: Duplex;
  /** Resolves when the place is free for the next connection; may be called twice. */
  readonly close: () => Promise<void>;
}

/**
 * Opens the connection to a device.
 * @throws EdgeError `modbus-connection`, `timeout`, `library-missing` (a serial port needs the package serialport)
 */
export async function connectTo(transport: Transport, timeoutMs: number, clock: Clock): Promise<Connection> {
  const where = placeOf(transport);
  const { stream, close, opened } = transport.kind === "serial" ? openSerial(transport) : openTcp(transport);
  try {
    await within(opened, timeoutMs, `connecting to ${where}`, clock);
    return { stream, close };
  } catch (error) {
    stream.on("error", () => undefined);
    await close();
    if (error instanceof EdgeError) throw error;
    const said = asError(error).message;
    const meaning = transport.kind === "serial" ? serialMeaning(said) : MEANINGS[errorCode(error)];
    throw new EdgeError("modbus-connection", `${where}: ${meaning ?? "no connection"} (${said})`, { cause: error });
  }
}

interface Opening extends Connection {
  readonly opened: Promise<void>;
}

function openTcp({ host, port }: { readonly host: string; readonly port: number }): Opening {
  const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000 });
  const opened = new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  const close = (): Promise<void> => {
    socket.destroy();
    return Promise.resolve();
  };
  return { stream: socket, close, opened };
}

/** A serial port of this machine, and what is plugged in there. */
export interface SerialPortInfo {
  readonly path: string;
  readonly label: string;
}

/** @throws EdgeError `library-missing` */
export async function listSerialPorts(): Promise<SerialPortInfo[]> {
  const ports = await serialLibrary().SerialPort.list();
  return ports.map(({ path, manufacturer, serialNumber }) => ({
    path,
    label: [manufacturer, serialNumber].filter(Boolean).join(" "),
  }));
}

function serialLibrary(): typeof import("serialport") {
  return loadOptional(
    "serialport",
    "Modbus on a serial port",
    // oxlint-disable-next-line typescript/no-require-imports
    () => require("serialport") as typeof import("serialport"),
  );
}

function openSerial(options: Extract<Transport, { kind: "serial" }>): Opening {
  const port = new (serialLibrary().SerialPort)({
    path: options.path,
    baudRate: options.baud,
    parity: options.parity,
    stopBits: options.stopBits,
    dataBits: options.dataBits,
    autoOpen: false,
  });
  const opened = new Promise<void>((resolve, reject) => {
    port.open((error) => (error ? reject(error) : resolve()));
  });
  // Destroying the stream would leave the port open and locked.
  const close = async (): Promise<void> => {
    await opened.catch(() => undefined);
    if (port.isOpen) await new Promise<void>((resolve) => port.close(() => resolve()));
  };
  return { stream: port, close, opened };
}

/** The library puts the system's words into a text of its own. */
function serialMeaning(said: string): string | undefined {
  if (/no such file|ENOENT|file not found/i.test(said)) return "there is no such serial port";
  if (/permission|access denied|EACCES/i.test(said))
    return "this user may not open it; on Linux add the user to the group dialout";
  if (/lock|busy|EBUSY/i.test(said)) return "it is open already, in another program or here with other settings";
  if (/inappropriate ioctl|not a tty|ENOTTY/i.test(said)) return "this is no serial port";
  return undefined;
}
