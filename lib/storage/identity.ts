import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EdgeError, asError, errorCode } from "../errors";
import { isSafeName, randomHex, uuidv7 } from "../ids";
import { isRecord } from "../path";
import { boardSerial } from "./board";
import { makeDirectory } from "./make-directory";

/** Who this installation is: born with the data directory, kept as long as it is. */
export interface Identity {
  /** The device id that is used when none is configured. Never the host name: those are cloned. */
  readonly device: string;
  /** Tells two installations with the same device id apart. */
  readonly installId: string;
  /** The serial of the board that it was born on, or moved to. */
  readonly board?: string;
}

export interface DataDir extends Identity {
  /** Why nothing can be written, though it is known who this is: a card that went read-only, a full disk. */
  readonly trouble?: EdgeError;
  /** The board's serial is another than last time: a card that was moved, or copied. Then `installId` is new. */
  readonly moved?: true;
}

/**
 * Makes the data directory and reads, or once creates, its identity. A directory that has one and cannot be written is no
 * reason to leave a line without its limits: then `trouble` says what cannot be kept.
 * @throws EdgeError `data-dir` when it has no identity and cannot be created or written, `data-dir-full` when its disk is full,
 *   `identity` when identity.json is damaged
 */
export function openDataDir(dataDir: string, board: string | undefined = boardSerial()): DataDir {
  const trouble = attempt(dataDir, () => {
    makeDirectory(dataDir);
    tryOut(join(dataDir, "write-test"));
  });
  const file = join(dataDir, "identity.json");
  if (existsSync(file)) {
    const known = readIdentity(file);
    return trouble ? { ...known, trouble } : settle(file, known, board);
  }
  const failed = trouble ?? attempt(dataDir, () => create(file, board));
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

/** On another board the installation is another one, so that a card and its copy can be told apart; the device id stays. */
function settle(file: string, known: Identity, board: string | undefined): DataDir {
  if (board === undefined || known.board === board) return known;
  const moved = known.board !== undefined;
  const now = { ...known, ...(moved && { installId: uuidv7(Date.now()) }), board };
  write(now, file, renameSync);
  return moved ? { ...now, moved } : now;
}

function create(file: string, board: string | undefined): void {
  const born = { device: `edge-${randomHex(32)}`, installId: uuidv7(Date.now()) };
  write({ ...born, ...(board !== undefined && { board }) }, file, place);
}

function write(identity: Identity, file: string, into: (draft: string, file: string) => void): void {
  const draft = `${file}.${randomHex(64)}`;
  try {
    writeFileSync(draft, `${JSON.stringify(identity, null, 2)}\n`, { flush: true });
    into(draft, file);
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
  const { device, installId, board } = parsed as { device: string; installId: string; board?: unknown };
  return { device, installId, ...(typeof board === "string" && { board }) };
}
