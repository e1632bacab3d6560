import type { NodeAPI, NodeDef } from "node-red";
import { systemClock } from "../../lib/clock";
import { ModbusDevices } from "../../lib/fusion/modbus/devices";
import { onClose } from "../common/adapter";
import { refuseService, type RawConfig } from "../common/config";
import { routes, type ModbusNode } from "./routes";
import { readOptions } from "./settings";

/** A Modbus device or gateway, polled for all who follow registers on it. */
export = function (RED: NodeAPI): void {
  const running = new Set<ModbusDevices>();

  function ContextEdgeModbus(this: ModbusNode, def: NodeDef): void {
    RED.nodes.createNode(this, def);
    const raw = def as unknown as RawConfig;
    try {
      const devices = new ModbusDevices(readOptions(raw), systemClock, Math.random);
      this.service = devices;
      this.settings = raw;
      running.add(devices);
      onClose(this, () => {
        running.delete(devices);
        return devices.close();
      });
    } catch (error) {
      refuseService(this, error);
    }
  }
  RED.nodes.registerType("context-edge-modbus", ContextEdgeModbus);
  routes(RED, running);
};
