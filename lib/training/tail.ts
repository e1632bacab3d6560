import { open, stat } from "node:fs/promises";
import { errorCode } from "../errors";

const CHUNK = 64 << 10;
/** A line that is longer is no progress. */
const LONGEST_LINE = 64 << 10;

/** Reads the lines that a file has got since the last look, in bounded portions: another process writes it. */
export class Tail {
  private offset = 0;
  private rest = "";

  constructor(private readonly file: string) {}

  /** Bytes that have been read. */
  get read(): number {
    return this.offset;
  }

  /** The whole lines of the next portion; none when there is nothing new. */
  async lines(): Promise<string[]> {
    const size = await stat(this.file).then(
      (found) => found.size,
      (error: unknown) => {
        if (errorCode(error) === "ENOENT") return 0;
        throw error;
      },
    );
    if (size <= this.offset) return [];
    const handle = await open(this.file, "r");
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(CHUNK), 0, CHUNK, this.offset);
      this.offset += bytesRead;
      // Latin-1 keeps a character that the portion's end cuts in two; JSON of the trainer is ASCII or is decoded below.
      const parts = (this.rest + buffer.toString("latin1", 0, bytesRead)).split("\n");
      this.rest = (parts.pop() ?? "").slice(-LONGEST_LINE);
      return parts.map((line) => Buffer.from(line, "latin1").toString("utf8"));
    } finally {
      await handle.close();
    }
  }
}

/** The end of a text file: what a process said last. @param bytes at most this many */
export async function endOf(file: string, bytes: number): Promise<string> {
  try {
    const { size } = await stat(file);
    const handle = await open(file, "r");
    try {
      const from = Math.max(0, size - bytes);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, from);
      return buffer.toString("utf8", 0, bytesRead).trim();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (errorCode(error) === "ENOENT") return "";
    throw error;
  }
}
