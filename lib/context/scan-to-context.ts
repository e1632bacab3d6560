/**
 * From a message of a reader to a message with its context, or with the reason why there is none. Order is kept per asset;
 * lookups of all assets run at once.
 */
import type { AssetTable } from "../assets";
import { isoTime, type Clock } from "../clock";
import { EdgeError } from "../errors";
import { uuidv7 } from "../ids";
import type { AssetRef, EdgeMessage, Scan, Unusable } from "../messages";
import { OrderedByKey } from "../ordered";
import type { CycleCounter } from "./cycle-counter";
import { Debounce } from "./debounce";
import { isPassing, type ContextLookup, type Found } from "./lookup";
import { pictureFormat, type PictureReader } from "./picture";
import { NO_SCAN, ScanError, readScan, textOf, type NoRead, type ScanText } from "./scan";

export interface ScanOptions {
  readonly noRead: NoRead;
  /** 0: repeats are sent. */
  readonly debounceMs: number;
  /** Messages under way at once; beyond, one is refused. */
  readonly queue: number;
  /** Counts the runs of each asset; undefined: nobody does. */
  readonly cycles?: Pick<CycleCounter, "count"> | undefined;
}

/** Where a scan comes from. */
interface From {
  readonly reader: string | undefined;
  /** What tells its repeats from those of others: the asset, and the reader or else the topic. */
  readonly origin: string;
  readonly topic: unknown;
}

/** What became of a scan: sent with its context, sent with the reason for none, or counted as a repeat and not sent. */
export type ScanResult = "found" | "unusable" | "repeat";

interface Outcome {
  readonly scan: Scan;
  readonly asset: AssetRef | undefined;
  readonly found: Found | undefined;
  readonly unusable: Unusable | undefined;
}

export class ScanToContext {
  private readonly ordered: OrderedByKey;
  private readonly debounce: Debounce;
  /** By asset, the code whose lookup failed for a passing reason: read again, it is the same run. */
  private readonly tryingAgain = new Map<string, string>();

  constructor(
    private readonly lookup: ContextLookup,
    private readonly pictures: PictureReader,
    private readonly assets: AssetTable,
    private readonly options: ScanOptions,
    private readonly clock: Clock,
  ) {
    this.ordered = new OrderedByKey(options.queue);
    this.debounce = new Debounce(options.debounceMs, clock);
  }

  /**
   * Completes the message and hands it over; a repeat is not handed over.
   * @throws EdgeError `queue-full`
   */
  handle(message: EdgeMessage, deliver: (message: EdgeMessage, result: ScanResult) => void): Promise<ScanResult> {
    const { topic } = message;
    const subject = named(topic);
    const reader =
      named(message.reader) ?? (subject !== undefined && this.assets.hasReader(subject) ? subject : undefined);
    const asset = this.assets.resolve({ reader, topic });
    const origin = originOf(asset, reader ?? subject ?? "");
    return new Promise((resolve, reject) => {
      this.ordered.run(
        // Where only the context will tell the asset, order is the reader's.
        asset === undefined ? origin : originOf(asset, ""),
        () => this.outcome(message.payload, { reader, origin, topic }, asset),
        (error, outcome) => {
          if (error !== undefined) {
            reject(error);
            return;
          }
          const result = outcome === undefined ? "repeat" : outcome.found ? "found" : "unusable";
          try {
            if (outcome !== undefined) deliver(complete(message, outcome), result);
            resolve(result);
          } catch (failure) {
            // A frozen message, for one: its own failure, not that of those behind it.
            reject(failure);
          }
        },
      );
    });
  }

  /** undefined for a repeat. */
  private async outcome(
    payload: unknown,
    { reader, origin, topic }: From,
    asset: AssetRef | undefined,
  ): Promise<Outcome | undefined> {
    const now = this.clock.now();
    let text = NO_SCAN;
    let repeats = 0;
    try {
      if (payload instanceof Uint8Array && pictureFormat(payload) !== undefined) {
        const code = await this.pictures.read(payload);
        text = readScan(code.text, this.options.noRead, code.symbology);
      } else text = readScan(textOf(payload), this.options.noRead);
      const admitted = this.debounce.admit(origin, text.code);
      if (admitted === undefined) return undefined;
      repeats = admitted;
      const found = await this.lookup.find({ scan: text, reader, asset: asset?.id, context: undefined });
      const contextAsset = found.context["asset_id"];
      const own = contextAsset === undefined ? asset : this.assets.resolve({ reader, contextAsset, topic });
      const scan = scanOf(text, now, reader, repeats);
      const cycle = await this.count(own, scan);
      if (cycle !== undefined) found.context["cycle_count"] = cycle;
      return { scan, asset: own, found, unusable: undefined };
    } catch (error) {
      if (!(error instanceof EdgeError)) throw error;
      const known = error instanceof ScanError ? error.known : text;
      const scan = scanOf(known, now, reader, repeats);
      // Nobody waits for a number that no context carries.
      void this.count(asset, scan);
      if (isPassing(error.code)) {
        this.debounce.forget(origin, text.code);
        if (asset !== undefined && this.options.cycles !== undefined) this.tryingAgain.set(asset.id, text.code);
      }
      const unusable = { code: error.code, reason: error.message };
      return { scan, asset, found: undefined, unusable };
    }
  }

  /** A code that is read once more because its lookup failed for a passing reason is still the same run. */
  private async count(asset: AssetRef | undefined, scan: Scan): Promise<number | undefined> {
    const { cycles } = this.options;
    if (cycles === undefined || asset === undefined) return undefined;
    const again = this.tryingAgain.get(asset.id) === scan.code;
    this.tryingAgain.delete(asset.id);
    return again ? undefined : cycles.count(asset.id, scan.id);
  }
}

/** An asset and a reader may have one name. */
function originOf(asset: AssetRef | undefined, reader: string): string {
  return `${asset?.id ?? ""}\0${reader}`;
}

function named(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function scanOf(
  { code, raw, symbology, gs1 }: ScanText,
  now: number,
  reader: string | undefined,
  repeats: number,
): Scan {
  const scan: Scan = { id: uuidv7(now), code, raw, at: isoTime(now) };
  if (symbology !== undefined) scan.symbology = symbology;
  if (gs1 !== undefined) scan.gs1 = gs1;
  if (reader !== undefined) scan.reader = reader;
  if (repeats > 0) scan.repeats = repeats;
  return scan;
}

/** Sets what this scan brought, and takes off what an earlier one may have left on the message. */
function complete(message: EdgeMessage, { scan, asset, found, unusable }: Outcome): EdgeMessage {
  message.scan = scan;
  if (asset !== undefined) message.asset = asset;
  else if (message.asset !== undefined) delete message.asset;
  if (found !== undefined) {
    message.context = found.context;
    message.lookup = found.lookup;
    if (message.unusable !== undefined) delete message.unusable;
    message.payload = found.context;
  } else if (unusable !== undefined) {
    if (message.context !== undefined) delete message.context;
    if (message.lookup !== undefined) delete message.lookup;
    message.unusable = unusable;
    message.payload = unusable;
  }
  return message;
}
