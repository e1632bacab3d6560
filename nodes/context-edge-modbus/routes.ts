import type { Node, NodeAPI } from "node-red";
import { systemClock } from "../../lib/clock";
import { EdgeError } from "../../lib/errors";
import { readOnce, type ModbusDevices, type ModbusOptions } from "../../lib/fusion/modbus/devices";
import { ModbusException, type ReadRequest, type Words } from "../../lib/fusion/modbus/frame";
import { describeFound, findPlace, type FoundPlace } from "../../lib/fusion/modbus/places";
import { understand, type Understanding } from "../../lib/fusion/modbus/preview";
import { REGISTER_TYPES, wordsOf, WORD_ORDERS, type RegisterFormat } from "../../lib/fusion/modbus/registers";
import { listSerialPorts, placeOf } from "../../lib/fusion/modbus/transport";
import { registerReading } from "../../lib/fusion/modbus/wire";
import { ConfigReader, type RawConfig } from "../common/config";
import { dialogRoute, testRoute, type DialogAnswer } from "../common/test-route";
import { readOptions } from "./settings";

/** A deployed connection: what it was deployed with, and its devices. */
export interface ModbusNode extends Node {
  service?: ModbusDevices;
  settings?: RawConfig;
}

interface ReadAnswer extends DialogAnswer {
  readonly value: number | null;
  readonly quality: "good" | "bad";
  readonly registers?: Words;
  readonly bits?: Words;
  readonly preview: readonly Understanding[];
}

const TYPE = "context-edge-modbus";
/** Enough for every type. */
const PREVIEWED = 4;
/** What a device answers where fewer registers are there than the preview wants. */
const FEWER: ReadonlySet<number> = new Set([2, 3, 4]);

/** What the dialogs ask of a device, over the connection that is open to it, where one is. @param running deployed connections */
export function routes(RED: NodeAPI, running: Iterable<ModbusDevices>): void {
  const settingsOf = (body: RawConfig): RawConfig => {
    const node = typeof body["id"] === "string" ? (RED.nodes.getNode(body["id"]) as ModbusNode | null) : null;
    const isSettings = body["transport"] !== undefined || body["host"] !== undefined || body["port"] !== undefined;
    if (!isSettings && typeof body["id"] === "string" && !node?.settings) {
      throw new EdgeError("config-node", "this Modbus connection is not deployed", { remedy: "deploy first" });
    }
    return { ...node?.settings, ...body };
  };
  testRoute(
    RED,
    TYPE,
    (body) => placeOf(readOptions(settingsOf(body)).transport),
    (body) => test(readOptions(settingsOf(body)), running),
  );
  dialogRoute(
    RED,
    TYPE,
    "read",
    (body) => placeOf(foundIn(body, readOptions(settingsOf(body))).transport),
    (body) => read(body, readOptions(settingsOf(body)), running),
  );
  dialogRoute(RED, TYPE, "ports", () => "", ports);
}

/** The serial ports of this machine, for whoever does not know the name of his. */
async function ports(): Promise<DialogAnswer & Record<string, unknown>> {
  const found = await listSerialPorts();
  return { ok: true, text: `${found.length} serial port${found.length === 1 ? "" : "s"}`, ports: found };
}

/** Reads one register: an exception from the device is an answer too. */
async function test(options: ModbusOptions, running: Iterable<ModbusDevices>): Promise<DialogAnswer> {
  const request: ReadRequest = { unit: options.unit, table: "holding", address: 0, words: 1 };
  const begun = performance.now();
  const said = await readOnce(request, options, running, systemClock).then(
    () => "",
    (error: unknown) => {
      if (!(error instanceof ModbusException)) throw error;
      return ` (holding register 0: exception ${error.exception})`;
    },
  );
  return { ok: true, text: `unit ${options.unit} answered in ${Math.round(performance.now() - begun)} ms${said}` };
}

/** Where the channel's registers are. */
function foundIn(body: RawConfig, options: ModbusOptions): FoundPlace {
  return findPlace(new ConfigReader(body, "Modbus").text("match"), options);
}

async function read(body: RawConfig, options: ModbusOptions, running: Iterable<ModbusDevices>): Promise<ReadAnswer> {
  const found = foundIn(body, options);
  const { table, address } = found.place;
  const config = new ConfigReader(body, "Modbus");
  const isBit = table === "coil" || table === "discrete";
  const type = config.choice("type", REGISTER_TYPES, isBit ? "coil" : "float32");
  const format: RegisterFormat = { type, order: config.choice("order", WORD_ORDERS, "ABCD") };
  const wanted = wordsOf(format.type);
  const ask = (words: number): Promise<Words> =>
    readOnce(
      { unit: found.unit, table, address, words },
      { ...options, transport: found.transport },
      running,
      systemClock,
    );
  const most = isBit ? wanted : Math.max(wanted, Math.min(PREVIEWED, 0x10000 - address));
  const words = await ask(most).catch((error: unknown) => {
    const fewer = error instanceof ModbusException && FEWER.has(error.exception) && most > wanted;
    if (!fewer) throw error;
    return ask(wanted);
  });
  const place = { ...found.place, unit: found.unit };
  const { value, quality, reason } = registerReading(words, 0, format, place);
  const shown = isBit ? type : `${type} ${format.order}`;
  return {
    ok: true,
    text: `${describeFound(found)}: ${quality === "good" ? `${value} (${shown})` : reason}`,
    value: quality === "good" ? value : null,
    quality: quality === "good" ? "good" : "bad",
    ...(isBit ? { bits: words } : { registers: words }),
    preview: isBit ? [] : understand(words as readonly number[]),
  };
}
