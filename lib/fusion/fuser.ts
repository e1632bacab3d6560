import type { AssetTable, Asset } from "../assets";
import { isoTime, type Clock } from "../clock";
import { EdgeError } from "../errors";
import { uuidv7 } from "../ids";
import type { AssetRef, EdgeMessage, Run, Unusable } from "../messages";
import { isRecord } from "../path";
import { AssetState, type Transition } from "./asset-state";
import { checkChannels, type FusionConfig } from "./channel";
import { Intake, type Put } from "./intake";
import { registerAddressOf } from "./modbus/address";
import { RegisterChannel } from "./modbus/wire";
import type { Reading } from "./reading";
import { namesAsset, Router, withAsset } from "./route";

/** A fused sample, ready to send: output 1 when usable, output 2 when not. */
export interface Sample {
  readonly usable: boolean;
  readonly message: EdgeMessage;
}

export interface FuserOptions {
  readonly config: FusionConfig;
  readonly assets: readonly Asset[];
  readonly assetTable: AssetTable;
  readonly clock: Clock;
  /** A notice for output 2: a channel went stale, or came back. Carries no `fusion`: it leaves no record. */
  readonly notice: (message: EdgeMessage) => void;
  /** A sample that no message triggered: periodic, or from the node's own sources. */
  readonly emit: (sample: Sample) => void;
  /** Something that a status shows may have changed. */
  readonly changed: () => void;
}

/**
 * Readings in, fused samples out. Each asset has its own channels and its own run; a sample is made by a trigger and
 * carries the context of the run in force on its asset, never that of the part before.
 */
export class Fuser {
  /** Messages in which channels found readings, and in which none did. */
  matched = 0;
  unmatched = 0;
  private readonly states = new Map<string, AssetState>();
  private readonly shared: AssetState;
  private readonly router: Router;
  private readonly intake: Intake;
  private readonly config: FusionConfig;
  private readonly triggerIndex: number;
  private readonly dueForEmit = new Set<AssetState>();
  private stopPeriod: (() => void) | undefined;
  private latest: AssetState;
  /** Assets for which the message at hand triggers a sample. */
  private triggered: AssetState[] = [];
  private readonly collect: Put;

  constructor(private readonly options: FuserOptions) {
    const { config, assets, assetTable } = options;
    this.config = config;
    checkChannels(config);
    this.triggerIndex = config.channels.findIndex((channel) => channel.name === config.triggerChannel);
    const declared = new Set(assets.map((asset) => asset.id));
    const fixed = config.asset === "" ? undefined : (assetTable.resolve({ contextAsset: config.asset }) as AssetRef);
    this.router = new Router(config.channels, assetTable, declared, fixed);
    const registers: RegisterChannel[] = [];
    for (const [index, channel] of config.channels.entries()) {
      if (channel.source !== "wire" || !channel.register) continue;
      registers.push(new RegisterChannel(index, channel.register, registerAddressOf(channel.match)));
    }
    this.intake = new Intake(config.channels, this.router, registers);
    this.shared = this.newState(undefined, undefined);
    this.latest = this.shared;
    this.collect = (asset, channel, reading) => {
      const state = this.put(asset, channel, reading);
      if (this.triggeredBy(channel) && !this.triggered.includes(state)) this.triggered.push(state);
    };
    if (config.trigger === "periodic") this.nextPeriod(options.clock.monotonic() + config.periodMs);
  }

  /** Takes a message. @returns the samples it triggers, in order; empty when it was only absorbed */
  take(message: EdgeMessage): Sample[] {
    if (isRecord(message.scan) || (message.unusable !== undefined && message.event === undefined))
      return this.takeScan(message);
    if (message.run?.phase === "end" || message.command?.name === "end") return this.takeEnd(message);
    return this.takeReadings(message);
  }

  /** Takes a reading of one of the node's own sources. Samples that it triggers go out with the next turn of the loop. */
  takeOwn(channel: number, asset: AssetRef | undefined, reading: Reading): void {
    const state = this.put(asset ?? this.router.route("").asset, channel, reading);
    if (!this.triggeredBy(channel)) return;
    if (this.dueForEmit.size === 0) setImmediate(() => this.emitDue());
    this.dueForEmit.add(state);
  }

  /** What own sources must read: every channel of that source, once per asset where its match names one. */
  wanted(source: "opcua" | "modbus"): { channel: number; asset: AssetRef | undefined; match: string }[] {
    const wanted: { channel: number; asset: AssetRef | undefined; match: string }[] = [];
    for (const [channel, spec] of this.config.channels.entries()) {
      if (spec.source !== source) continue;
      const match = spec.match === "" ? spec.name : spec.match;
      if (!namesAsset(match)) wanted.push({ channel, asset: undefined, match });
      else
        for (const asset of this.options.assets)
          wanted.push({ channel, asset: this.router.assetOf(asset.id), match: withAsset(match, asset.id) });
    }
    return wanted;
  }

  /** The first trouble of the asset heard of last; undefined when all its channels are usable. */
  trouble(): Unusable | undefined {
    const found = this.latest.trouble();
    return found && { channel: found.channel, code: found.trouble.code, reason: found.trouble.reason };
  }

  close(): void {
    this.stopPeriod?.();
    this.dueForEmit.clear();
    this.shared.close();
    for (const state of this.states.values()) state.close();
  }

  private takeScan(message: EdgeMessage): Sample[] {
    const state = this.stateOfMessage(message);
    const samples: Sample[] = [];
    if (this.config.trigger === "run_end") this.endRun(state, samples);
    const refused = message.unusable !== undefined;
    const carried: NonNullable<AssetState["run"]>["carried"] = {};
    if (isRecord(message.scan)) carried.scan = message.scan;
    if (message.context !== undefined && !refused) carried.context = message.context;
    if (message.lookup !== undefined && !refused) carried.lookup = message.lookup;
    if (message.simulated !== undefined) carried.simulated = message.simulated;
    state.run = { id: uuidv7(this.options.clock.now()), carried, samples: 0 };
    if (this.config.trigger === "scan") samples.push(this.fuse(state, message, state.mark("single")));
    else if (refused) samples.push(this.fuse(state, message, state.mark("next")));
    return samples;
  }

  private takeEnd(message: EdgeMessage): Sample[] {
    const state = this.stateOfMessage(message);
    const samples: Sample[] = [];
    if (this.config.trigger === "run_end") this.endRun(state, samples, message);
    state.run = undefined;
    return samples;
  }

  /** The sample at the end of a run, unless the run was reported already because it could not be used. */
  private endRun(state: AssetState, samples: Sample[], message: EdgeMessage = {}): void {
    if (!state.run || state.run.samples > 0) return;
    samples.push(this.fuse(state, Object.assign(message, state.run.carried), state.mark("end")));
  }

  private takeReadings(message: EdgeMessage): Sample[] {
    // Where a message failed half way, some of its assets are left.
    if (this.triggered.length > 0) this.triggered = [];
    if (this.intake.take(message, this.collect) > 0) this.matched++;
    // What another node says of itself (an answer to put or import) is no reading that went astray.
    else if (message.event === undefined && message.command === undefined) this.unmatched++;
    if (this.triggered.length === 0) return NONE;
    const states = this.triggered;
    this.triggered = [];
    return states.map((state, i) => {
      // A message that holds readings of several assets makes a sample for each.
      const own = i === states.length - 1 ? message : { ...message };
      return this.fuse(state, Object.assign(own, state.run?.carried), state.mark("next"));
    });
  }

  private triggeredBy(channel: number): boolean {
    const { trigger } = this.config;
    return trigger === "any" || (trigger === "channel" && channel === this.triggerIndex);
  }

  private put(asset: AssetRef | undefined, channel: number, reading: Reading): AssetState {
    const state = this.stateOf(asset);
    if (state.take(channel, reading) || this.latest !== state) {
      this.latest = state;
      this.options.changed();
    }
    return state;
  }

  /** Writes the sample onto `message`, which becomes it: foreign properties survive. */
  private fuse(state: AssetState, message: EdgeMessage, run: Run | undefined): Sample {
    const { data, channels, complete, unusable } = state.snapshot();
    const now = this.options.clock.now();
    if (this.latest !== state) {
      this.latest = state;
      this.options.changed();
    }
    if (state.asset) message.asset = state.asset;
    if (run) message.run = run;
    message.sensor_data = data;
    message.fusion = { id: uuidv7(now), at: isoTime(now), complete, channels };
    message.payload = data;
    // Why there is no context goes before why there is no reading: it was first.
    const why: Unusable | undefined = message.unusable ?? unusable;
    if (why) message.unusable = why;
    return { usable: why === undefined, message };
  }

  private emitDue(): void {
    for (const state of this.dueForEmit) this.emitFrom(state);
    this.dueForEmit.clear();
  }

  private emitFrom(state: AssetState): void {
    const message: EdgeMessage = state.asset ? { topic: state.asset.id } : {};
    if (state.run) Object.assign(message, state.run.carried);
    this.options.emit(this.fuse(state, message, state.mark("next")));
  }

  private nextPeriod(due: number): void {
    const { clock } = this.options;
    this.stopPeriod = clock.after(Math.max(0, due - clock.monotonic()), () => {
      if (this.states.size === 0) this.stateOf(this.router.route("").asset);
      for (const state of this.states.size > 0 ? this.states.values() : [this.shared]) this.emitFrom(state);
      // Kept to the beat; beats that a stalled loop missed are not made up for.
      this.nextPeriod(Math.max(due + this.config.periodMs, clock.monotonic()));
    });
  }

  private stateOfMessage({ asset, topic }: EdgeMessage): AssetState {
    return this.stateOf(this.router.named(asset) ?? this.router.route(typeof topic === "string" ? topic : "").asset);
  }

  private stateOf(asset: AssetRef | undefined): AssetState {
    if (asset === undefined) return this.shared;
    let state = this.states.get(asset.id);
    if (!state) {
      if (this.states.size >= MOST_ASSETS) {
        throw new EdgeError(
          "too-many-assets",
          `"${asset.id}" would be asset ${MOST_ASSETS + 1} of this node, limit ${MOST_ASSETS}`,
          {
            remedy: "check what msg.asset or {asset} takes for an asset id",
          },
        );
      }
      state = this.newState(asset, this.shared);
      this.states.set(asset.id, state);
    }
    return state;
  }

  private newState(asset: AssetRef | undefined, shared: AssetState | undefined): AssetState {
    const announce = (state: AssetState, transition: Transition): void => {
      this.options.changed();
      this.options.notice(noticeOf(state, transition, this.options.clock));
    };
    return new AssetState(asset, this.config.channels, this.options.clock, shared, announce);
  }
}

const NONE: Sample[] = [];
const MOST_ASSETS = 1000;

function noticeOf(state: AssetState, { kind, channel, trouble }: Transition, clock: Clock): EdgeMessage {
  const message: EdgeMessage = {};
  if (state.asset) message.asset = state.asset;
  if (trouble) message.unusable = { code: trouble.code, channel, reason: trouble.reason };
  message.event = { kind, cause: trouble?.reason ?? `${channel} is back`, at: isoTime(clock.now()), channel };
  message.payload = message.event;
  return message;
}
