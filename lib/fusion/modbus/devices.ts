import { isDeepStrictEqual } from "node:util";
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

interface Place {
  readonly transport: Transport;
  readonly source: ModbusSource;
  trouble: string;
}

/**
 * What one Modbus connection of the flow stands for: its device or gateway, and those hosts of its asset table that are
 * elsewhere. Each place has a source of its own, so that none waits for another.
 */
export class ModbusDevices {
  private readonly places = new Map<string, Place>();
  private readonly watchers = new Set<(trouble: string) => void>();
  private told: string = CONNECTING;

  /** @throws EdgeError `modbus-asset` when the asset table cannot work */
  constructor(
    readonly options: ModbusOptions,
    private readonly clock: Clock,
    private readonly random: () => number,
    /** Called on every change with a followed place and what keeps it from working, "" when it works. */
    private readonly heard: (place: string, trouble: string) => void = () => undefined,
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
    const registers = { ...found.place, unit: found.unit };
    const place = this.placeAt(found.transport);
    const stop = place.source.follow(registers, wordsOf(format.type), (answer) => {
      if (!("reason" in answer)) listener(registerReading(answer, 0, format, registers));
      else listener(answer.silent ? silentReading(answer.reason) : badReading(answer.reason));
    });
    this.tell();
    return () => {
      stop();
      if (!place.source.isFollowed) this.leave(place);
    };
  }

  /** Called now and on every change with what keeps a followed connection from working, "" when all work. */
  watch(watcher: (trouble: string) => void): () => void {
    this.watchers.add(watcher);
    watcher(this.told);
    return () => this.watchers.delete(watcher);
  }

  /** The source that has this place connected in this very way, if any. */
  at(transport: Transport): ModbusSource | undefined {
    const place = this.places.get(placeOf(transport));
    return place && isDeepStrictEqual(place.transport, transport) ? place.source : undefined;
  }

  async close(): Promise<void> {
    await Promise.all([...this.places.values()].map(({ source }) => source.close()));
  }

  private placeAt(transport: Transport): Place {
    const name = placeOf(transport);
    const known = this.places.get(name);
    if (known) return known;
    const source = new ModbusSource({ ...this.options, transport }, this.clock, this.random);
    const place: Place = { transport, source, trouble: CONNECTING };
    this.places.set(name, place);
    source.watch((trouble) => {
      place.trouble = trouble;
      this.heard(name, trouble);
      this.tell();
    });
    return place;
  }

  /** Kept until it has let go, so that whoever follows it meanwhile takes no second connection beside the first. */
  private leave(place: Place): void {
    const name = placeOf(place.transport);
    place.trouble = CONNECTING;
    this.heard(name, CONNECTING);
    this.tell();
    void place.source.close().then(() => {
      if (!place.source.isFollowed && this.places.get(name) === place) this.places.delete(name);
    });
  }

  private tell(): void {
    const trouble = this.trouble();
    if (trouble === this.told) return;
    this.told = trouble;
    for (const watcher of this.watchers) watcher(trouble);
  }

  private trouble(): string {
    const troubles = [...this.places.values()].filter(({ source }) => source.isFollowed).map((place) => place.trouble);
    const worst = troubles.find((trouble) => trouble !== "" && trouble !== CONNECTING);
    return worst ?? (troubles.length === 0 || troubles.includes(CONNECTING) ? CONNECTING : "");
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
