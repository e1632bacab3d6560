/**
 * Brings the release that a channel names into a slot, once, at the start: as soon as the store can be reached; until then
 * what served last serves.
 */
import type { Clock } from "../clock";
import { EdgeError, errorCode } from "../errors";
import type { Channel } from "../release/channel";
import type { ReleaseRef } from "../release/memory";
import { backoffMs } from "../storage/backoff";
import { pause, within } from "../waiting";
import { assembleRelease, type ReleaseSource } from "./assemble";
import type { Release } from "./backend";
import type { ModelSlot } from "./slot";

/** So long a start waits for the store where there is something to serve meanwhile. */
const FIRST_LOOK_MS = 5_000;

export class Follower {
  private readonly name: string;
  /** What the slot has refused: it is the same files the next time. */
  private unfit: string | undefined;

  constructor(
    readonly channel: Channel,
    private readonly slot: ModelSlot,
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {
    const { model, ring } = channel.settings;
    this.name = `${model} of ring ${ring}`;
  }

  /** Settles when the release that the channel names serves, was refused by the slot, or the slot was closed. Never rejects. */
  async start(): Promise<void> {
    const { signal } = this.slot;
    this.slot.expect(this.name);
    const fallback = await this.lastGood();
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        const looked = this.channel.look();
        const first = failures === 1 && fallback !== undefined;
        return await this.activate(
          await (first ? within(looked, FIRST_LOOK_MS, "the store", this.clock, late) : looked),
        );
      } catch (error) {
        if (signal.aborted) return;
        if (fallback && this.slot.state.phase !== "ready") await this.activate(fallback).catch(secondary);
        this.refuse(error);
      }
      await pause(backoffMs(failures, this.random()), signal, this.clock);
    }
  }

  private async lastGood(): Promise<ReleaseRef | undefined> {
    try {
      return await this.channel.lastGood();
    } catch (error) {
      this.refuse(error);
      return undefined;
    }
  }

  /** @throws EdgeError when the release cannot be had; what the slot makes of it stands in its state */
  private async activate(ref: ReleaseRef): Promise<void> {
    if (ref.release_sha256 === this.unfit) return;
    await this.channel.release(ref);
    try {
      await this.slot.activate(channelSource(this.channel, ref));
    } catch (error) {
      if (!this.slot.signal.aborted) this.unfit = ref.release_sha256;
      // What cannot be read again a moment later is tried again; what the slot refuses stands in its state.
      if (["objects-", "cache", "blob-"].some((kind) => errorCode(error).startsWith(kind))) throw error;
      return;
    }
    await this.channel.activated(ref);
  }

  private refuse(error: unknown): void {
    this.slot.refuse(this.name, error);
  }
}

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

/**
 * A genuine release under the name of another is not the one that was asked for.
 * @throws EdgeError `release-misnamed`
 */
export function refuseMisnamed({ manifest }: Release, model: string, version: string): void {
  if (manifest.name === model && manifest.version === version) return;
  throw new EdgeError(
    "release-misnamed",
    `the release at ${model} ${version} says that it is ${manifest.name} ${manifest.version}`,
    { remedy: "publish it under its own name" },
  );
}

function late(text: string): Error {
  return new EdgeError("objects-timeout", text);
}

function secondary(): void {
  // Why the channel cannot be followed is the first thing to mend, and is what is shown.
}
