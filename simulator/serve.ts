/** The plant as a process: PLC, scanners and control line on TCP, and a record of what it really did. */
import { renameSync, writeFileSync } from "node:fs";
import { EdgeError, asError } from "../lib/errors";
import { RIGS, SEEN_RIGS } from "../lib/plant/catalogue";
import { CODE_FORMS, type CodeForm } from "../lib/plant/codes";
import { defaultStations } from "../lib/plant/plant";
import { MAX_FAULT_SHARE } from "../lib/plant/schedule";
import { obeyLines, startControl } from "./control";
import { startModbus } from "./modbus-server";
import { startOpcua } from "./opcua-server";
import type { CommandOptions } from "./options";
import { RunningPlant } from "./running-plant";
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

/**
 * Runs until SIGINT or SIGTERM. Prints one JSON line when everything listens: what is where. A server whose port is not
 * given is not started; port 0 takes a free one. Commands are read from standard input too.
 * @throws EdgeError `usage`, `port`
 */
export async function serve(options: CommandOptions): Promise<void> {
  const host = options.text("host", "127.0.0.1");
  const stations = defaultStations(options.integer("assets", SEEN_RIGS, 1, RIGS.length));
  const codes = options.choice<CodeForm | "mixed">("codes", [...CODE_FORMS, "mixed"], "mixed");
  const frame = options.choice("frame", Object.keys(FRAMES) as Frame[], "crlf");
  const seed = options.integer("seed", 1, 0, 2 ** 32 - 1);
  const plant = new RunningPlant(
    {
      seed,
      stations,
      codes,
      rateHz: options.number("rate", 10, 0.1, 500),
      cycleS: options.number("cycle", 2, 0.01, 86_400),
      faultShare: options.number("fault-share", 0.1, 0, MAX_FAULT_SHARE),
      firstFaultS: options.number("first-fault", 8, 0, 1_000_000),
    },
    options.text("record"),
  );
  const assets = stations.map(({ asset }) => asset);

  /** Starts one server when its port was asked for, and has it closed with the plant. */
  const listen = async <T extends { close(): Promise<void> }>(name: string, start: (port: number) => Promise<T>) => {
    if (options.text(name) === undefined) return undefined;
    const port = options.integer(name, 0, 0, 65_535);
    try {
      const server = await start(port);
      plant.onClose(() => server.close());
      return server;
    } catch (error) {
      throw new EdgeError("port", `--${name} ${port}: ${asError(error).message}`, { cause: error });
    }
  };

  try {
    const opcua = await listen("opcua-port", (port) => startOpcua({ host, port, assets }));
    const modbus = await listen("modbus-port", (port) => startModbus(host, port, assets.length));
    const scanners = await listen("scanner-port", (port) => startScanners(host, port, assets, frame));
    const control = await listen("control-port", (port) => startControl(host, port, (command) => plant.obey(command)));
    const contextsFile = options.text("contexts");
    if (contextsFile !== undefined) writeWhole(contextsFile, JSON.stringify(plant.contexts(), null, 1));
    plant.on((event) => {
      if (event.kind === "scan") return scanners?.scan(event.asset, event.text);
      modbus?.show(assets.indexOf(event.asset), event.readings);
      opcua?.show(event.asset, event.readings, new Date());
    });
    plant.start();
    print({
      ready: true,
      pid: process.pid,
      host,
      seed,
      codes,
      assets: stations,
      opcua: opcua && { endpoint: opcua.endpoint, port: opcua.port, nodes: opcua.nodes },
      modbus: modbus && { port: modbus.port },
      scanners: scanners?.ports,
      control: control && { port: control.port },
      contexts: contextsFile,
    });
    obeyLines(
      process.stdin,
      (command) => plant.obey(command),
      (line) => process.stdout.write(line),
    );
    await signalled();
  } finally {
    await plant.close();
    // A terminal or pipe on standard input would keep the process alive.
    process.stdin.destroy();
  }
}

function print(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
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
