import type { Asset, AssetTable } from "../assets";
import { isoTime, type Clock } from "../clock";
import { EdgeError } from "../errors";
import { uuidv7 } from "../ids";
import type { AssetRef, EdgeMessage, Run, Unusable } from "../messages";
import { isRecord } from "../path";
import { AssetState, type Snapshot, type Transition } from "./asset-state";
import { AssetStates } from "./asset-states";
import { checkChannels, type FusionConfig } from "./channel";
import { Intake, type Put } from "./intake";
import type { Trouble } from "./judge";
import { registerAddressOf } from "./modbus/address";
import { RegisterChannel } from "./modbus/wire";
import { assetUnknown, runNotice, runtimeNotice, strangerNotice, transitionNotice } from "./notices";
import type { Reading } from "./reading";
import { namesAsset, Router, withAsset } from "./route";
import { RunOfAsset } from "./run";
import { Strangers } from "./strangers";
import { WindowBudget } from "./window";

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
  /** A notice for output 2: a channel went stale, a run ran out of time. Carries no `fusion`: it leaves no record. */
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
  /** Messages of other kinds; `answers`: what other nodes said of themselves, `lateEnds`: of runs that were over already. */
  readonly counts = { scans: 0, ends: 0, lateEnds: 0, answers: 0 };
  readonly strangers: Strangers;
  private readonly states: AssetStates;
  private readonly router: Router;
  private readonly intake: Intake;
  private readonly config: FusionConfig;
  private readonly triggerIndex: number;
  private readonly budget = new WindowBudget();
  private readonly dueForEmit = new Set<AssetState>();
  private stopPeriod: (() => void) | undefined;
  /** Of the message at hand: how many readings found their channel, and the assets for which it triggers a sample. */
  private accepted = 0;
  private readonly triggered = new Set<AssetState>();
  private readonly collect: Put;

  /** @throws EdgeError `channels`, `assets` */
  constructor(private readonly options: FuserOptions) {
    const { config, assetTable, clock } = options;
    this.config = config;
    checkChannels(config);
    this.checkAssets();
    this.triggerIndex = config.channels.findIndex((channel) => channel.name === config.triggerChannel);
    this.router = new Router(config.channels, assetTable, assetTable.named(config.asset));
    const registers: RegisterChannel[] = [];
    for (const [index, channel] of config.channels.entries()) {
      if (channel.source !== "wire" || !channel.register) continue;
      registers.push(new RegisterChannel(index, channel.register, registerAddressOf(channel.match)));
    }
    this.strangers = new Strangers(clock, (name) => {
      options.notice(strangerNotice(name, assetTable, clock));
      options.changed();
    });
    this.intake = new Intake(config.channels, this.router, assetTable, registers, (name) => this.strangers.note(name));
    this.states = new AssetStates(assetTable, clock, (asset, shared) => this.newState(asset, shared));
    this.collect = (asset, channel, reading) => {
      const state = this.put(asset, channel, reading);
      if (!state) return;
      this.accepted++;
      if (this.triggeredBy(channel)) this.trigger(state, this.triggered);
    };
    if (config.trigger === "periodic") this.nextPeriod(clock.monotonic() + config.periodMs);
  }

  /**
   * Takes a message. Each is counted: as `matched`, `unmatched`, one of `strangers`, or in `counts`.
   * @returns the samples it triggers, in order; empty when it was only absorbed
   * @throws EdgeError `asset-unknown`, `too-many-assets`
   */
  take(message: EdgeMessage): Sample[] {
    // What is no reason is none, whoever put it there.
    if (message.unusable !== undefined && !isRecord(message.unusable)) delete message.unusable;
    if (isRecord(message.scan) || (message.unusable !== undefined && message.event === undefined))
      return this.takeScan(message);
    if (message.run?.phase === "end" || message.command?.name === "end") return this.takeEnd(message);
    return this.takeReadings(message);
  }

  /** Takes a reading of one of the node's own sources. Samples that it triggers go out with the next turn of the loop. */
  takeOwn(channel: number, asset: AssetRef | undefined, reading: Reading): void {
    const state = this.put(asset ?? this.router.route("").asset, channel, reading);
    if (!state || !this.triggeredBy(channel)) return;
    const none = this.dueForEmit.size === 0;
    this.trigger(state, this.dueForEmit);
    if (none && this.dueForEmit.size > 0) setImmediate(() => this.emitDue());
  }

  /** What own sources must read: every channel of that source, once per asset where its match names one. */
  wanted(source: "opcua" | "modbus"): { channel: number; asset: AssetRef | undefined; match: string }[] {
    const wanted: { channel: number; asset: AssetRef | undefined; match: string }[] = [];
    for (const [channel, spec] of this.config.channels.entries()) {
      if (spec.source !== source) continue;
      const match = spec.match === "" ? spec.name : spec.match;
      if (!namesAsset(match)) wanted.push({ channel, asset: undefined, match });
      else
        for (const { id } of this.options.assets)
          wanted.push({ channel, asset: this.options.assetTable.declared(id), match: withAsset(match, id) });
    }
    return wanted;
  }

  /**
   * The first trouble of any asset, one that had a reading first; undefined when all their channels are usable. `asset` is
   * named where there are several.
   */
  trouble(): (Unusable & { asset: string | undefined }) | undefined {
    let missing: (Unusable & { asset: string | undefined }) | undefined;
    for (const state of this.states.heard) {
      const found = state.trouble();
      if (!found) continue;
      const { code, reason } = found.trouble;
      const asset = this.states.size > 1 ? state.asset?.id : undefined;
      const trouble = { asset, channel: found.channel, code, reason };
      if (code !== "channel-missing") return trouble;
      missing ??= trouble;
    }
    return missing;
  }

  /** The channels of the asset heard of last as they stand now: for whoever commissions them. */
  readOut(): { readonly snapshot: Snapshot; readonly asset: string | undefined } {
    let latest = this.states.shared;
    for (const state of this.states.heard) if (state.heardAt > latest.heardAt) latest = state;
    return { snapshot: latest.snapshot(), asset: latest.asset?.id };
  }

  /** Every channel in trouble, by asset. */
  *troubles(): Iterable<{ asset: string | undefined; channel: string; required: boolean; trouble: Trouble }> {
    for (const state of this.states.heard) {
      for (const { spec, trouble } of state.troubles())
        yield { asset: state.asset?.id, channel: spec.name, required: spec.required, trouble };
    }
  }

  close(): void {
    this.stopPeriod?.();
    this.dueForEmit.clear();
    this.states.close();
  }

  private takeScan(message: EdgeMessage): Sample[] {
    this.counts.scans++;
    const asset = this.assetOf(message);
    const { trigger } = this.config;
    if (!asset && this.options.assetTable.size > 1) {
      message.unusable ??= assetUnknown("the scan", this.options.assetTable);
      return [this.fuse(this.states.shared, message, undefined)];
    }
    const state = this.states.ofScan(asset);
    state.heardAt = this.options.clock.monotonic();
    state.run.check();
    const samples = this.endRun(state, "the next scan came");
    const wrong = state.run.begin(message);
    if (trigger === "scan") {
      samples.push(this.fuse(state, message, "single"));
      state.run.end("a scan is one sample here");
    } else if (message.unusable !== undefined) samples.push(this.fuse(state, message, "next"));
    if (wrong !== undefined) this.options.notice(runtimeNotice(state.asset, wrong, this.options.clock));
    return samples;
  }

  private takeEnd(message: EdgeMessage): Sample[] {
    const asset = this.assetOf(message);
    const { assetTable } = this.options;
    if (!asset && assetTable.size > 1) {
      const { code, reason } = assetUnknown("the end of a run", assetTable);
      throw new EdgeError(code, reason, { remedy: "set msg.asset, or the asset's id as msg.topic" });
    }
    const state = this.states.ofScan(asset);
    state.run.check();
    const named: unknown = message.run?.id;
    // A signal that comes when the next part is there already must not end the next part's run.
    if (state.run.id === undefined || (typeof named === "string" && named !== state.run.id)) {
      this.counts.lateEnds++;
      return NONE;
    }
    this.counts.ends++;
    return this.endRun(state, "an end signal came", message);
  }

  /** Ends the run in force, with its sample where that is made at the end and was not made already. */
  private endRun(state: AssetState, why: string, message: EdgeMessage = {}): Sample[] {
    const due = this.config.trigger === "run_end" && state.run.id !== undefined && state.run.samples === 0;
    const samples = due ? [this.fuse(state, message, "end")] : [];
    state.run.end(why);
    return samples;
  }

  private takeReadings(message: EdgeMessage): Sample[] {
    // Where a message failed half way, some of its assets are left.
    this.triggered.clear();
    this.accepted = 0;
    const strange = this.strangers.readings;
    this.intake.take(message, this.collect);
    if (this.accepted > 0) this.matched++;
    else if (this.strangers.readings === strange) {
      // What another node says of itself (an answer to put or import) is no reading that went astray.
      if (message.event === undefined && message.command === undefined) this.unmatched++;
      else this.counts.answers++;
    }
    if (this.triggered.size === 0) return NONE;
    let left = this.triggered.size;
    const samples: Sample[] = [];
    for (const state of this.triggered) {
      // A message that holds readings of several assets makes a sample for each.
      const own = --left === 0 ? message : { ...message };
      state.run.check();
      samples.push(this.fuse(state, own, "next"));
    }
    return samples;
  }

  private triggeredBy(channel: number): boolean {
    const { trigger } = this.config;
    return trigger === "any" || (trigger === "channel" && channel === this.triggerIndex);
  }

  /** A reading of no asset stands in the next sample of each; as the trigger that was chosen, it makes one of each. */
  private trigger(state: AssetState, triggered: Set<AssetState>): void {
    if (state !== this.states.shared || this.states.size === 0) triggered.add(state);
    else if (this.config.trigger === "channel") for (const heard of this.states.heard) triggered.add(heard);
  }

  /** @returns undefined where it is a reading of an unknown asset */
  private put(asset: AssetRef | undefined, channel: number, reading: Reading): AssetState | undefined {
    const state = this.states.ofReading(asset);
    if (!state) this.strangers.note((asset as AssetRef).id);
    else if (state.take(channel, reading)) this.options.changed();
    return state;
  }

  /** Writes the sample onto `message`, which becomes it: foreign properties survive. @param phase undefined: of no run */
  private fuse(state: AssetState, message: EdgeMessage, phase: Run["phase"] | "next" | undefined): Sample {
    const { data, channels, complete, unusable } = state.snapshot();
    const now = this.options.clock.now();
    if (state.asset) message.asset = state.asset;
    if (phase !== undefined) state.run.stamp(message, phase);
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
    state.run.check();
    const message: EdgeMessage = state.asset ? { topic: state.asset.id } : {};
    this.options.emit(this.fuse(state, message, "next"));
  }

  private nextPeriod(due: number): void {
    const { clock } = this.options;
    this.stopPeriod = clock.after(Math.max(0, due - clock.monotonic()), () => {
      if (this.states.size === 0) this.states.ofScan(this.router.route("").asset);
      for (const state of this.states.heard) this.emitFrom(state);
      // Kept to the beat; beats that a stalled loop missed are not made up for.
      this.nextPeriod(Math.max(due + this.config.periodMs, clock.monotonic()));
    });
  }

  /** The asset of a scan or an end: its own, else by reader and context, else by topic, `{asset}` match or default. */
  private assetOf({ asset, scan, context, topic }: EdgeMessage): AssetRef | undefined {
    const { assetTable } = this.options;
    const contextAsset = isRecord(context) ? context["asset_id"] : undefined;
    return (
      assetTable.named(asset) ??
      assetTable.told(isRecord(scan) ? scan.reader : undefined, contextAsset) ??
      this.router.route(typeof topic === "string" ? topic : "").asset
    );
  }

  private checkAssets(): void {
    const { config, assetTable } = this.options;
    if (config.asset !== "" && assetTable.size > 0 && !assetTable.declared(config.asset))
      throw new EdgeError("assets", `the asset "${config.asset}" is none of the device's assets`);
    const lost = config.channels.find(({ source, match }) => source !== "wire" && namesAsset(match));
    if (lost && assetTable.size === 0)
      throw new EdgeError("channels", `${lost.name} is read per {asset}, and the device declares no asset`);
  }

  private newState(asset: AssetRef | undefined, shared: AssetState | undefined): AssetState {
    const { clock, notice, changed } = this.options;
    const { trigger, channels } = this.config;
    const limits = trigger === "scan" ? { ...this.config.run, factor: 0 } : this.config.run;
    const run = new RunOfAsset(clock, limits, (limit) => {
      for (const sample of this.endRun(state, limit)) this.options.emit(sample);
      notice(runNotice(asset, limit, clock));
    });
    const announce = (_state: AssetState, transition: Transition): void => {
      changed();
      notice(transitionNotice(asset, transition, clock));
    };
    const state: AssetState = new AssetState(asset, run, channels, clock, shared, announce, this.budget);
    return state;
  }
}

const NONE: Sample[] = [];
