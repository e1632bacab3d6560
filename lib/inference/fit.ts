/** Whether what is wired to a model is what it was trained on, told when it is deployed and not with the first sample. */
import type { Fault, Manifest } from "../messages";
import { sameUnit } from "../units";

/** A number that a sensor-fuse puts into its samples. */
export interface Offer {
  readonly name: string;
  readonly unit: string;
  /** Plausible values, where the channel says some; an end may be infinite. */
  readonly range?: readonly [low: number, high: number];
}

/** What one sensor-fuse offers. */
export interface Offering {
  /** As it is called on the sheet. */
  readonly by: string;
  readonly offers: readonly Offer[];
}

/**
 * The first channel of the model that `offering` does not give, or gives in another unit; undefined when all fit. A channel
 * with a `fill` may be missing. Readings are converted into the unit of a channel where they come in; a whole channel in
 * another unit than the model's is somebody's mistake and is not converted behind his back.
 */
export function misfit({ name, version, channels }: Manifest, { by, offers }: Offering): Fault | undefined {
  for (const channel of channels) {
    const offer = offers.find((candidate) => candidate.name === channel.name);
    const model = `${name} ${version}`;
    if (!offer && channel.fill === undefined) {
      return {
        code: "channel-missing",
        message: `${channel.name} is a channel of ${model}, and ${by} has none of this name — add it there, in ${channel.unit || "no unit"}`,
      };
    }
    if (offer && offer.unit !== "" && !sameUnit(offer.unit, channel.unit)) {
      return {
        code: "channel-unit",
        message:
          `${channel.name} is in ${offer.unit} in ${by}, ${model} was trained in ${channel.unit || "no unit"} — ` +
          `set the channel's unit to ${channel.unit || "none"} there: readings that name another unit are converted to it`,
      };
    }
  }
  return undefined;
}
