import { rmSync } from "node:fs";
import { AssetTable } from "../../lib/assets";
import { systemClock } from "../../lib/clock";
import { channelSpec } from "../../lib/fusion/channel";
import { Fuser, type Sample } from "../../lib/fusion/fuser";
import { OpcuaSource } from "../../lib/fusion/opcua/source";
import { scratch } from "./cache";
import { startPeer, type Peer } from "./peers";
import { freePort } from "./ports";
import { until } from "./process";

const MAX_AGE_MS = 1000;
const PERIOD_MS = 50;
/** What a sample may take on top of the age: the period, the publishing interval, a busy machine. */
const SLACK_MS = 700;
export const RECOVERY_MS = 5000;

/** Something that goes wrong at the server; `off` undefined: it is over by itself. */
export interface Fault {
  readonly name: string;
  on(peer: Peer): Promise<unknown>;
  off?(peer: Peer): Promise<unknown>;
}

const command =
  (...lines: string[]) =>
  async (peer: Peer): Promise<void> => {
    for (const line of lines) {
      // In this order.
      // oxlint-disable-next-line no-await-in-loop
      const answer = await peer.command(line);
      if (answer["error"] !== undefined) throw new Error(`${line}: ${JSON.stringify(answer["error"])}`);
    }
  };
const lasting = (name: string, on: string[], off: string[]): Fault => ({
  name,
  on: command(...on),
  off: command(...off),
});
const passing = (name: string, line: string): Fault => ({ name, on: command(line) });

/** Faults that last until they are lifted; each makes the channel unusable. */
export const LASTING: readonly Fault[] = [
  lasting("hang", ["hang on"], ["hang off"]),
  lasting("refuse", ["refuse on", "drop"], ["refuse off"]),
  lasting("hold", ["hold * on"], ["hold * off"]),
  lasting("freeze", ["freeze * on"], ["freeze * off"]),
  lasting("mute", ["mute on"], ["mute off"]),
  lasting("late", ["delay 2500"], ["delay 0"]),
  lasting("bad status", ["status * BadSensorFailure"], ["status * Good"]),
  lasting("NaN", ["value * nan"], ["value * auto"]),
  lasting("null", ["type * Null"], ["type * Double"]),
  lasting("array", ["type * Array declare"], ["type * Double declare"]),
  lasting("text", ["type * StringComma"], ["type * Double"]),
  {
    name: "stopped process",
    on: (peer) => Promise.resolve(process.kill(peer.info.pid, "SIGSTOP")),
    off: (peer) => Promise.resolve(process.kill(peer.info.pid, "SIGCONT")),
  },
];

/** Faults that are over at once; what matters is the way back. */
export const PASSING: readonly Fault[] = [
  passing("drop", "drop"),
  passing("kill-sessions", "kill-sessions"),
  passing("restart", "restart 0.3"),
  passing("stamps left out", "ts * none"),
  passing("stamps an hour back", "ts * -3600000"),
];

/** A server with faults, and sensor-fuse's heart on it, which makes a sample every 50 ms. */
export class OpcuaRig {
  /** Of the last sample. */
  usable = false;
  /** Why the last unusable sample was that. */
  reason = "";
  /** When the older of the readings in the last usable sample was taken, by performance.now(). */
  private readAt = -Infinity;

  private constructor(
    readonly peer: Peer,
    private readonly source: OpcuaSource,
    private readonly fuser: Fuser,
    private readonly folder: string,
  ) {}

  static async start(): Promise<OpcuaRig> {
    const folder = scratch("opcua-rig");
    const peer = await startPeer("asyncua_server.py", ["--port", String(await freePort()), "--rate", "20"]);
    const url = peer.info.url as string;
    const source = new OpcuaSource(
      { url, user: undefined, pkiDir: folder, intervalMs: 100, watchdogMs: 2000 },
      systemClock,
      Math.random,
    );
    let rig: OpcuaRig | undefined;
    const fuser = new Fuser({
      config: {
        channels: ["temperature", "current"].map((name) =>
          channelSpec({ name, source: "opcua", match: `nsu=urn:peer:sensors;s=${name}`, maxAgeMs: MAX_AGE_MS }),
        ),
        trigger: "periodic",
        triggerChannel: "",
        periodMs: PERIOD_MS,
        asset: "",
        run: { runtimeField: "", factor: 0 },
      },
      assets: [],
      assetTable: new AssetTable([]),
      clock: systemClock,
      notice: () => undefined,
      emit: (sample) => rig?.take(sample),
      changed: () => undefined,
    });
    rig = new OpcuaRig(peer, source, fuser, folder);
    for (const { channel, asset, match } of fuser.wanted("opcua"))
      source.follow(match, (reading) => fuser.takeOwn(channel, asset, reading));
    return rig;
  }

  /** Until a sample is usable whose readings are younger than this moment: one that is still held proves nothing. */
  async good(what: string): Promise<void> {
    const since = performance.now();
    await until(`${what}: good again (${this.reason})`, () => this.usable && this.readAt > since, RECOVERY_MS);
  }

  /** Every lasting fault must be told within the channels' maximum age. */
  async told(what: string): Promise<void> {
    await until(`${what}: told on output 2`, () => !this.usable, MAX_AGE_MS + SLACK_MS);
  }

  async stop(): Promise<void> {
    this.fuser.close();
    await this.source.close();
    await this.peer.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private take({ usable, message }: Sample): void {
    this.usable = usable;
    const ages = Object.values(message.fusion?.channels ?? {}).map(({ age_ms }) => age_ms ?? Infinity);
    this.readAt = performance.now() - Math.max(...ages);
    if (!usable) this.reason = message.unusable?.reason ?? "";
  }
}
