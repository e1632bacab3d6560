import { join } from "node:path";
import type { NodeAPI, NodeDef } from "node-red";
import { systemClock } from "../../lib/clock";
import { OpcuaSource } from "../../lib/fusion/opcua/source";
import { PeerLog } from "../../lib/operation/peer-log";
import { onClose } from "../common/adapter";
import { hearPeer } from "../common/peers";
import { refuseService, service, type RawConfig } from "../common/config";
import type { DeviceService, OpcuaService } from "../common/services";
import { routes, type OpcuaNode as Deployed } from "./routes";
import { readOptions } from "./settings";

interface OpcuaNode extends Deployed {
  service?: OpcuaService;
}

const TYPE = "context-edge-opcua";

/** An OPC UA server, one session for all who follow variables on it. */
export = function (RED: NodeAPI): void {
  /** Certificates live with the device's data; where no device is chosen, in the folder that a device has by default. */
  const pkiDirOf = (raw: RawConfig): string => {
    const device = raw["device"];
    if (typeof device !== "string" || device === "")
      return join(RED.settings.userDir ?? process.cwd(), "context-edge", "opcua-pki");
    return join(service<DeviceService>(RED, device, "context-edge-device", "OPC UA").dataDir, "opcua-pki");
  };

  function ContextEdgeOpcua(this: OpcuaNode, def: NodeDef): void {
    RED.nodes.createNode(this, def);
    try {
      const raw = def as unknown as RawConfig;
      this.options = readOptions(raw, this.credentials, pkiDirOf(raw));
      const source = new OpcuaSource(this.options, systemClock, Math.random);
      this.service = source;
      const peer = new PeerLog(`OPC UA ${this.options.url}`, this, systemClock);
      const unwatch = source.watch((trouble) => hearPeer(peer, trouble));
      onClose(this, () => {
        unwatch();
        peer.unused();
        return source.close();
      });
    } catch (error) {
      refuseService(this, error);
    }
  }
  RED.nodes.registerType(TYPE, ContextEdgeOpcua, {
    credentials: {
      user: { type: "text" },
      password: { type: "password" },
      certificate: { type: "text" },
      private_key: { type: "password" },
    },
  });
  routes(RED, pkiDirOf);
};
