import { readFileSync } from "node:fs";
import { errorCode } from "../errors";

const SERIAL = "/sys/firmware/devicetree/base/serial-number";

/**
 * What tells this machine from one that runs on a copy of its card: the board's serial where the firmware has one (Jetson,
 * Raspberry Pi), else undefined.
 */
export function boardSerial(file = SERIAL): string | undefined {
  try {
    const serial = readFileSync(file, "utf8").replaceAll("\0", "").trim();
    return serial === "" ? undefined : serial;
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EACCES"].includes(errorCode(error))) return undefined;
    throw error;
  }
}
