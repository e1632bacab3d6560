import type { Node, NodeAPI, NodeDef } from "node-red";
import { systemClock } from "../../lib/clock";
import { offersOf, type FusionConfig } from "../../lib/fusion/channel";
import { Fuser, type Sample } from "../../lib/fusion/fuser";
import { CONNECTING } from "../../lib/fusion/link";
import { skewInWords } from "../../lib/fusion/stamps";
import type { Counts } from "../../lib/operation/part";
import { onClose, onInput, refuseAll, sendFrom, shorten, type Outputs } from "../common/adapter";
import { ConfigReader, service, type RawConfig } from "../common/config";
import { inspect, partOf } from "../common/operation";
import type { DeviceService, ModbusService, OpcuaService } from "../common/services";
import { StatusLine } from "../common/status";
import { offer } from "../common/upstream";
import { readRoute, type Readable } from "./read-route";
import { tell } from "./inspect";
import { readSettings } from "./settings";

/** Readings in, one fused sample per trigger out. */
export = function (RED: NodeAPI): void {
  function SensorFuse(this: Node, def: NodeDef): void {
    RED.nodes.createNode(this, def);
    try {
      open(RED, this, def as unknown as RawConfig);
    } catch (error) {
      refuseAll(this, error);
    }
  }
  RED.nodes.registerType("sensor-fuse", SensorFuse);
  readRoute(RED);
};

function open(RED: NodeAPI, node: Node, raw: RawConfig): void {
  const settings = readSettings(new ConfigReader(raw, "sensor-fuse"));
  const device = service<DeviceService>(RED, raw["device"], "context-edge-device", "sensor-fuse");
  const status = new StatusLine(node);
  const troubles = new Map<string, string>();
  const sources = new Map<string, string>();
  const skews = new Map<string, number>();
  const { counts } = partOf(node);
  const fuser = new Fuser({
    config: settings,
    assets: device.assets,
    assetTable: device.assetTable,
    clock: systemClock,
    notice: (message) => sendFrom(node, [null, message]),
    emit: (sample) => sendFrom(node, outputsOf([sample], counts)),
    changed: () => showNow(),
  });
  const showNow = (): void => show(status, fuser, settings, troubles, skews);
  const watchSource = (name: string) => (trouble: string) => {
    sources.set(name, trouble);
    if (trouble === "") troubles.delete(name);
    else troubles.set(name, trouble);
    showNow();
  };
  const watchSkew = (ms: number | undefined): void => {
    if (ms === undefined) skews.delete("OPC UA");
    else skews.set("OPC UA", ms);
    showNow();
  };
  const stops: (() => void)[] = [offer(node, offersOf(settings.channels))];
  const release = (): void => {
    for (const stop of stops) stop();
    fuser.close();
    status.close();
  };
  try {
    followOpcua(RED, raw, fuser, stops, watchSource("OPC UA"), watchSkew);
    followModbus(RED, raw, fuser, settings, stops, watchSource("Modbus"));
  } catch (error) {
    // Refused as a whole: what was begun by now would go on without an end.
    release();
    throw error;
  }
  showNow();

  (node as Readable).readOut = () => fuser.readOut();
  inspect(node, (report) => tell(report, fuser, sources, skews));
  onInput(node, (message, send) => {
    const samples = fuser.take(message);
    if (samples.length > 0) send(outputsOf(samples, counts));
    else if (fuser.unmatched === 1) showNow();
  });
  onClose(node, release);
}

function outputsOf(samples: readonly Sample[], counts: Counts): Outputs {
  for (const { usable } of samples) counts.count("samples_total", usable ? "usable" : "unusable");
  const first = samples[0];
  if (first && samples.length === 1) return first.usable ? [first.message, null] : [null, first.message];
  const of = (usable: boolean) => samples.filter((sample) => sample.usable === usable).map((sample) => sample.message);
  return [of(true), of(false)];
}

function followOpcua(
  RED: NodeAPI,
  raw: RawConfig,
  fuser: Fuser,
  stops: (() => void)[],
  watch: (trouble: string) => void,
  watchSkew: (ms: number | undefined) => void,
): void {
  const wanted = fuser.wanted("opcua");
  if (wanted.length === 0) return;
  const source = service<OpcuaService>(RED, raw["opcua"], "context-edge-opcua", "sensor-fuse");
  stops.push(source.watch(watch), source.watchSkew(watchSkew));
  for (const { channel, asset, match } of wanted) {
    stops.push(source.follow(match, (reading) => fuser.takeOwn(channel, asset, reading)));
  }
}

function followModbus(
  RED: NodeAPI,
  raw: RawConfig,
  fuser: Fuser,
  settings: FusionConfig,
  stops: (() => void)[],
  watch: (trouble: string) => void,
): void {
  const wanted = fuser.wanted("modbus");
  if (wanted.length === 0) return;
  const source = service<ModbusService>(RED, raw["modbus"], "context-edge-modbus", "sensor-fuse");
  stops.push(source.watch(watch));
  for (const { channel, asset, match } of wanted) {
    const format = settings.channels[channel]?.register;
    if (format) stops.push(source.follow(match, format, (reading) => fuser.takeOwn(channel, asset, reading)));
  }
}

function show(
  status: StatusLine,
  fuser: Fuser,
  settings: FusionConfig,
  troubles: ReadonlyMap<string, string>,
  skews: ReadonlyMap<string, number>,
): void {
  const trouble = fuser.trouble();
  for (const [source, text] of troubles) {
    // The place stands in health and in the log; what fits under a node is the cause.
    const cause = text.replace(/^\S+: /, "");
    status.set(text === CONNECTING ? "yellow" : "red", "ring", shorten(`${source}: ${cause}`, 60));
    return;
  }
  const of = trouble?.asset === undefined ? "" : `${trouble.asset}: `;
  const { latest } = fuser.strangers;
  const strange = latest === undefined ? "" : ` · unknown asset ${latest}`;
  const off = [...skews].find(([, ms]) => ms !== 0);
  const skew = off ? ` · stamps of ${off[0]} ${skewInWords(off[1])}` : "";
  if (!trouble) status.set("green", "dot", shorten(`${settings.channels.length} channels good${strange}${skew}`, 60));
  else if (trouble.code === "channel-missing") {
    const lost = fuser.unmatched > 0 && fuser.matched === 0;
    const words = lost ? "no channel takes these messages" : `waiting for ${of}${trouble.channel}${strange}`;
    status.set(lost || latest !== undefined ? "yellow" : "grey", "ring", shorten(words, 60));
  } else status.set(trouble.code === "channel-stale" ? "yellow" : "red", "ring", shorten(`${of}${trouble.reason}`, 60));
}
