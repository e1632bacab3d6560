import { EdgeError } from "../../errors";
import { describeAddress, parseRegisterAddress, type RegisterAddress } from "./address";
import type { Transport } from "./transport";

/** A row of a connection's asset table: where the registers of one asset are. */
export interface AssetPlace {
  readonly asset: string;
  /** Host ("10.0.0.12", "10.0.0.12:503") or serial port of its own; empty: the connection's. */
  readonly host: string;
  /** Undefined: the connection's. */
  readonly unit: number | undefined;
  /** Registers that lie before the asset's first one: added to every address. */
  readonly offset: number;
}

/** A connection and what it says of each asset. */
export interface ModbusPlaces {
  readonly transport: Transport;
  /** Unit of addresses that name none. */
  readonly unit: number;
  readonly assets: readonly AssetPlace[];
}

/** Where a channel's registers are. */
export interface FoundPlace {
  readonly transport: Transport;
  readonly unit: number;
  /** With the offset added; its unit is the one beside it. */
  readonly place: RegisterAddress;
}

/**
 * Finds the registers that a channel row means, `40001`, `40001@2` or `40001@press-4`. An asset whose id is a number wins
 * over the unit of that number.
 * @throws EdgeError `modbus-address`, `modbus-asset` for an asset that the table does not have
 */
export function findPlace(match: string, { transport, unit, assets }: ModbusPlaces): FoundPlace {
  const written = parseRegisterAddress(match);
  const { owner } = written;
  const row = owner === undefined ? undefined : assets.find(({ asset }) => asset === owner);
  if (!row) {
    if (owner !== undefined && written.unit === undefined) throw unknownAsset(owner, assets);
    return { transport, unit: written.unit ?? unit, place: written };
  }
  const address = written.address + row.offset;
  if (address < 0 || address > 0xffff) {
    throw new EdgeError(
      "modbus-address",
      `"${match}" and the offset ${row.offset} of asset ${row.asset} make ${address}: addresses are from 0 to 65535`,
    );
  }
  return {
    transport: elsewhere(transport, row.host),
    unit: row.unit ?? unit,
    place: { table: written.table, address, unit: row.unit },
  };
}

/** "holding 40 of unit 3", for a person who looks it up in the PLC. */
export function describeFound({ place, unit }: FoundPlace): string {
  return describeAddress({ ...place, unit });
}

/** @throws EdgeError `modbus-asset` when a row names no asset, or one that another row names too */
export function checkAssets(assets: readonly AssetPlace[]): void {
  const seen = new Set<string>();
  for (const { asset } of assets) {
    if (asset === "") throw new EdgeError("modbus-asset", "a row of the asset table names no asset");
    if (seen.has(asset)) throw new EdgeError("modbus-asset", `the asset table has "${asset}" twice`);
    seen.add(asset);
  }
}

function elsewhere(transport: Transport, host: string): Transport {
  if (host === "") return transport;
  if (transport.kind === "serial") return { ...transport, path: host };
  const port = /^([^:]+|\[.+\]):(\d{1,5})$/.exec(host);
  if (!port) return { ...transport, host };
  return { ...transport, host: (port[1] as string).replace(/^\[|\]$/g, ""), port: Number(port[2]) };
}

function unknownAsset(asset: string, assets: readonly AssetPlace[]): EdgeError {
  const known = assets.map((row) => row.asset).join(", ");
  return new EdgeError(
    "modbus-asset",
    asset === "{asset}"
      ? "{asset} stands for one of the device's assets, and none is declared or chosen"
      : `the Modbus connection's asset table has no "${asset}"${known === "" ? "" : ` (it has ${known})`}`,
    { remedy: "add the asset with its unit or offset to the table of the Modbus connection" },
  );
}
