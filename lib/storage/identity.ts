import { accessSync, constants, existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EdgeError, asError, errorCode } from "../errors";
import { isSafeName, randomHex, uuidv7 } from "../ids";
import { isRecord } from "../path";
import { makeDirectory } from "./make-directory";

/** Who this installation is: born with the data directory, kept as long as it is. */
export interface Identity {
  /** The device id that is used when none is configured. Never the host name: those are cloned. */
  readonly device: string;
  /** Tells two installations with the same device id apart. */
  readonly installId: string;
}

/**
 * Makes the data directory usable and reads, or once creates, its identity.
 * @throws EdgeError `data-dir` when it cannot be created or written, `identity` when identity.json is damaged
 */
export function openDataDir(dataDir: string): Identity {
  try {
    makeDirectory(dataDir);
    accessSync(dataDir, constants.W_OK);
  } catch (error) {
    throw new EdgeError("data-dir", `the data directory ${dataDir} cannot be written: ${asError(error).message}`, {
      cause: error,
      remedy: "choose another in the device, or give Node-RED's user write access",
    });
  }
  const file = join(dataDir, "identity.json");
  if (existsSync(file)) return readIdentity(file);
  const identity: Identity = { device: `edge-${randomHex(32)}`, installId: uuidv7(Date.now()) };
  const draft = `${file}.${identity.installId}`;
  writeFileSync(draft, `${JSON.stringify(identity, null, 2)}\n`, { flush: true });
  place(draft, file);
  return readIdentity(file);
}

/** The first of two processes that start at once gives both their identity. */
function place(draft: string, file: string): void {
  try {
    linkSync(draft, file);
  } catch (error) {
    // A file system without hard links: then the last one wins.
    if (errorCode(error) !== "EEXIST") return renameSync(draft, file);
  }
  rmSync(draft);
}

function readIdentity(file: string): Identity {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new EdgeError("identity", `${file} is damaged: ${asError(error).message}`, {
      cause: error,
      remedy: "restore it, or delete it to start as a new installation",
    });
  }
  if (
    !isRecord(parsed) ||
    typeof parsed["device"] !== "string" ||
    !isSafeName(parsed["device"]) ||
    typeof parsed["installId"] !== "string"
  ) {
    throw new EdgeError("identity", `${file} has no valid device and installId`, {
      remedy: "restore it, or delete it to start as a new installation",
    });
  }
  return { device: parsed["device"], installId: parsed["installId"] };
}
