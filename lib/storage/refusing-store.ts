import type { EdgeError } from "../errors";
import type { HeadInfo, ObjectInfo, ObjectStore, PutOutcome, StoredObject } from "./object-store";
import type { RaceVerdict } from "./store-race";

/**
 * Stands where a store would, when its settings cannot work: everything is refused with the reason. Records go on into the
 * spool meanwhile, and are uploaded when somebody has mended the settings.
 */
export class RefusingStore implements ObjectStore {
  readonly description: string;

  constructor(private readonly reason: EdgeError) {
    this.description = reason.message;
  }

  put(): Promise<PutOutcome> {
    return Promise.resolve({ kind: "refused", about: "store", error: this.reason });
  }

  get(): Promise<StoredObject | undefined> {
    return Promise.reject(this.reason);
  }

  head(): Promise<HeadInfo | undefined> {
    return Promise.reject(this.reason);
  }

  // oxlint-disable-next-line require-yield
  async *list(): AsyncIterable<ObjectInfo> {
    throw await Promise.resolve(this.reason);
  }

  remove(): Promise<void> {
    return Promise.reject(this.reason);
  }

  conditionalWrites(): Promise<RaceVerdict> {
    return Promise.reject(this.reason);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
