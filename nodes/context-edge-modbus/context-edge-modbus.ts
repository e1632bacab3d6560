import type { Node, NodeAPI, NodeDef } from "node-red";
import { systemClock } from "../../lib/clock";
import { ModbusLine, ModbusSource, type ModbusOptions } from "../../lib/fusion/modbus/source";
import { onClose } from "../common/adapter";
import { ConfigReader, refuseService, type RawConfig } from "../common/config";
import type { ModbusService } from "../common/services";
import { testRoute } from "../common/test-route";

interface ModbusNode extends Node {
  service?: ModbusService;
}

const TYPE = "context-edge-modbus";

/** A Modbus TCP device, polled for all who follow registers on it. */
export = function (RED: NodeAPI): void {
  function ContextEdgeModbus(this: ModbusNode, def: NodeDef): void {
    RED.nodes.createNode(this, def);
    try {
      const source = new ModbusSource(readOptions(def as unknown as RawConfig), systemClock, Math.random);
      this.service = source;
      onClose(this, () => source.close());
    } catch (error) {
      refuseService(this, error);
    }
  }
  RED.nodes.registerType(TYPE, ContextEdgeModbus);

  testRoute(RED, TYPE, placeOf, async (body) => ({ ok: true, text: await test(body) }));
};

function readOptions(raw: RawConfig): ModbusOptions {
  const config = new ConfigReader(raw, "Modbus");
  return {
    host: config.text("host", "127.0.0.1"),
    port: config.number("port", 502, { min: 1, max: 65535, integer: true }),
    unit: config.number("unit", 1, { min: 0, max: 255, integer: true }),
    timeoutMs: config.number("timeout_ms", 1000, { min: 50, max: 60_000 }),
    intervalMs: config.number("interval_ms", 500, { min: 10, max: 3_600_000 }),
    gap: config.number("gap", 8, { min: 0, max: 120, integer: true }),
  };
}

function placeOf(body: RawConfig): string {
  const { host, port } = readOptions(body);
  return `${host}:${port}`;
}

/** Connects and reads one register: an exception from the device is an answer too. */
async function test(raw: RawConfig): Promise<string> {
  const options = readOptions(raw);
  const line = await ModbusLine.open(options, systemClock);
  const begun = performance.now();
  try {
    await line.read(options.unit, "holding", 0, 1);
    return `unit ${options.unit} answered in ${Math.round(performance.now() - begun)} ms`;
  } catch (error) {
    const code = (error as { modbusCode?: unknown }).modbusCode;
    if (typeof code !== "number") throw error;
    return `unit ${options.unit} answered in ${Math.round(performance.now() - begun)} ms (holding register 0: exception ${code})`;
  } finally {
    line.close();
  }
}
