/**
 * Eight machines on two PLC protocols under their fault switches, scanned twice a second: what lies in the bucket in the end
 * must agree with the plant's own record sample for sample, and each gap must have been explained on an output 2.
 */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Rig } from "../../../bench/edge/rig";
import type { EdgeMessage } from "../../../lib/messages";
import { Random } from "../../../lib/plant/random";
import { scratch } from "../../support/cache";
import { until } from "../../support/process";
import { readLdos } from "../../support/segments";
import { contextOf, INTERVAL_MS, MAX_AGE_MS, plantFlow } from "./flow";
import { clearFault, setFault, startMachine, type Fault, type Machine } from "./machines";
import { reconcile, together, type Findings, type Outage } from "./reconcile";

const MACHINES = 8;
const SCAN_EVERY_MS = 500;
/** What the sources are allowed to take until they are back. */
const RECOVERY_S = 5;
const STALL_S = 3;
const FAULT_MS = [1_500, 4_000] as const;
const CALM_MS = [6_500, 10_000] as const;

export interface SoakOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

export interface SoakReport extends Findings {
  readonly faults: number;
}

const seconds = (): number => Date.now() / 1000;

export async function soakPlant({ seconds: length, seed, say }: SoakOptions): Promise<SoakReport> {
  const dir = scratch("soak-records");
  mkdirSync(dir, { recursive: true });
  const machines: Machine[] = [];
  let rig: Rig | undefined;
  try {
    for (let n = 0; n < MACHINES; n++) machines.push(await startMachine(n, dir));
    rig = await Rig.start({ flow: plantFlow(machines) });
    return await observe(rig, machines, { length, seed, say });
  } finally {
    await rig?.stop();
    for (const { peer } of machines) await peer.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function observe(
  rig: Rig,
  machines: readonly Machine[],
  { length, seed, say }: { length: number; seed: number; say: (line: string) => void },
): Promise<SoakReport> {
  let kept = 0;
  let usable = 0;
  const refused = new Set<string>();
  rig.onArrival("kept", (message) => {
    kept++;
    if ((message as EdgeMessage).unusable === undefined) usable++;
  });
  rig.onArrival("gaps", (message) => {
    const { fusion, unusable } = message as EdgeMessage;
    if (fusion && unusable && unusable.reason !== "") refused.add(fusion.id);
  });
  for (const { asset } of machines) {
    rig.send("scans", { command: { name: "put", key: `context:${asset}` }, payload: contextOf(asset) });
  }
  const scans = new Map<string, number[]>(machines.map(({ asset }) => [asset, []]));
  const scan = (i: number): void => {
    const { asset } = machines[i];
    scans.get(asset)?.push(seconds());
    rig.send("scans", { payload: `PART-${scans.get(asset)?.length}`, topic: `reader-${i}` });
  };
  await pause(8_000);
  const started = seconds();
  const timers = machines.map((_machine, i) => setInterval(() => scan(i), SCAN_EVERY_MS));
  const news = setInterval(() => say(`${Math.round(seconds() - started)} s: ${kept} kept, ${usable} usable`), 30_000);
  const outages = await Promise.all(
    machines.map((machine) => torment(machine, new Random(seed, machine.asset), started + length, say)),
  );
  // The last faults' effects end before the last sample.
  await pause((RECOVERY_S + 2) * 1000);
  for (const timer of [...timers, news]) clearInterval(timer);
  const sent = [...scans.values()].reduce((sum, list) => sum + list.length, 0);
  await until(`${sent} records are kept`, () => kept === sent, 20_000);
  const bucket = join(rig.userDir, "context-edge", "objects");
  await until(`${sent} records are in the bucket`, () => readLdos(bucket).length >= sent, 30_000);
  const ldos = readLdos(bucket).toSorted((a, b) => (a.ldo_id < b.ldo_id ? -1 : 1));
  const tolerance = { ageS: (MAX_AGE_MS + INTERVAL_MS + 500) / 1000, recoveryS: RECOVERY_S, stallS: STALL_S };
  const findings = machines.map(({ asset, ...machine }, i) =>
    reconcile(
      ldos.filter((ldo) => ldo.asset_id === asset),
      { asset, scans: scans.get(asset) ?? [], record: machine.record(), outages: outages[i] ?? [], refused },
      tolerance,
    ),
  );
  return {
    faults: outages.flat().length,
    ...together(findings, RECOVERY_S),
  };
}

/** Sets one fault, or two together, again and again until the time is up. */
async function torment(machine: Machine, random: Random, end: number, say: (line: string) => void): Promise<Outage[]> {
  const outages: Outage[] = [];
  const between = ([low, high]: readonly [number, number]): number => low + random.uniform() * (high - low);
  const pick = (): Fault => random.pick(machine.faults);
  await pause(between(CALM_MS) / 2);
  while (seconds() < end) {
    const faults = random.uniform() < 0.5 ? [pick()] : [pick(), pick()];
    // A process that stands still takes no commands: it is stopped last and goes on first.
    faults.sort((a, b) => Number(a.stopped ?? false) - Number(b.stopped ?? false));
    const name = faults.map((fault) => fault.name).join(" + ");
    const from = seconds();
    say(`${machine.asset} ${machine.protocol}: ${name}`);
    for (const fault of faults) await setFault(machine, fault);
    await pause(between(FAULT_MS));
    for (const fault of faults.toReversed()) await clearFault(machine, fault);
    outages.push({ name, from, to: seconds() });
    await pause(between(CALM_MS));
  }
  return outages;
}
