/**
 * Brings the release that a channel names into a slot, once, at the start: as soon as the store can be reached; until then
 * what served last serves.
 */
import type { Clock } from "../clock";
import { EdgeError, errorCode } from "../errors";
import type { Channel, ChannelParts } from "../release/channel";
import type { ReleaseRef } from "../release/memory";
import { backoffMs } from "../storage/backoff";
import { pause, within } from "../waiting";
import { assembleRelease, type ReleaseSource } from "./assemble";
import type { Release } from "./backend";
import { refuseMisnamed } from "./checked";
import type { ModelSlot } from "./slot";

/** So long a start waits for the store where there is something to serve meanwhile. */
const FIRST_LOOK_MS = 5_000;

export class Follower {
  private readonly name: string;
  /** What the slot has refused for what its files are, and why: they are the same the next time. */
  private unfit: { readonly release: string; readonly error: unknown } | undefined;
  /** What it serves. */
  private serving: string | undefined;
  private asked = new AbortController();

  constructor(
    private readonly channel: Channel,
    private readonly slot: ModelSlot,
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {
    const { model, ring } = channel.settings;
    this.name = `${model} of ring ${ring}`;
  }

  /** The nodes behind the channel were deployed anew: what kept it from working may be mended. */
  use(parts: ChannelParts): void {
    if (this.channel.use(parts)) this.asked.abort();
  }

  /** Settles when the release that the channel names serves, or the slot was closed. Never rejects. */
  async start(): Promise<void> {
    const { signal } = this.slot;
    this.slot.expect(this.name);
    const fallback = await this.lastGood();
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        const looked = this.channel.look();
        const first = failures === 1 && fallback !== undefined;
        return await this.serve(await (first ? within(looked, FIRST_LOOK_MS, "the store", this.clock, late) : looked));
      } catch (error) {
        if (signal.aborted) return;
        if (fallback && this.slot.state.phase !== "ready") await this.serve(fallback).catch(secondary);
        this.slot.refuse(this.name, error);
      }
      await pause(backoffMs(failures, this.random()), AbortSignal.any([signal, this.asked.signal]), this.clock);
      this.asked = new AbortController();
    }
  }

  private async lastGood(): Promise<ReleaseRef | undefined> {
    try {
      return await this.channel.lastGood();
    } catch (error) {
      this.slot.refuse(this.name, error);
      return undefined;
    }
  }

  /** @throws EdgeError when the release cannot be had, is refused by the slot, or cannot be noted as the one that serves */
  private async serve(ref: ReleaseRef): Promise<void> {
    const { release_sha256: release } = ref;
    if (this.unfit?.release === release) throw this.unfit.error;
    if (this.serving !== release) {
      await this.channel.release(ref);
      try {
        await this.slot.activate(channelSource(this.channel, ref));
      } catch (error) {
        if (OF_FILES.test(errorCode(error))) this.unfit = { release, error };
        throw error;
      }
      this.serving = release;
    }
    await this.channel.activated(ref);
  }
}

/** About the files; anything else (the store, a worker that died, no memory) may be over a moment later. */
const OF_FILES = /^(golden-|manifest-|onnx-|signature-|release-(files|incomplete|misnamed)$)/;

/** A release of a channel, read and verified anew each time, out of the device's cache. */
function channelSource(channel: Channel, ref: ReleaseRef): ReleaseSource {
  const { model } = channel.settings;
  return {
    name: `${model} ${ref.version}`,
    async open(): Promise<Release> {
      const { files } = await channel.release(ref);
      const release = assembleRelease(files);
      refuseMisnamed(release, model, ref.version);
      return release;
    },
  };
}

function late(text: string): Error {
  return new EdgeError("objects-timeout", text);
}

function secondary(): void {
  // Why the channel cannot be followed is the first thing to mend, and is what is shown.
}
