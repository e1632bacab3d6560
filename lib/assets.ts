import { EdgeError } from "./errors";
import type { EdgeMessage } from "./messages";
import { isRecord } from "./path";

/** A machine or station that is watched: what the device's table says of it. */
export interface Asset {
  readonly id: string;
  readonly line: string;
  readonly station: string;
  readonly readers: readonly string[];
}

/** The asset as it stands on a message. */
export interface AssetRef {
  readonly id: string;
  readonly line: string;
  readonly station: string;
}

/**
 * Finds the asset a message speaks of: by the reader table, else the context, else the topic, else the device's only asset.
 * Every node asks here, so that all of them name the same one.
 */
export class AssetTable {
  /** How many assets the device declares. */
  readonly size: number;
  /** The device's only asset; undefined where it has none or several. */
  readonly only: AssetRef | undefined;
  private readonly byReader = new Map<string, AssetRef>();
  private readonly byId = new Map<string, AssetRef>();

  /** @throws EdgeError `assets` for a table that names two things alike */
  constructor(assets: readonly Asset[]) {
    for (const { id, line, station } of assets) {
      if (id.trim() === "") throw refused("an asset has no id");
      if (this.byId.has(id)) throw refused(`"${id}" is declared twice`, "an id names one asset");
      this.byId.set(id, Object.freeze({ id, line, station }));
    }
    for (const asset of assets) {
      const ref = this.byId.get(asset.id) as AssetRef;
      for (const reader of asset.readers) {
        const other = this.byReader.get(reader);
        if (other) throw readerTwice(reader, other.id, asset.id);
        this.byReader.set(reader, ref);
      }
    }
    this.refuseAmbiguousNames();
    this.size = this.byId.size;
    this.only = this.size === 1 ? [...this.byId.values()][0] : undefined;
  }

  hasReader(name: string): boolean {
    return this.byReader.has(name);
  }

  /** The asset that the device declares under this id. */
  declared(id: unknown): AssetRef | undefined {
    return typeof id === "string" ? this.byId.get(id) : undefined;
  }

  /**
   * An asset that is named outright: `msg.asset`, or `asset_id` of a context. An object with an id, or the id as function
   * nodes write it; one that is not declared stands as it is. undefined when it is neither.
   */
  named(asset: unknown): AssetRef | undefined {
    if (asset === undefined) return undefined;
    const { id, line, station } = isRecord(asset) ? asset : { id: asset };
    if (typeof id !== "string" || id === "") return undefined;
    if (typeof line === "string" && typeof station === "string") return asset as unknown as AssetRef;
    return this.byId.get(id) ?? { id, line: "", station: "" };
  }

  /** @param from reader of the scan, `asset_id` of the context, topic of the message; each may be missing */
  resolve(from: { reader?: unknown; contextAsset?: unknown; topic?: unknown }): AssetRef | undefined {
    return this.told(from.reader, from.contextAsset) ?? this.declared(from.topic) ?? this.only;
  }

  /** What reader and context alone tell. */
  told(reader: unknown, contextAsset: unknown): AssetRef | undefined {
    const byReader = typeof reader === "string" ? this.byReader.get(reader) : undefined;
    return byReader ?? (typeof contextAsset === "string" ? this.named(contextAsset) : undefined);
  }

  /** The asset of a message on its way through the loop: the one it carries, else what its scan, context and topic tell. */
  of({ asset, scan, context, topic }: EdgeMessage): AssetRef | undefined {
    const carried = this.named(asset);
    if (carried) return carried;
    const reader = isRecord(scan) ? scan.reader : undefined;
    const contextAsset = isRecord(context) ? context["asset_id"] : undefined;
    return this.resolve({ reader, contextAsset, topic });
  }

  /** A name that is one asset's reader and another asset's id would send scans and readings of one topic to two assets. */
  private refuseAmbiguousNames(): void {
    for (const [reader, at] of this.byReader) {
      if (!this.byId.has(reader) || reader === at.id) continue;
      const cycle = this.cycleFrom(reader);
      throw cycle === undefined
        ? refused(`"${reader}" is an asset and also a reader at "${at.id}"`, "give the reader a name of its own")
        : refused(
            `readers and assets name each other in a cycle: ${cycle.map((name) => `"${name}"`).join(" → ")}`,
            "give the readers names of their own",
          );
    }
  }

  /** Follows name → the asset at which a reader of that name stands, until a name comes again. */
  private cycleFrom(start: string): string[] | undefined {
    const path = [start];
    for (let at = this.byReader.get(start); at; at = this.byReader.get(at.id)) {
      path.push(at.id);
      if (at.id === start) return path;
      if (path.indexOf(at.id) < path.length - 1) return undefined;
    }
    return undefined;
  }
}

function readerTwice(reader: string, first: string, second: string): EdgeError {
  return first === second
    ? refused(`reader "${reader}" is named twice at "${first}"`, "name it once")
    : refused(
        `reader "${reader}" stands at "${first}" and at "${second}"`,
        "leave a reader that serves several assets out of the table: asset_id of the context says which",
      );
}

function refused(what: string, remedy?: string): EdgeError {
  return new EdgeError("assets", `the device's assets: ${what}`, remedy === undefined ? {} : { remedy });
}
