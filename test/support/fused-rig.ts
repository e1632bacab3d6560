import { AssetTable } from "../../lib/assets";
import { systemClock } from "../../lib/clock";
import type { ChannelSpec } from "../../lib/fusion/channel";
import { Fuser, type Sample } from "../../lib/fusion/fuser";
import type { Reading } from "../../lib/fusion/reading";
import { until } from "./process";

export const MAX_AGE_MS = 1000;
const PERIOD_MS = 50;
/** What a sample may take on top of the age: the period, the publishing interval, a busy machine. */
const SLACK_MS = 700;
export const RECOVERY_MS = 5000;

/** A source of readings, and where to say which it shall follow. */
export type Follow = (
  wanted: { readonly channel: ChannelSpec; readonly match: string },
  listener: (reading: Reading) => void,
) => void;

/** Sees what every sample holds. */
export type Look = (data: Readonly<Record<string, number | null>>, usable: boolean) => void;

/** sensor-fuse's heart on a source of its own, which makes a sample every 50 ms. */
export class FusedRig {
  /** Of the last sample. */
  usable = false;
  /** Why the last unusable sample was that. */
  reason = "";
  /** Unusable samples that do not say which channel it is and why. */
  readonly mute: string[] = [];
  /** When the older of the readings in the last usable sample was taken, by performance.now(). */
  private readAt = -Infinity;
  private readonly fuser: Fuser;

  constructor(
    source: "opcua" | "modbus",
    channels: readonly ChannelSpec[],
    follow: Follow,
    private readonly look?: Look,
  ) {
    this.fuser = new Fuser({
      config: {
        channels,
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
      emit: (sample) => this.take(sample),
      changed: () => undefined,
    });
    for (const { channel, asset, match } of this.fuser.wanted(source))
      follow({ channel: channels[channel], match }, (reading) => this.fuser.takeOwn(channel, asset, reading));
  }

  /** True where the last sample is usable and none of its readings is older than this moment. */
  isGoodSince(moment: number): boolean {
    return this.usable && this.readAt > moment;
  }

  /** Until a sample is usable whose readings are younger than this moment: one that is still held proves nothing. */
  async good(what: string): Promise<void> {
    const since = performance.now();
    await until(`${what}: good again (${this.reason})`, () => this.isGoodSince(since), RECOVERY_MS);
  }

  /** Every lasting fault must be told within the channels' maximum age: the channel, and why. */
  async told(what: string): Promise<void> {
    await until(`${what}: told on output 2`, () => !this.usable, MAX_AGE_MS + SLACK_MS);
    const [first] = this.mute.splice(0);
    if (first !== undefined) throw new Error(`${what}: "${first}" does not say what is wrong with which channel`);
  }

  close(): void {
    this.fuser.close();
  }

  private take({ usable, message }: Sample): void {
    this.usable = usable;
    const ages = Object.values(message.fusion?.channels ?? {}).map(({ age_ms }) => age_ms ?? Infinity);
    this.readAt = performance.now() - Math.max(...ages);
    if (!usable) {
      const { channel, reason = "" } = message.unusable ?? {};
      this.reason = reason;
      if (channel === undefined || !reason.startsWith(`${channel} is `)) this.mute.push(reason);
    }
    this.look?.(message.sensor_data ?? {}, usable);
  }
}
