import type { AssetTable } from "../assets";
import type { AssetRef } from "../messages";
import type { ChannelSpec } from "./channel";

/** Where the content of messages with one topic goes. Worked out once per topic, then looked up. */
export interface Route {
  /** The asset that the topic tells, or the device's only one. */
  readonly asset: AssetRef | undefined;
  /** Channels (by index) whose value the payload itself is. */
  readonly direct: readonly number[];
  /** Channels whose value is a property of the payload. */
  readonly properties: readonly Property[];
  /** What stands for `{asset}` in a topic that a channel matches, and is no asset of the device. */
  readonly stranger: string | undefined;
}

export interface Property {
  readonly channel: number;
  readonly steps: readonly string[];
  /** The topic names something that is no asset of the device: a value found here belongs to nobody. */
  readonly stranger?: string;
}

const PLACE = "{asset}";
const MOST_TOPICS = 4096;
/** Characters: what is longer is worked out each time. */
const LONGEST_KEPT = 512;

/**
 * Matches topics with the channels' `match`. A match is a topic or node id, a property path ("motor.temperature"), or a
 * topic with a property behind it ("press-4/status/temperature" with topic "press-4/status"). `{asset}` stands for the id
 * of a declared asset, or for anything where none is declared. An empty match is the channel's name, alone or behind
 * `{asset}/`.
 */
export class Router {
  private readonly routes = new Map<string, Route>();

  constructor(
    private readonly channels: readonly ChannelSpec[],
    private readonly assets: AssetTable,
    private readonly fallbackAsset: AssetRef | undefined,
  ) {}

  /** @param topic "" for a message without one */
  route(topic: string): Route {
    const known = this.routes.get(topic);
    if (known) return known;
    // Topics come from outside: a flood of new ones must not fill the memory.
    if (this.routes.size >= MOST_TOPICS) this.routes.clear();
    const made = this.build(topic);
    if (topic.length <= LONGEST_KEPT) this.routes.set(topic, made);
    return made;
  }

  private build(written: string): Route {
    // node-red-contrib-opcua lets the data type ride on the node id.
    const cut = written.indexOf(";datatype=");
    const topic = cut < 0 ? written : written.slice(0, cut);
    let asset: AssetRef | undefined;
    let stranger: string | undefined;
    let matched = false;
    const direct: number[] = [];
    const properties: Property[] = [];
    for (const [index, channel] of this.channels.entries()) {
      if (channel.source !== "wire") continue;
      const patterns = channel.match === "" ? [channel.name, `${PLACE}/${channel.name}`] : [channel.match];
      for (const pattern of patterns) {
        const whole = topic === "" ? undefined : this.fits(pattern, topic);
        if (whole?.stranger !== undefined) stranger ??= whole.stranger;
        else if (whole) {
          direct.push(index);
          asset ??= whole.asset;
        }
        const behind = topic === "" ? undefined : this.behind(pattern, topic);
        if (behind) {
          const { stranger: unknown, steps } = behind;
          properties.push(
            unknown === undefined ? { channel: index, steps } : { channel: index, steps, stranger: unknown },
          );
          asset ??= behind.asset;
          matched ||= unknown === undefined;
        } else if (!pattern.includes(PLACE)) {
          properties.push({ channel: index, steps: [pattern] });
          if (pattern.includes(".")) properties.push({ channel: index, steps: pattern.split(".") });
        }
      }
    }
    asset ??= this.assets.declared(topic) ?? this.fallbackAsset ?? this.assets.only;
    matched ||= direct.length > 0;
    // With several assets, a topic that names none of them and stands in no match says whose values these are: nobody's.
    // Taken for everybody's, one wrong letter would lend the readings of one asset to all others.
    if (asset === undefined && !matched && topic !== "" && this.assets.size > 1)
      return { asset, direct, properties: properties.map((found) => ({ stranger: topic, ...found })), stranger };
    return { asset, direct, properties, stranger };
  }

  /** The topic is the front of the pattern, up to a slash: the rest is a property path. */
  private behind(pattern: string, topic: string): (Fit & { steps: string[] }) | undefined {
    for (let slash = pattern.indexOf("/"); slash > 0; slash = pattern.indexOf("/", slash + 1)) {
      const front = this.fits(pattern.slice(0, slash), topic);
      if (front) return { ...front, steps: pattern.slice(slash + 1).split(/[./]/) };
    }
    return undefined;
  }

  private fits(pattern: string, topic: string): Fit | undefined {
    const parts = pattern.split(PLACE);
    const places = parts.length - 1;
    if (places === 0) return pattern === topic ? { asset: undefined } : undefined;
    const length = (topic.length - (pattern.length - places * PLACE.length)) / places;
    if (length < 1 || !Number.isInteger(length)) return undefined;
    const front = (parts[0] as string).length;
    const id = topic.slice(front, front + length);
    if (parts.join(id) !== topic) return undefined;
    const asset = this.assets.declared(id);
    if (asset) return { asset };
    if (this.assets.size > 0) return { asset: undefined, stranger: id };
    return id.includes("/") ? undefined : { asset: this.assets.named(id) };
  }
}

/** How a topic fits a match. */
interface Fit {
  readonly asset: AssetRef | undefined;
  /** In place of an asset: a name that is none. */
  readonly stranger?: string;
}

/** `pattern` with the asset's id in its place. */
export function withAsset(pattern: string, asset: string): string {
  return pattern.split(PLACE).join(asset);
}

export function namesAsset(pattern: string): boolean {
  return pattern.includes(PLACE);
}
