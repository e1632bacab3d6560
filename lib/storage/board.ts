import { readFileSync } from "node:fs";
import { errorCode } from "../errors";

/** Where the firmware has it, and where a container is shown it: Docker hides the first. */
const SERIALS = ["/sys/firmware/devicetree/base/serial-number", "/run/context-edge/board-serial"];
const NOT_THERE = ["ENOENT", "ENOTDIR", "EACCES", "EISDIR"];

/**
 * What tells this machine from one that runs on a copy of its card: the board's serial where the firmware has one (Jetson,
 * Raspberry Pi), else undefined.
 */
export function boardSerial(files: readonly string[] = SERIALS): string | undefined {
  for (const file of files) {
    const serial = read(file);
    if (serial !== "") return serial;
  }
  return undefined;
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8").replaceAll("\0", "").trim();
  } catch (error) {
    if (NOT_THERE.includes(errorCode(error))) return "";
    throw error;
  }
}
