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

/** Finds the asset a message speaks of: reader table, else context, else topic, else the device's only asset. */
export class AssetTable {
  private readonly byReader = new Map<string, AssetRef>();
  private readonly byId = new Map<string, AssetRef>();
  private readonly only: AssetRef | undefined;

  constructor(assets: readonly Asset[]) {
    for (const asset of assets) {
      const ref: AssetRef = Object.freeze({ id: asset.id, line: asset.line, station: asset.station });
      this.byId.set(asset.id, ref);
      for (const reader of asset.readers) this.byReader.set(reader, ref);
    }
    this.only = assets.length === 1 ? [...this.byId.values()][0] : undefined;
  }

  hasReader(name: string): boolean {
    return this.byReader.has(name);
  }

  /** @param from reader of the scan, `asset_id` of the context, topic of the message; each may be missing */
  resolve(from: { reader?: string | undefined; contextAsset?: unknown; topic?: unknown }): AssetRef | undefined {
    if (from.reader !== undefined) {
      const byReader = this.byReader.get(from.reader);
      if (byReader) return byReader;
    }
    if (typeof from.contextAsset === "string" && from.contextAsset !== "") {
      return this.byId.get(from.contextAsset) ?? { id: from.contextAsset, line: "", station: "" };
    }
    if (typeof from.topic === "string") {
      const byTopic = this.byId.get(from.topic);
      if (byTopic) return byTopic;
    }
    return this.only;
  }
}
