import { createWriteStream, type WriteStream } from "node:fs";
import { isoTime } from "../clock";
import type { PlantEvent } from "./plant";

/**
 * The plant's own record of what it did, one JSON object a line per scan: the truth that LDOs can be checked against. It
 * is never sent along with a scan.
 */
export class PlantRecord {
  private readonly stream: WriteStream;

  /** Appends to `file`. @param failed told once when it cannot be written */
  constructor(file: string, failed: (error: Error) => void) {
    this.stream = createWriteStream(file, { flags: "a" });
    this.stream.once("error", failed);
  }

  /** @param atMs wall clock at which the scan left the plant */
  scanned(event: Extract<PlantEvent, { kind: "scan" }>, atMs: number): void {
    const { asset, reader, code, atS, truth } = event;
    this.stream.write(`${JSON.stringify({ at: isoTime(atMs), plant_s: atS, asset, reader, code, ...truth })}\n`);
  }

  close(): Promise<void> {
    if (this.stream.closed || this.stream.errored) return Promise.resolve();
    return new Promise((resolve) => {
      this.stream.once("close", resolve);
      this.stream.end();
    });
  }
}
