/**
 * Every fault of the OPC UA and the Modbus peers with every other. Each pair must end in output 2, with the channel and the
 * reason, within the channel's maximum age; be over within five seconds of the peer's return; and flood nobody meanwhile.
 */
import { modbusTrials } from "./modbus";
import { opcuaTrials } from "./opcua";

/** What went wrong with which of so many pairs. */
export interface Trials {
  readonly pairs: number;
  readonly failed: readonly string[];
}

export interface PairsReport {
  readonly opcua: Trials;
  readonly modbus: Trials;
  readonly seconds: number;
}

/** @param places servers at once */
export async function soakPairs(places: number, say: (line: string) => void): Promise<PairsReport> {
  const began = performance.now();
  const modbus = await modbusTrials(places, say);
  const opcua = await opcuaTrials(places, say);
  return { opcua, modbus, seconds: (performance.now() - began) / 1000 };
}
