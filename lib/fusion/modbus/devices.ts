import type { Clock } from "../../clock";
import { asError, EdgeError } from "../../errors";
import { CONNECTING } from "../link";
import { badReading, silentReading, type Reading } from "../reading";
import type { ReadRequest, Words } from "./frame";
import { checkAssets, findPlace, type FoundPlace, type ModbusPlaces } from "./places";
import { wordsOf, type RegisterFormat } from "./registers";
import { ModbusSource, type SourceOptions } from "./source";
import { placeOf, type Transport } from "./transport";
import { registerReading } from "./wire";

export interface ModbusOptions extends SourceOptions, ModbusPlaces {}

/**
 * What one Modbus connection of the flow stands for: its device or gateway, and those hosts of its asset table that are
 * elsewhere. Each place has a source of its own, so that none waits for another.
 */
export class ModbusDevices {
  private readonly sources = new Map<string, ModbusSource>();
  private readonly troubles = new Map<string, string>();
  private readonly watchers = new Set<(trouble: string) => void>();

  /** @throws EdgeError `modbus-asset` when the asset table cannot work */
  constructor(
    readonly options: ModbusOptions,
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {
    checkAssets(options.assets);
  }

  /**
   * Reads a channel's registers on every round until the returned function is called. An asset that the table does not
   * have makes that channel bad, not the others.
   * @throws EdgeError `modbus-address`
   */
  follow(match: string, format: RegisterFormat, listener: (reading: Reading) => void): () => void {
    let found: FoundPlace;
    try {
      found = findPlace(match, this.options);
    } catch (error) {
      if (!(error instanceof EdgeError) || error.code !== "modbus-asset") throw error;
      return this.clock.after(0, () => listener(badReading(error.message)));
    }
    const place = { ...found.place, unit: found.unit };
    return this.sourceAt(found.transport).follow(place, wordsOf(format.type), (answer) => {
      if (!("reason" in answer)) listener(registerReading(answer, 0, format, place));
      else listener(answer.silent ? silentReading(answer.reason) : badReading(answer.reason));
    });
  }

  /** Called now and on every change with what keeps a connection from working, "" when all work. */
  watch(watcher: (trouble: string) => void): () => void {
    this.watchers.add(watcher);
    watcher(this.trouble());
    return () => this.watchers.delete(watcher);
  }

  /** The source that has this place connected now, if any. */
  at(transport: Transport): ModbusSource | undefined {
    return this.sources.get(placeOf(transport));
  }

  async close(): Promise<void> {
    await Promise.all([...this.sources.values()].map((source) => source.close()));
  }

  private sourceAt(transport: Transport): ModbusSource {
    const name = placeOf(transport);
    let source = this.sources.get(name);
    if (!source) {
      source = new ModbusSource({ ...this.options, transport }, this.clock, this.random);
      this.sources.set(name, source);
      source.watch((trouble) => {
        this.troubles.set(name, trouble);
        const all = this.trouble();
        for (const watcher of this.watchers) watcher(all);
      });
    }
    return source;
  }

  private trouble(): string {
    if (this.troubles.size === 0) return CONNECTING;
    for (const trouble of this.troubles.values()) if (trouble !== "" && trouble !== CONNECTING) return trouble;
    return [...this.troubles.values()].includes(CONNECTING) ? CONNECTING : "";
  }
}

/**
 * Reads once, through a source that is connected there already, else over a connection of its own.
 * @throws ModbusException, EdgeError as ModbusSource.readOnce
 */
export async function readOnce(
  request: ReadRequest,
  options: SourceOptions,
  running: Iterable<ModbusDevices>,
  clock: Clock,
): Promise<Words> {
  for (const devices of running) {
    const source = devices.at(options.transport);
    if (source) return source.readOnce(request);
  }
  const alone = new ModbusSource(options, clock, () => 0);
  return alone.readOnce(request).catch((error: unknown) => {
    throw asError(error);
  });
}
