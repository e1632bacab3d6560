import type { AssetTable } from "../assets";
import type { AssetRef } from "../messages";
import { isRecord } from "../path";
import type { ChannelSpec } from "./channel";

/** Where the content of messages with one topic goes. Worked out once per topic, then looked up. */
export interface Route {
  /** The asset that the topic tells, or the device's only one. */
  readonly asset: AssetRef | undefined;
  /** Channels (by index) whose value the payload itself is. */
  readonly direct: readonly number[];
  /** Channels whose value is a property of the payload. */
  readonly properties: readonly Property[];
}

export interface Property {
  readonly channel: number;
  readonly steps: readonly string[];
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
    private readonly declared: ReadonlySet<string>,
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

  /** The asset with this id as the device declares it, or as it says itself. */
  assetOf(id: string): AssetRef {
    const known = this.assets.resolve({ topic: id });
    return known?.id === id ? known : { id, line: "", station: "" };
  }

  /** The asset that a message names: an object, or an id as function nodes write it; undefined when it is neither. */
  named(asset: unknown): AssetRef | undefined {
    if (asset === undefined) return undefined;
    const { id, line, station } = isRecord(asset) ? asset : { id: asset };
    if (typeof id !== "string" || id === "") return undefined;
    return typeof line === "string" && typeof station === "string" ? (asset as unknown as AssetRef) : this.assetOf(id);
  }

  private build(written: string): Route {
    // node-red-contrib-opcua lets the data type ride on the node id.
    const cut = written.indexOf(";datatype=");
    const topic = cut < 0 ? written : written.slice(0, cut);
    let asset: AssetRef | undefined;
    const direct: number[] = [];
    const properties: Property[] = [];
    for (const [index, channel] of this.channels.entries()) {
      if (channel.source !== "wire") continue;
      const patterns = channel.match === "" ? [channel.name, `${PLACE}/${channel.name}`] : [channel.match];
      for (const pattern of patterns) {
        const whole = topic === "" ? undefined : this.fits(pattern, topic);
        if (whole) {
          direct.push(index);
          asset ??= whole.asset;
        }
        const behind = topic === "" ? undefined : this.behind(pattern, topic);
        if (behind) {
          properties.push({ channel: index, steps: behind.steps });
          asset ??= behind.asset;
        } else if (!pattern.includes(PLACE)) {
          properties.push({ channel: index, steps: [pattern] });
          if (pattern.includes(".")) properties.push({ channel: index, steps: pattern.split(".") });
        }
      }
    }
    asset ??= this.fallbackAsset ?? this.assets.resolve({ topic });
    return { asset, direct, properties };
  }

  /** The topic is the front of the pattern, up to a slash: the rest is a property path. */
  private behind(pattern: string, topic: string): { asset: AssetRef | undefined; steps: string[] } | undefined {
    for (let slash = pattern.indexOf("/"); slash > 0; slash = pattern.indexOf("/", slash + 1)) {
      const front = this.fits(pattern.slice(0, slash), topic);
      if (front) return { asset: front.asset, steps: pattern.slice(slash + 1).split(/[./]/) };
    }
    return undefined;
  }

  private fits(pattern: string, topic: string): { asset: AssetRef | undefined } | undefined {
    const place = pattern.indexOf(PLACE);
    if (place < 0) return pattern === topic ? { asset: undefined } : undefined;
    const front = pattern.slice(0, place);
    const back = pattern.slice(place + PLACE.length);
    if (topic.length <= front.length + back.length || !topic.startsWith(front) || !topic.endsWith(back))
      return undefined;
    const id = topic.slice(front.length, topic.length - back.length);
    if (this.declared.size > 0 ? !this.declared.has(id) : id.includes("/")) return undefined;
    return { asset: this.assetOf(id) };
  }
}

/** `pattern` with the asset's id in its place. */
export function withAsset(pattern: string, asset: string): string {
  return pattern.replaceAll(PLACE, asset);
}

export function namesAsset(pattern: string): boolean {
  return pattern.includes(PLACE);
}
