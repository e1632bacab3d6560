/**
 * The plant as it runs: units come to the rigs, sensors read, scanners scan. Time is a count of ticks, never the wall
 * clock: the same seed and the same commands at the same ticks give the same plant, however fast it is driven.
 */
import { EdgeError } from "../errors";
import { RIGS, type Readings } from "./catalogue";
import { CODE_FORMS, type CodeForm } from "./codes";
import type { PlantCommand } from "./commands";
import { Random } from "./random";
import { BatchBook } from "./schedule";
import { Station, type ContextEntry, type Scanned } from "./station";

export interface PlantOptions {
  readonly seed: number;
  /** Names of the assets and of the scanner at each; the physics is that of RIGS in order. At most RIGS.length. */
  readonly stations: readonly { readonly asset: string; readonly reader: string }[];
  /** Readings a second, and ticks a second. */
  readonly rateHz: number;
  /** Seconds between two units at one rig. */
  readonly cycleS: number;
  /** Share of runs with a random fault, in [0, 0.8]; 0 for none. */
  readonly faultShare: number;
  /** Seconds until the first asset's bearings show wear for 12 s, so that a demo need not wait; 0 for never. */
  readonly firstFaultS: number;
  readonly codes: CodeForm | "mixed";
}

export type PlantEvent =
  | { readonly kind: "reading"; readonly asset: string; readonly atS: number; readonly readings: Readings }
  | (Scanned & { readonly kind: "scan"; readonly asset: string; readonly reader: string; readonly atS: number });

/** A unit is scanned when it has run this long (or half the cycle): the readings are its own by then. */
const SETTLE_S = 1;
const FIRST_FAULT = { severity: 0.9, durationS: 12 } as const;

/** `motor-1` at `reader-1` and so on. */
export function defaultStations(count: number): { asset: string; reader: string }[] {
  return RIGS.slice(0, count).map(({ id }, i) => ({ asset: id, reader: `reader-${i + 1}` }));
}

export class Plant {
  private readonly stations: readonly Station[];
  private readonly cycleTicks: number;
  private readonly settleTicks: number;
  private tick = 0;

  constructor(private readonly options: PlantOptions) {
    const random = new Random(options.seed, "plant");
    const book = new BatchBook(random.stream("batches"));
    const forms = options.codes === "mixed" ? CODE_FORMS : [options.codes];
    this.stations = options.stations.slice(0, RIGS.length).map(({ asset, reader }, i) => {
      const rig = { ...(RIGS[i] as (typeof RIGS)[number]), id: asset };
      return new Station(rig, reader, i + 1, book, random, options.faultShare, forms);
    });
    this.cycleTicks = Math.max(2, Math.round(options.cycleS * options.rateHz));
    this.settleTicks = Math.min(Math.round(SETTLE_S * options.rateHz), Math.floor(this.cycleTicks / 2));
  }

  /** Seconds of plant time that have passed. */
  get atS(): number {
    return this.tick / this.options.rateHz;
  }

  /** The context of every code that this plant can show: what an MES would have stored. */
  contexts(): ContextEntry[] {
    return this.stations.flatMap((station) => station.contexts());
  }

  /** Lets one tick pass and tells what happened in it, readings before the scans that they belong to. */
  advance(): PlantEvent[] {
    const atS = this.atS;
    const first = this.options.firstFaultS;
    if (first > 0 && this.tick === Math.round(first * this.options.rateHz)) {
      this.stations[0]?.inject("bearing_wear", FIRST_FAULT.severity, atS + FIRST_FAULT.durationS);
    }
    const events: PlantEvent[] = [];
    this.stations.forEach((station, i) => {
      // The rigs work in turn, so that scans do not all come at once.
      const since = this.tick - Math.floor((i * this.cycleTicks) / this.stations.length);
      if (since < 0) return;
      if (since % this.cycleTicks === 0) station.nextUnit();
      const asset = station.rig.id;
      const readings = station.read(atS);
      if (readings) events.push({ kind: "reading", asset, atS, readings });
      if (since % this.cycleTicks !== this.settleTicks) return;
      const scanned = station.scan(atS);
      if (scanned) events.push({ kind: "scan", asset, reader: station.reader, atS, ...scanned });
    });
    this.tick++;
    return events;
  }

  /**
   * Does what a command asks for, from the next tick on.
   * @throws EdgeError `plant-command` when it names an asset that is not here
   */
  command(command: PlantCommand): void {
    const targets = this.targets(command.asset);
    switch (command.name) {
      case "inject":
        targets.slice(0, 1).forEach((s) => s.inject(command.state, command.severity, this.atS + command.durationS));
        return;
      case "clear":
        targets.forEach((station) => station.clear());
        return;
      case "new_product":
        targets.forEach((station) => station.newProduct());
        return;
      case "drift":
        targets.forEach((station) => station.startDrift(this.atS, command.overS, command.scale));
        return;
    }
  }

  private targets(asset: string | undefined): readonly Station[] {
    if (asset === undefined || asset === "") return this.stations;
    const station = this.stations.find(({ rig }) => rig.id === asset);
    if (!station) {
      const known = this.stations.map(({ rig }) => rig.id).join(", ");
      throw new EdgeError("plant-command", `the plant has no asset "${asset}", only ${known}`);
    }
    return [station];
  }
}
