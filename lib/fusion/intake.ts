import type { AssetTable } from "../assets";
import type { AssetRef, EdgeMessage } from "../messages";
import { isRecord } from "../path";
import type { ChannelSpec } from "./channel";
import { isAnswer, RegisterMessages, type RegisterChannel } from "./modbus/wire";
import {
  badReading,
  factsIn,
  parseJson,
  readValue,
  underStatus,
  wideInteger,
  withFacts,
  type Reading,
  type ReadingFacts,
} from "./reading";
import type { Route, Router } from "./route";
import { sourceStatus } from "./status-code";
import { isWaveform } from "./waveform";

/** Takes one reading for the channel at `channel`. */
export type Put = (asset: AssetRef | undefined, channel: number, reading: Reading) => void;

/** Notes a reading of something that is no asset of the device. */
export type NoteStranger = (name: string) => void;

/**
 * Finds the readings in a message, whatever node it came from: `{topic, payload}` with a number, text, object or list;
 * OPC UA values, DataValues and multiple reads; Modbus register arrays with the request that asked for them; plain
 * objects with a property per channel.
 */
export class Intake {
  private readonly registers: readonly RegisterChannel[];
  private readonly registerMessages: RegisterMessages;

  constructor(
    private readonly channels: readonly ChannelSpec[],
    private readonly router: Router,
    private readonly assets: AssetTable,
    registers: readonly RegisterChannel[],
    private readonly stranger: NoteStranger,
  ) {
    this.registers = registers;
    this.registerMessages = new RegisterMessages(registers);
  }

  /** Puts every reading found. @returns how many; 0 when the message is not for any channel */
  take(message: EdgeMessage, put: Put): number {
    const { topic } = message;
    const own = this.assets.named(message.asset);
    if (isWaveform(message)) {
      const route = this.router.route(typeof topic === "string" ? topic : "");
      if (route.direct.length > 0) {
        // Read once, however many channels take it.
        const reading = readValue(message);
        for (const channel of route.direct) put(own ?? route.asset, channel, reading);
        return route.direct.length;
      }
    }
    const facts = this.factsOf(message);
    return this.takeValues(message, own, facts ? (asset, i, reading) => put(asset, i, withFacts(reading, facts)) : put);
  }

  /** Stamp and unit of a message. Of a payload with a property per channel, one unit cannot be meant for all. */
  private factsOf(message: EdgeMessage): ReadingFacts | undefined {
    const facts = factsIn(message);
    const { payload } = message;
    return facts?.unit !== undefined && isRecord(payload) && !("value" in payload) ? { stamp: facts.stamp } : facts;
  }

  private takeValues(message: EdgeMessage, own: AssetRef | undefined, put: Put): number {
    const { topic, payload } = message;
    if (typeof payload === "number" && typeof topic === "string") {
      return this.toDirect(this.router.route(topic), own, payload, message["statusCode"], put);
    }
    if (this.registers.length > 0) {
      const taken = this.registerMessages.take(message, (channel, reading) => {
        put(own ?? this.router.route(typeof topic === "string" ? topic : "").asset, channel, reading);
      });
      if (taken !== undefined) return taken;
    }
    if (Array.isArray(payload)) {
      const taken = this.takeList(message, payload, own, put);
      if (taken !== undefined) return taken;
      if (payload.length > 1 && isAnswer(message)) return this.toRegisters(topic, payload, own, put);
    }
    return this.takeOne(typeof topic === "string" ? topic : "", payload, message["statusCode"], own, put);
  }

  private takeOne(topic: string, payload: unknown, statusCode: unknown, asset: AssetRef | undefined, put: Put): number {
    const route = this.router.route(topic);
    let taken = this.toDirect(route, asset, payload, statusCode, put);
    const record = recordOf(payload);
    if (record === undefined || taken > 0) return taken;
    let channelTaken = -1;
    for (const property of route.properties) {
      if (property.channel === channelTaken) continue;
      const value = at(record, property.steps);
      if (value === undefined) continue;
      channelTaken = property.channel;
      if (property.stranger !== undefined && asset === undefined) {
        this.stranger(property.stranger);
        continue;
      }
      const reading = this.read(property.channel, value);
      put(
        asset ?? route.asset,
        property.channel,
        statusCode === undefined ? reading : underStatus(reading, sourceStatus(statusCode)),
      );
      taken++;
    }
    return taken;
  }

  /** Registers that came under a topic and at no channel's address. */
  private toRegisters(topic: unknown, payload: readonly unknown[], own: AssetRef | undefined, put: Put): number {
    const route = this.router.route(typeof topic === "string" ? topic : "");
    for (const channel of route.direct) {
      const isNumber = this.channels[channel]?.register === undefined;
      const text = `${payload.length} registers came for a channel of numbers: choose the register type`;
      put(own ?? route.asset, channel, isNumber ? badReading(text) : this.decode(channel, payload));
    }
    return route.direct.length;
  }

  private toDirect(route: Route, asset: AssetRef | undefined, payload: unknown, statusCode: unknown, put: Put): number {
    if (route.stranger !== undefined) this.stranger(route.stranger);
    for (const channel of route.direct) {
      if (statusCode === undefined) put(asset ?? route.asset, channel, this.read(channel, payload));
      else {
        const reading = this.read(channel, Array.isArray(payload) ? (wideInteger(payload) ?? payload) : payload);
        put(asset ?? route.asset, channel, underStatus(reading, sourceStatus(statusCode)));
      }
    }
    return route.direct.length;
  }

  private read(channel: number, value: unknown): Reading {
    const format = this.channels[channel]?.register;
    return format !== undefined && Array.isArray(value) ? this.decode(channel, value) : readValue(value);
  }

  /** Registers that came under the channel's own topic: the value stands at their beginning. */
  private decode(channel: number, registers: readonly unknown[]): Reading {
    const found = this.registers.find((candidate) => candidate.channel === channel);
    return found ? found.read(registers, 0) : badReading("registers came for a channel without a register type");
  }

  /**
   * Several values in one message: DataValues with the items that were read, values with a list of node ids as topic,
   * or a list of small messages. Undefined when the list is the samples of one channel.
   */
  private takeList(
    message: EdgeMessage,
    list: readonly unknown[],
    own: AssetRef | undefined,
    put: Put,
  ): number | undefined {
    const names = Array.isArray(message["items"]) ? message["items"] : message.topic;
    let taken = 0;
    if (Array.isArray(names)) {
      for (const [i, value] of list.entries()) {
        const name = nameOf(names[i]);
        if (name !== undefined) taken += this.takeOne(name, value, undefined, own, put);
      }
      return taken;
    }
    if (!list.some((entry) => isRecord(entry) && !("statusCode" in entry && !("topic" in entry)))) return undefined;
    for (const entry of list) {
      if (!isRecord(entry)) continue;
      const name = nameOf(entry) ?? (typeof message.topic === "string" ? message.topic : "");
      taken += this.takeOne(name, "payload" in entry ? entry["payload"] : entry, entry["statusCode"], own, put);
    }
    return taken;
  }
}

/** The name under which one of several values was asked for: text, a node id, or an object with one of these. */
function nameOf(item: unknown): string | undefined {
  if (typeof item === "string") return item;
  if (!isRecord(item)) return undefined;
  const named = item["nodeId"] ?? item["topic"] ?? item["name"];
  if (typeof named === "string") return named;
  // A NodeId of the OPC UA library: it says itself how it is written.
  const written =
    isRecord(named) && typeof named["toString"] === "function"
      ? (named["toString"] as () => unknown).call(named)
      : undefined;
  return typeof written === "string" && written !== "[object Object]" ? written : undefined;
}

/** Payloads that carry several values as text: longer ones are documents, not readings. */
const LONGEST_JSON = 65_536;

function recordOf(payload: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof payload === "string") {
    return payload[0] === "{" && payload.length <= LONGEST_JSON ? recordOf(parseJson(payload)) : undefined;
  }
  if (Buffer.isBuffer(payload)) return payload.length <= LONGEST_JSON ? recordOf(payload.toString("utf8")) : undefined;
  return isRecord(payload) && !ArrayBuffer.isView(payload) ? payload : undefined;
}

function at(record: Readonly<Record<string, unknown>>, steps: readonly string[]): unknown {
  let value: unknown = record;
  for (const step of steps) {
    if (value === null || typeof value !== "object" || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}
