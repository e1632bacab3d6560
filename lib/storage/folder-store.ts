import { link, readFile, readdir, rename, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Clock } from "../clock";
import { EdgeError, asError, errorCode } from "../errors";
import { randomHex, uuidv7 } from "../ids";
import { once } from "../once";
import { syncDirectory, tolerateMissing, writeDurably } from "./durable";
import { FolderLock } from "./folder-lock";
import { makeDirectory } from "./make-directory";
import { sha256 } from "./hash";
import { assertKey, assertPrefix } from "./keys";
import {
  MAX_OBJECT_BYTES,
  type HeadInfo,
  type ObjectInfo,
  type ObjectStore,
  type PutOptions,
  type PutOutcome,
  type StoredObject,
} from "./object-store";
import { raceOnce } from "./store-race";

/** Drafts and the lock lie here: no key begins with a dot. */
const PRIVATE = ".context-edge";
const DRAFT = "draft-";
const DRAFT_IS_DEAD_MS = 3_600_000;

/**
 * Objects as files: the key is the path below the root, the ETag is the content's SHA-256. A put writes and fsyncs a draft,
 * then links or renames it into place and fsyncs the directory, so a power cut leaves the old file or the new one.
 */
export class FolderStore implements ObjectStore {
  readonly description: string;
  readonly conditionalWrites: ObjectStore["conditionalWrites"];
  private readonly lock: FolderLock;
  private readonly prepare = once(() => this.makePrivate());

  /** @param root absolute path; made at the first put */
  constructor(
    private readonly root: string,
    private readonly clock: Clock,
  ) {
    this.description = `folder ${root}`;
    this.conditionalWrites = raceOnce(this, () => uuidv7(clock.now()));
    this.lock = new FolderLock(join(root, PRIVATE, "lock.db"));
  }

  async put(key: string, body: Uint8Array, options: PutOptions = {}): Promise<PutOutcome> {
    assertKey(key);
    const digest = options.sha256 ?? sha256(body);
    try {
      await this.prepare();
    } catch (error) {
      return { kind: "refused", about: "store", error: this.explain(error, `put ${key}`) };
    }
    try {
      const draft = await this.draft(body);
      try {
        return await this.place(draft, key, digest, options);
      } finally {
        await unlink(draft).catch(tolerateMissing);
      }
    } catch (error) {
      const reason = this.explain(error, `put ${key}`);
      // A file where the key needs a directory, or the other way round: this key will never fit.
      if (["ENOTDIR", "EISDIR", "EEXIST", "ENAMETOOLONG"].includes(errorCode(error)))
        return { kind: "refused", about: "object", error: reason };
      return reason.code === "objects-busy"
        ? { kind: "unknown", error: reason }
        : { kind: "refused", about: "store", error: reason };
    }
  }

  private async place(draft: string, key: string, digest: string, { condition }: PutOptions): Promise<PutOutcome> {
    const file = this.path(key);
    await makeDurable(dirname(file), this.root);
    if (condition && "ifNoneMatch" in condition) {
      try {
        await link(draft, file);
      } catch (error) {
        if (errorCode(error) !== "EEXIST") throw error;
        return outcomeOf(await this.head(key), digest);
      }
      await syncDirectory(dirname(file));
      return { kind: "stored", etag: digest };
    }
    return this.lock.hold(async () => {
      if (condition) {
        const found = await this.head(key);
        if (found?.etag !== condition.ifMatch) return outcomeOf(found, digest);
      }
      await rename(draft, file);
      await syncDirectory(dirname(file));
      return { kind: "stored", etag: digest };
    });
  }

  async get(key: string, maxBytes = MAX_OBJECT_BYTES): Promise<StoredObject | undefined> {
    assertKey(key);
    const file = this.path(key);
    try {
      const { size, mtimeMs } = await stat(file);
      if (size > maxBytes) throw new EdgeError("objects-too-large", `${file} has ${size} bytes, limit ${maxBytes}`);
      const body = await readFile(file);
      const digest = sha256(body);
      return { key, size: body.byteLength, etag: digest, sha256: digest, modifiedAt: mtimeMs, body };
    } catch (error) {
      if (["ENOENT", "ENOTDIR", "EISDIR"].includes(errorCode(error))) return undefined;
      throw this.explain(error, `get ${key}`);
    }
  }

  async head(key: string): Promise<HeadInfo | undefined> {
    const found = await this.get(key, Infinity);
    if (!found) return undefined;
    const { body: _, ...head } = found;
    return head;
  }

  async *list(prefix: string, startAfter = ""): AsyncIterable<ObjectInfo> {
    assertPrefix(prefix);
    yield* this.walk("", prefix, startAfter);
  }

  /** @param at key of a directory with its slash, or "" */
  private async *walk(at: string, prefix: string, startAfter: string): AsyncIterable<ObjectInfo> {
    for (const name of await this.entries(at)) {
      const key = at + name;
      if (name.endsWith("/")) {
        const mayHold = key.startsWith(prefix) || prefix.startsWith(key);
        if (mayHold && (key > startAfter || startAfter.startsWith(key))) yield* this.walk(key, prefix, startAfter);
      } else if (key.startsWith(prefix) && key > startAfter) {
        const found = await this.listed(key);
        if (found) yield found;
      }
    }
  }

  /** Names in a directory, those of directories with a slash: sorted so, they come as S3 sorts whole keys. */
  private async entries(at: string): Promise<string[]> {
    try {
      const entries = await readdir(join(this.root, at), { withFileTypes: true });
      return entries
        .filter((entry) => !entry.name.startsWith("."))
        .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
        .sort();
    } catch (error) {
      if (errorCode(error) === "ENOENT") return [];
      throw this.explain(error, `list ${at}`);
    }
  }

  private async listed(key: string): Promise<ObjectInfo | undefined> {
    const found = await stat(this.path(key)).catch(tolerateMissing);
    return found && { key, size: found.size, modifiedAt: found.mtimeMs };
  }

  async remove(key: string): Promise<void> {
    assertKey(key);
    try {
      await unlink(this.path(key));
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw this.explain(error, `delete ${key}`);
    }
  }

  close(): Promise<void> {
    return this.lock.close();
  }

  private path(key: string): string {
    return join(this.root, key);
  }

  /** Removes what puts that were killed have left: a draft that old belongs to nobody. */
  private async makePrivate(): Promise<void> {
    const folder = join(this.root, PRIVATE);
    makeDirectory(folder);
    for (const name of await readdir(folder)) {
      if (!name.startsWith(DRAFT)) continue;
      const file = join(folder, name);
      const found = await stat(file).catch(tolerateMissing);
      if (found && this.clock.now() - found.mtimeMs > DRAFT_IS_DEAD_MS) await unlink(file).catch(tolerateMissing);
    }
  }

  private async draft(body: Uint8Array): Promise<string> {
    const file = join(this.root, PRIVATE, `${DRAFT}${randomHex(64)}`);
    await writeDurably(file, body, 0o644);
    return file;
  }

  private explain(thrown: unknown, what: string): EdgeError {
    if (thrown instanceof EdgeError) return thrown;
    const detail = `${what} in ${this.description}: ${asError(thrown).message}`;
    switch (errorCode(thrown)) {
      case "EACCES":
      case "EPERM":
      case "EROFS":
        return new EdgeError("objects-denied", detail, {
          cause: thrown,
          remedy: "give Node-RED's user write access; the file system must have hard links",
        });
      case "ENOTDIR":
      case "EISDIR":
      case "EEXIST":
      case "ENAMETOOLONG":
        return new EdgeError("objects-refused", detail, { cause: thrown });
      default:
        return new EdgeError("objects-busy", detail, { cause: thrown });
    }
  }
}

function outcomeOf(found: HeadInfo | undefined, digest: string): PutOutcome {
  return found?.sha256 === digest ? { kind: "exists-same", etag: found.etag } : { kind: "exists-other", found };
}

/** Creates a directory so that it survives a power cut: each new one is fsynced into its parent. */
async function makeDurable(directory: string, root: string): Promise<void> {
  const first = makeDirectory(directory);
  if (first === undefined) return;
  for (let at = directory; ; at = dirname(at)) {
    await syncDirectory(dirname(at));
    if (at === first || at === root) return;
  }
}
