import { rmSync } from "node:fs";
import { systemClock } from "../../lib/clock";
import { channelSpec } from "../../lib/fusion/channel";
import { OpcuaSource } from "../../lib/fusion/opcua/source";
import { scratch } from "./cache";
import { FusedRig, MAX_AGE_MS } from "./fused-rig";
import { startOpcuaPeer, type Peer } from "./peers";

export const PUBLISHING_MS = 100;

/** A server with faults, and sensor-fuse's heart on it. */
export class OpcuaRig {
  private constructor(
    readonly peer: Peer,
    readonly fused: FusedRig,
    private readonly source: OpcuaSource,
    private readonly folder: string,
  ) {}

  static async start(): Promise<OpcuaRig> {
    const folder = scratch("opcua-rig");
    const peer = await startOpcuaPeer("--rate", "20");
    const url = peer.info.url as string;
    const source = new OpcuaSource(
      { url, user: undefined, pkiDir: folder, intervalMs: PUBLISHING_MS, watchdogMs: 2000 },
      systemClock,
      Math.random,
    );
    const channels = ["temperature", "current"].map((name) =>
      channelSpec({ name, source: "opcua", match: `nsu=urn:peer:sensors;s=${name}`, maxAgeMs: MAX_AGE_MS }),
    );
    const fused = new FusedRig("opcua", channels, ({ match }, listener) => source.follow(match, listener));
    return new OpcuaRig(peer, fused, source, folder);
  }

  good(what: string): Promise<void> {
    return this.fused.good(what);
  }

  told(what: string): Promise<void> {
    return this.fused.told(what);
  }

  /** Requests and connections that the server has counted. */
  async requests(): Promise<number> {
    return (await this.peer.command("state"))["requests"] as number;
  }

  async stop(): Promise<void> {
    this.fused.close();
    await this.source.close();
    await this.peer.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
