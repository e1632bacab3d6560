/** Whether what was kept agrees with what the plant did, sample for sample. Pure: records in, complaints out. */
import type { Ldo } from "../../../lib/messages";
import { CHANNELS, type Channel, type Recorded } from "./machines";

/** From `from` to `to` (Unix seconds) a fault was on. */
export interface Outage {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

export interface AssetTrace {
  readonly asset: string;
  /** When a scan was sent, Unix seconds, in order. */
  readonly scans: readonly number[];
  readonly record: Readonly<Record<Channel, readonly Recorded[]>>;
  readonly outages: readonly Outage[];
  /** fusion.id of what left through sensor-fuse's output 2. */
  readonly refused: ReadonlySet<string>;
}

export interface Tolerance {
  /** How old a value may be that is fused, seconds: max_age_ms and one poll. */
  readonly ageS: number;
  /** How long after a fault its effects may last, seconds. */
  readonly recoveryS: number;
  /** How long a busy machine may take from a scan to its sample, seconds. */
  readonly stallS: number;
}

export interface Findings {
  readonly samples: number;
  /** Samples with every value as the plant had it. */
  readonly agreed: number;
  /** Samples that were not usable, with the reason on output 2, in or after an outage. */
  readonly explained: number;
  readonly complaints: readonly string[];
  /** Longest time from the end of an outage to the next usable sample, seconds. */
  readonly slowestRecoveryS: number;
}

export function reconcile(ldos: readonly Ldo[], trace: AssetTrace, tolerance: Tolerance): Findings {
  const { asset, scans, refused } = trace;
  const complaints: string[] = [];
  if (ldos.length !== scans.length) complaints.push(`${asset}: ${scans.length} scans, ${ldos.length} records`);
  let agreed = 0;
  let explained = 0;
  for (const [i, ldo] of ldos.entries()) {
    const at = `${asset} record ${i + 1} at ${ldo.timestamp.toFixed(3)}`;
    const scan = scans[i];
    if (scan !== undefined && Math.abs(ldo.timestamp - scan) > tolerance.stallS)
      complaints.push(`${at}: scan ${i + 1} was at ${scan.toFixed(3)}`);
    if (ldo.asset_id !== asset) complaints.push(`${at}: belongs to ${ldo.asset_id ?? "nobody"}`);
    if (!ldo.unusable) {
      const wrong = CHANNELS.filter((channel) => !had(trace, channel, ldo, tolerance.ageS));
      for (const channel of wrong)
        complaints.push(`${at}: ${channel} ${ldo.sensor_data[channel]}, which the plant did not have`);
      if (wrong.length === 0) agreed++;
    } else if (!refused.has(ldo.ldo_id.replace(/^LDO-/, ""))) complaints.push(`${at}: no message on output 2 says why`);
    else if (!during(trace.outages, ldo.timestamp, tolerance.recoveryS))
      complaints.push(`${at}: not usable without a fault: ${ldo.unusable.reason}`);
    else explained++;
  }
  return { samples: ldos.length, agreed, explained, complaints, slowestRecoveryS: slowest(ldos, trace.outages) };
}

/** The findings about all machines; complains also when they were seldom usable, or late to be again. */
export function together(machines: readonly Findings[], recoveryS: number): Findings {
  const sum = (of: (one: Findings) => number): number => machines.reduce((total, one) => total + of(one), 0);
  const samples = sum((one) => one.samples);
  const agreed = sum((one) => one.agreed);
  const slowestRecoveryS = Math.max(...machines.map((one) => one.slowestRecoveryS));
  const complaints = machines.flatMap((one) => one.complaints);
  if (agreed <= samples / 2)
    complaints.push(`${agreed} of ${samples} samples agreed with the plant, more than half must`);
  if (slowestRecoveryS > recoveryS)
    complaints.push(`usable again ${slowestRecoveryS.toFixed(2)} s after a fault, limit ${recoveryS} s`);
  return { samples, agreed, explained: sum((one) => one.explained), complaints, slowestRecoveryS };
}

/** The plant had this value at some moment within the allowed age before the sample. */
function had(trace: AssetTrace, channel: Channel, ldo: Ldo, ageS: number): boolean {
  const value = ldo.sensor_data[channel];
  const record = trace.record[channel];
  for (let i = record.length - 1; i >= 0; i--) {
    const { t, value: was } = record[i];
    // The plant's clock and ours are the same; its line is written just after the value is set.
    if (t > ldo.timestamp + 0.5) continue;
    if (was === value) return true;
    // A value stands until the next one: the first that is too old may still have been standing.
    if (t < ldo.timestamp - ageS) return false;
  }
  return false;
}

function during(outages: readonly Outage[], t: number, afterS: number): boolean {
  return outages.some(({ from, to }) => t >= from - 0.1 && t <= to + afterS);
}

function slowest(ldos: readonly Ldo[], outages: readonly Outage[]): number {
  let most = 0;
  for (const { to } of outages) {
    const later = ldos.filter((ldo) => ldo.timestamp > to);
    const first = later.findIndex((ldo) => !ldo.unusable);
    // Only where the outage had an effect that outlasted it, and where it ended before the next one.
    if (first > 0) most = Math.max(most, later[first - 1].timestamp - to);
  }
  return most;
}
