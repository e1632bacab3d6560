/** The plant as a process: PLC, scanners and control line on TCP, and a record of what it really did. */
import { renameSync, writeFileSync } from "node:fs";
import { systemClock } from "../lib/clock";
import { EdgeError, asError } from "../lib/errors";
import { RIGS, SEEN_RIGS } from "../lib/plant/catalogue";
import { CODE_FORMS, type CodeForm } from "../lib/plant/codes";
import { defaultStations, type PlantEvent, type PlantOptions } from "../lib/plant/plant";
import { PlantRecord } from "../lib/plant/record";
import { RunningPlant } from "../lib/plant/running-plant";
import { MAX_FAULT_SHARE } from "../lib/plant/schedule";
import { Closers } from "./closers";
import { obeyLines, startControl, type Obey } from "./control";
import { startModbus } from "./modbus-server";
import type { CommandOptions } from "./options";
import { FRAMES, startScanners, type Frame } from "./scanners";

export const SERVE_OPTIONS = [
  // where it listens and what it leaves
  "host",
  "opcua-port",
  "modbus-port",
  "scanner-port",
  "control-port",
  "record",
  "contexts",
  // what it does
  "seed",
  "assets",
  "rate",
  "cycle",
  "fault-share",
  "first-fault",
  "codes",
  "frame",
];

/** Where everything is: printed as one JSON line when all of it listens. */
interface Ready {
  readonly opcua?: { readonly endpoint: string; readonly port: number; readonly nodes: object } | undefined;
  readonly modbus?: { readonly port: number } | undefined;
  /** Port by asset. */
  readonly scanners?: Readonly<Record<string, number>> | undefined;
  readonly control?: { readonly port: number } | undefined;
}

/**
 * Runs until SIGINT or SIGTERM. A server whose port is not given is not started; port 0 takes a free one. Commands are
 * read from standard input too.
 * @throws EdgeError `usage`, `port`
 */
export async function serve(options: CommandOptions): Promise<void> {
  const plantOptions = readPlant(options);
  const closers = new Closers();
  const listeners: ((event: PlantEvent) => void)[] = [];
  const record = openRecord(options.text("record"), closers);
  const plant = new RunningPlant(plantOptions, {
    clock: systemClock,
    record,
    happened: (event) => listeners.forEach((listener) => listener(event)),
  });
  closers.add(async () => plant.stop());
  const obey: Obey = (command) => plant.obey(command);
  // The plant's own timers let a process end; this one keeps it until it is told to.
  const alive = setInterval(() => undefined, 60_000);
  closers.add(async () => clearInterval(alive));
  try {
    const ready = await startServers(options, plantOptions, listeners, obey, closers);
    const contexts = options.text("contexts");
    if (contexts !== undefined) writeWhole(contexts, JSON.stringify(plant.contexts(), null, 1));
    plant.start();
    const { seed, codes, stations: assets } = plantOptions;
    process.stdout.write(
      `${JSON.stringify({ ready: true, pid: process.pid, seed, codes, assets, ...ready, contexts })}\n`,
    );
    obeyLines(process.stdin, obey, (line) => process.stdout.write(line));
    await signalled();
  } finally {
    await closers.closeAll();
    // A terminal or pipe on standard input would keep the process alive.
    process.stdin.destroy();
  }
}

function readPlant(options: CommandOptions): PlantOptions {
  return {
    seed: options.integer("seed", 1, 0, 2 ** 32 - 1),
    stations: defaultStations(options.integer("assets", SEEN_RIGS, 1, RIGS.length)),
    rateHz: options.number("rate", 10, 0.1, 500),
    cycleS: options.number("cycle", 2, 0.01, 86_400),
    faultShare: options.number("fault-share", 0.1, 0, MAX_FAULT_SHARE),
    firstFaultS: options.number("first-fault", 8, 0, 1_000_000),
    codes: options.choice<CodeForm | "mixed">("codes", [...CODE_FORMS, "mixed"], "mixed"),
  };
}

async function startServers(
  options: CommandOptions,
  { stations }: PlantOptions,
  listeners: ((event: PlantEvent) => void)[],
  obey: Obey,
  closers: Closers,
): Promise<Ready> {
  const host = options.text("host", "127.0.0.1");
  const frame = options.choice("frame", Object.keys(FRAMES) as Frame[], "crlf");
  const assets = stations.map(({ asset }) => asset);
  const listen = async <T extends { close(): Promise<void> }>(name: string, start: (port: number) => Promise<T>) => {
    if (options.text(name) === undefined) return undefined;
    const port = options.integer(name, 0, 0, 65_535);
    try {
      const server = await start(port);
      closers.add(() => server.close());
      return server;
    } catch (error) {
      throw new EdgeError("port", `--${name} ${port}: ${asError(error).message}`, { cause: error });
    }
  };
  const opcua = await listen("opcua-port", async (port) => {
    // Takes seconds to load: only those wait for it who want it.
    const { startOpcua } = await import("./opcua-server.js");
    return startOpcua({ host, port, assets });
  });
  const modbus = await listen("modbus-port", (port) => startModbus(host, port, assets.length));
  const scanners = await listen("scanner-port", (port) => startScanners(host, port, assets, frame));
  const control = await listen("control-port", (port) => startControl(host, port, obey));
  listeners.push((event) => {
    if (event.kind === "scan") return scanners?.scan(event.asset, event.text);
    modbus?.show(assets.indexOf(event.asset), event.readings);
    opcua?.show(event.asset, event.readings, new Date());
    return undefined;
  });
  return {
    opcua: opcua && { endpoint: opcua.endpoint, port: opcua.port, nodes: opcua.nodes },
    modbus: modbus && { port: modbus.port },
    scanners: scanners?.ports,
    control: control && { port: control.port },
  };
}

function openRecord(file: string | undefined, closers: Closers): PlantRecord | undefined {
  if (file === undefined) return undefined;
  const record = new PlantRecord(file, (error) => {
    // Without the record nobody can check what the plant did: better no plant.
    console.error(`the record cannot be written: ${error.message}`);
    process.exit(1);
  });
  closers.add(() => record.close());
  return record;
}

/** A reader never sees half a file. */
function writeWhole(file: string, text: string): void {
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, `${text}\n`);
  renameSync(draft, file);
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}
