import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
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

export interface DataDir extends Identity {
  /** Why nothing can be written, though it is known who this is: a card that went read-only, a full disk. */
  readonly trouble?: EdgeError;
}

/**
 * Makes the data directory and reads, or once creates, its identity. A directory that has one and cannot be written is no
 * reason to leave a line without its limits: then `trouble` says what cannot be kept.
 * @throws EdgeError `data-dir` when it has no identity and cannot be created or written, `data-dir-full` when its disk is full,
 *   `identity` when identity.json is damaged
 */
export function openDataDir(dataDir: string): DataDir {
  const trouble = attempt(dataDir, () => {
    makeDirectory(dataDir);
    tryOut(join(dataDir, "write-test"));
  });
  const file = join(dataDir, "identity.json");
  if (existsSync(file)) return { ...readIdentity(file), ...(trouble && { trouble }) };
  const failed = trouble ?? attempt(dataDir, () => create(file));
  if (failed) throw failed;
  return readIdentity(file);
}

/** Bytes, not permissions: root may write everywhere, and a full disk lets everybody. */
function tryOut(file: string): void {
  try {
    writeFileSync(file, "x".repeat(4096), { flush: true });
  } catch (error) {
    // No fsync: whoever keeps something here says so.
    if (errorCode(error) !== "EINVAL") throw error;
  } finally {
    rmSync(file, { force: true });
  }
}

function attempt(dataDir: string, work: () => void): EdgeError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    const { message } = asError(error);
    return ["ENOSPC", "EDQUOT"].includes(errorCode(error))
      ? new EdgeError("data-dir-full", `the disk of the data directory ${dataDir} is full: ${message}`, {
          cause: error,
          remedy: "free disk space",
        })
      : new EdgeError("data-dir", `the data directory ${dataDir} cannot be written: ${message}`, {
          cause: error,
          remedy:
            "choose another in the device, give Node-RED's user write access, or look whether its disk is mounted read-only",
        });
  }
}

function create(file: string): void {
  const identity: Identity = { device: `edge-${randomHex(32)}`, installId: uuidv7(Date.now()) };
  const draft = `${file}.${identity.installId}`;
  try {
    writeFileSync(draft, `${JSON.stringify(identity, null, 2)}\n`, { flush: true });
    place(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** The first of two processes that start at once gives both their identity. */
function place(draft: string, file: string): void {
  try {
    linkSync(draft, file);
  } catch (error) {
    // A file system without hard links: then the last one wins.
    if (errorCode(error) !== "EEXIST") renameSync(draft, file);
  }
}

function readIdentity(file: string): Identity {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const what = error instanceof SyntaxError ? "is damaged" : "cannot be read";
    throw new EdgeError("identity", `${file} ${what}: ${asError(error).message}`, {
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
