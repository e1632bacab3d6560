import type { AssetTable } from "../assets";
import type { Clock } from "../clock";
import { EdgeError } from "../errors";
import type { AssetRef } from "../messages";
import type { AssetState } from "./asset-state";

/** Assets that the device does not declare. */
const MOST_UNDECLARED = 1000;
/** An undeclared asset without a run, and not heard of for so long, makes room for another. */
const IDLE_MS = 600_000;

/**
 * The assets of one node. Declared ones always have their place. Others get one where the device declares none, or where a
 * scan names them (its context says so); their number is bounded, because names come from outside.
 */
export class AssetStates {
  /** Readings that name no asset; they stand in where an asset has none of its own. */
  readonly shared: AssetState;
  private readonly byId = new Map<string, AssetState>();
  private undeclared = 0;

  constructor(
    private readonly table: AssetTable,
    private readonly clock: Clock,
    private readonly make: (asset: AssetRef | undefined, shared: AssetState | undefined) => AssetState,
  ) {
    this.shared = make(undefined, undefined);
  }

  /** Those heard of so far. */
  get heard(): Iterable<AssetState> {
    return this.byId.size > 0 ? this.byId.values() : [this.shared];
  }

  get size(): number {
    return this.byId.size;
  }

  /** Where a reading goes; undefined for one of an unknown asset. @throws EdgeError `too-many-assets` */
  ofReading(asset: AssetRef | undefined): AssetState | undefined {
    if (asset === undefined) return this.shared;
    const known = this.byId.get(asset.id);
    if (known) return known;
    return this.table.size === 0 || this.table.declared(asset.id) ? this.add(asset) : undefined;
  }

  /** Where a scan or the end of a run goes. @throws EdgeError `too-many-assets` */
  ofScan(asset: AssetRef | undefined): AssetState {
    if (asset === undefined) return this.shared;
    return this.byId.get(asset.id) ?? this.add(asset);
  }

  close(): void {
    this.shared.close();
    for (const state of this.byId.values()) state.close();
  }

  private add(asset: AssetRef): AssetState {
    if (!this.table.declared(asset.id)) {
      if (this.undeclared >= MOST_UNDECLARED) this.makeRoom(asset.id);
      this.undeclared++;
    }
    const state = this.make(asset, this.shared);
    this.byId.set(asset.id, state);
    return state;
  }

  private makeRoom(id: string): void {
    const before = this.clock.monotonic() - IDLE_MS;
    let idlest: AssetState | undefined;
    for (const state of this.byId.values()) {
      if (state.heardAt > before || state.run.id !== undefined || this.table.declared(state.asset?.id)) continue;
      if (!idlest || state.heardAt < idlest.heardAt) idlest = state;
    }
    if (!idlest) {
      throw new EdgeError(
        "too-many-assets",
        `"${id.slice(0, 80)}" would be undeclared asset ${MOST_UNDECLARED + 1} of this node, limit ${MOST_UNDECLARED}`,
        { remedy: "check what msg.asset or {asset} takes for an asset id, or declare the assets in the device" },
      );
    }
    idlest.close();
    this.byId.delete((idlest.asset as AssetRef).id);
    this.undeclared--;
  }
}
