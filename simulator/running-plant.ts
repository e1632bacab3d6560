import { EdgeError } from "../lib/errors";
import { isRecord } from "../lib/path";
import { parsePlantCommand } from "../lib/plant/commands";
import { Plant, type PlantEvent, type PlantOptions } from "../lib/plant/plant";
import { PlantRecord } from "../lib/plant/record";
import type { ContextEntry } from "../lib/plant/station";

/** A plant that ticks by a timer, tells listeners what happens, records its scans and closes in order. */
export class RunningPlant {
  private readonly plant: Plant;
  private readonly record: PlantRecord | undefined;
  private readonly listeners: ((event: PlantEvent) => void)[] = [];
  private readonly closers: (() => Promise<void>)[] = [];
  private timer: NodeJS.Timeout | undefined;
  private scans = 0;

  constructor(
    private readonly options: PlantOptions,
    recordFile: string | undefined,
  ) {
    this.plant = new Plant(options);
    if (recordFile === undefined) return;
    this.record = new PlantRecord(recordFile, (error) => {
      // Without the record nobody can check what the plant did: better no plant.
      console.error(`the record cannot be written: ${error.message}`);
      process.exit(1);
    });
  }

  contexts(): ContextEntry[] {
    return this.plant.contexts();
  }

  on(listener: (event: PlantEvent) => void): void {
    this.listeners.push(listener);
  }

  onClose(close: () => Promise<void>): void {
    this.closers.push(close);
  }

  start(): void {
    this.timer ??= setInterval(() => this.tick(), 1000 / this.options.rateHz);
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /**
   * Commands of the plant, and `{name: "start"}`, `{name: "stop"}`, `{name: "status"}`. Answers where the plant stands.
   * @throws EdgeError `plant-command`
   */
  obey(command: unknown): object {
    const name = isRecord(command) ? command["name"] : undefined;
    if (name === "start") this.start();
    else if (name === "stop") this.stop();
    else if (name !== "status") this.plant.command(parsePlantCommand(command));
    return { plant_s: this.plant.atS, scans: this.scans, running: this.timer !== undefined };
  }

  /** Stops ticking, closes the servers, last opened first, then the record. @throws EdgeError `close` */
  async close(): Promise<void> {
    this.stop();
    const failures: unknown[] = [];
    for (const close of this.closers.toReversed()) await close().catch((error: unknown) => failures.push(error));
    await this.record?.close();
    if (failures.length > 0)
      throw new EdgeError("close", `could not close cleanly: ${failures.map(String).join("; ")}`);
  }

  private tick(): void {
    for (const event of this.plant.advance()) {
      if (event.kind === "scan") {
        this.scans++;
        this.record?.scanned(event, Date.now());
      }
      for (const listener of this.listeners) listener(event);
    }
  }
}
