import { closeSync, fsyncSync, openSync, statSync, truncateSync, writeSync } from "node:fs";
import { errorCode } from "../errors";

const CHUNK = Buffer.alloc(1 << 20);

/**
 * Disk space set aside. On a full disk even deleting from a database needs room (its log grows first); letting go of the
 * ballast makes that room, and as long as it cannot be taken again the disk counts as full.
 */
export class Ballast {
  constructor(
    private readonly file: string,
    private readonly bytes: number,
  ) {}

  /** True when the space is set aside, now or already. */
  hold(): boolean {
    if ((statSync(this.file, { throwIfNoEntry: false })?.size ?? 0) >= this.bytes) return true;
    try {
      this.write();
      return true;
    } catch (error) {
      if (!["ENOSPC", "EDQUOT"].includes(errorCode(error))) throw error;
      this.release();
      return false;
    }
  }

  private write(): void {
    const handle = openSync(this.file, "w");
    try {
      for (let left = this.bytes; left > 0;) left -= writeSync(handle, CHUNK, 0, Math.min(left, CHUNK.byteLength));
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  }

  release(): void {
    if (statSync(this.file, { throwIfNoEntry: false })) truncateSync(this.file, 0);
  }
}
