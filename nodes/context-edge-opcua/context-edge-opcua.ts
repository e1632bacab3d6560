import { join } from "node:path";
import type { Node, NodeAPI, NodeDef } from "node-red";
import { systemClock } from "../../lib/clock";
import { CONNECTING } from "../../lib/fusion/link";
import { OpcuaSource } from "../../lib/fusion/opcua/source";
import { skewInWords } from "../../lib/fusion/stamps";
import { PeerLog } from "../../lib/operation/peer-log";
import { onClose, shorten } from "../common/adapter";
import { hearPeer } from "../common/peers";
import { refuseService, service, type RawConfig } from "../common/config";
import type { DeviceService, OpcuaService } from "../common/services";
import { routes, type OpcuaNode as Deployed } from "./routes";
import { readOptions } from "./settings";

interface OpcuaNode extends Deployed {
  service?: OpcuaService;
}

const TYPE = "context-edge-opcua";

/** Shows whether the server is there, and how far its stamps are off: what must be known before they are trusted. */
function followStatus(node: Node, source: OpcuaSource, hear: (trouble: string) => void): () => void {
  let trouble: string = CONNECTING;
  let skewMs: number | undefined;
  const show = (): void => {
    if (trouble === CONNECTING) node.status({ fill: "grey", shape: "ring", text: trouble });
    else if (trouble !== "")
      node.status({ fill: "red", shape: "ring", text: shorten(trouble.replace(/^\S+: /, ""), 60) });
    else {
      const stamps = skewMs === undefined ? "" : ` · its stamps ${skewInWords(skewMs)}`;
      node.status({ fill: "green", shape: "dot", text: `connected${stamps}` });
    }
  };
  const stops = [
    source.watch((told) => {
      hear(told);
      trouble = told;
      show();
    }),
    source.watchSkew((told) => {
      skewMs = told;
      show();
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

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
      const unwatch = followStatus(this, source, (trouble) => hearPeer(peer, trouble));
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
