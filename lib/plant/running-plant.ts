import type { Clock } from "../clock";
import { isRecord } from "../path";
import { parsePlantCommand } from "./commands";
import { Plant, type PlantEvent, type PlantOptions } from "./plant";
import type { PlantRecord } from "./record";
import type { ContextEntry } from "./station";

export interface RunningPlantParts {
  readonly clock: Clock;
  readonly record: PlantRecord | undefined;
  /** Told everything that happens, in order. */
  readonly happened: (event: PlantEvent) => void;
}

/**
 * A plant driven by a clock: one tick per period. When the process was held up, the plant stood still meanwhile; it does
 * not catch up, because scans in a burst are nothing a line does.
 */
export class RunningPlant {
  private readonly plant: Plant;
  private readonly periodMs: number;
  private dueMs = 0;
  private cancel: (() => void) | undefined;
  private scanned = 0;

  constructor(
    options: PlantOptions,
    private readonly parts: RunningPlantParts,
  ) {
    this.plant = new Plant(options);
    this.periodMs = 1000 / options.rateHz;
  }

  get running(): boolean {
    return this.cancel !== undefined;
  }

  contexts(): ContextEntry[] {
    return this.plant.contexts();
  }

  /** @param delayMs how long it waits before its first tick */
  start(delayMs = 0): void {
    if (this.cancel) return;
    this.dueMs = this.parts.clock.monotonic() + delayMs;
    this.schedule();
  }

  stop(): void {
    this.cancel?.();
    this.cancel = undefined;
  }

  /**
   * Commands of the plant, and `{name: "start"}`, `{name: "stop"}`, `{name: "status"}`. Answers where the plant stands.
   * @throws EdgeError `plant-command`
   */
  obey(command: unknown): { plant_s: number; scans: number; running: boolean } {
    const name = isRecord(command) ? command["name"] : undefined;
    if (name === "start") this.start();
    else if (name === "stop") this.stop();
    else if (name !== "status") this.plant.command(parsePlantCommand(command));
    return { plant_s: this.plant.atS, scans: this.scanned, running: this.running };
  }

  private schedule(): void {
    const now = this.parts.clock.monotonic();
    this.dueMs = Math.max(this.dueMs + this.periodMs, now);
    this.cancel = this.parts.clock.after(this.dueMs - now, () => this.tick());
  }

  private tick(): void {
    this.schedule();
    for (const event of this.plant.advance()) {
      if (event.kind === "scan") {
        this.scanned++;
        this.parts.record?.scanned(event, this.parts.clock.now());
      }
      this.parts.happened(event);
    }
  }
}
