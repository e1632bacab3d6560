/**
 * Which channel made the model say so: its effect by occlusion. Each channel in turn is replaced by what it would show
 * if nothing were the matter, and the effect is by how much the probability of the predicted label falls. One row per
 * channel, in the same batch as the sample itself.
 *
 * "Nothing the matter" is, in this order: the reference (a difference of 0), the channel's fill, its mean over the
 * golden samples that are normal, the middle of its plausible range.
 */
import type { Golden, Manifest, Prediction } from "../messages";
import type { Encoder } from "./encode";
import { Feeds, feedLayout } from "./feeds";
import { SENSORS } from "./manifest";

/** @returns one encoded value per channel, in the manifest's order */
export function baselines(encoder: Encoder, golden: Golden): Float32Array {
  const { manifest } = encoder;
  const means = normalMeans(encoder, golden);
  return Float32Array.from(manifest.channels, (channel, i) => {
    if (channel.reference !== undefined) return 0;
    return channel.fill ?? means?.[i] ?? (channel.range[0] + channel.range[1]) / 2;
  });
}

function normalMeans(encoder: Encoder, golden: Golden): number[] | undefined {
  const { manifest } = encoder;
  const width = manifest.channels.length;
  const normal = new Set(manifest.labels.filter((label) => label.kind === "normal").map((label) => label.name));
  const feeds = new Feeds(feedLayout(manifest), 1);
  const sums = Array.from<number>({ length: width }).fill(0);
  let count = 0;
  for (const row of golden.rows) {
    const likely = Object.entries(row.probabilities).toSorted((a, b) => b[1] - a[1])[0];
    if (!likely || !normal.has(likely[0]) || encoder.encode(row, feeds, 0).fault) continue;
    count++;
    for (let i = 0; i < width; i++) sums[i] = (sums[i] as number) + Number((feeds.arrays[SENSORS] as Float32Array)[i]);
  }
  return count === 0 ? undefined : sums.map((sum) => sum / count);
}

/** Writes one row per channel after `row`: the same sample with that channel at its baseline. */
export function occlude(manifest: Manifest, feeds: Feeds, row: number, baseline: Float32Array): void {
  const width = manifest.channels.length;
  const sensors = feeds.arrays[SENSORS] as Float32Array;
  for (let i = 0; i < width; i++) {
    feeds.copyRow(row, row + 1 + i);
    sensors[(row + 1 + i) * width + i] = baseline[i] as number;
  }
}

/**
 * @param p probability of the predicted label for the sample, @param without the same per occluded channel
 * @returns effects in −1…1, the largest first
 */
export function effects(manifest: Manifest, p: number, without: ArrayLike<number>): NonNullable<Prediction["why"]> {
  return manifest.channels
    .map((channel, i) => ({ channel: channel.name, effect: p - (without[i] as number) }))
    .toSorted((a, b) => b.effect - a.effect);
}
