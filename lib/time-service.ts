import { statSync } from "node:fs";

/**
 * Files that the usual time services touch whenever they have set the clock by a server: systemd-timesyncd at each answer
 * (every 34 minutes at most), chrony and ntpd with their drift about once an hour. The kernel's own word (adjtimex) cannot
 * be had from Node; a container sees these files where they are mounted.
 */
const TOUCHED = [
  "/run/systemd/timesync/synchronized",
  "/var/lib/chrony/chrony.drift",
  "/var/lib/chrony/drift",
  "/var/lib/ntpsec/ntp.drift",
  "/var/lib/ntp/ntp.drift",
];

/** When a time service last set the clock, in milliseconds since 1970 by that clock; undefined where none says. */
export function lastSynced(files: readonly string[] = TOUCHED): number | undefined {
  let latest: number | undefined;
  for (const file of files) {
    const at = touchedAt(file);
    if (at !== undefined && (latest === undefined || at > latest)) latest = at;
  }
  return latest;
}

function touchedAt(file: string): number | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  } catch {
    // Debian and Ubuntu keep chrony's folder closed to others: a file that may not be looked at says nothing.
    return undefined;
  }
}
