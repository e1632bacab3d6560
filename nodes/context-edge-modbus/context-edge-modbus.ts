import type { NodeAPI, NodeDef } from "node-red";
import { systemClock } from "../../lib/clock";
import { ModbusDevices } from "../../lib/fusion/modbus/devices";
import { PeerLog } from "../../lib/operation/peer-log";
import { onClose } from "../common/adapter";
import { refuseService, type RawConfig } from "../common/config";
import { hearPeer } from "../common/peers";
import { routes, type ModbusNode } from "./routes";
import { readOptions } from "./settings";

/** A Modbus device or gateway, polled for all who follow registers on it. */
export = function (RED: NodeAPI): void {
  const running = new Set<ModbusDevices>();

  function ContextEdgeModbus(this: ModbusNode, def: NodeDef): void {
    RED.nodes.createNode(this, def);
    const raw = def as unknown as RawConfig;
    try {
      const peers = new Map<string, PeerLog>();
      const heard = (place: string, trouble: string): void => {
        let peer = peers.get(place);
        if (!peer) peers.set(place, (peer = new PeerLog(`Modbus ${place}`, this, systemClock)));
        hearPeer(peer, trouble);
      };
      const devices = new ModbusDevices(readOptions(raw), systemClock, Math.random, heard);
      this.service = devices;
      this.settings = raw;
      running.add(devices);
      onClose(this, () => {
        running.delete(devices);
        for (const peer of peers.values()) peer.unused();
        return devices.close();
      });
    } catch (error) {
      refuseService(this, error);
    }
  }
  RED.nodes.registerType("context-edge-modbus", ContextEdgeModbus);
  routes(RED, running);
};
