/**
 * Pictures to codes: QR code, DataMatrix, Code 128 and what else the decoder knows, in a worker thread, because a picture of
 * a few megapixels takes as long as hundreds of lookups. The worker starts with the first picture.
 */
import { Worker } from "node:worker_threads";
import type { Clock } from "../clock";
import { EdgeError } from "../errors";

export interface PictureCode {
  readonly text: string;
  /** AIM symbology identifier: "]d2". */
  readonly symbology: string;
}

export type PictureRequest = { readonly id: number; readonly bytes: Uint8Array };
export type PictureAnswer = { readonly id: number } & (
  { readonly codes: readonly PictureCode[] } | { readonly fault: string }
);

const MAX_BYTES = 32 * 1024 * 1024;
const MAX_PIXELS = 50_000_000;
const MAX_WAITING = 8;
const DECODE_MS = 5_000;

type Format = "png" | "jpeg" | "gif" | "bmp" | "webp" | "tiff";

/** What kind of picture the bytes start as, or undefined when they are no picture. */
export function pictureFormat(bytes: Uint8Array): Format | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 32));
  if (head.length < 8) return undefined;
  if (head.readUInt32BE(0) === 0x89504e47 && head.readUInt32BE(4) === 0x0d0a1a0a) return "png";
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return "jpeg";
  const text = head.toString("latin1");
  if (text.startsWith("GIF87a") || text.startsWith("GIF89a")) return "gif";
  if (text.startsWith("RIFF") && text.startsWith("WEBP", 8)) return "webp";
  if (text.startsWith("II*\0") || text.startsWith("MM\0*")) return "tiff";
  // "BM" alone may begin a scanned text: the file's own size must agree.
  if (text.startsWith("BM") && head.readUInt32LE(2) === bytes.length) return "bmp";
  return undefined;
}

/** Width times height as the header says, or 0 where it does not say: a small file may unpack to gigabytes. */
export function pixels(format: Format, bytes: Uint8Array): number {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  switch (format) {
    case "png":
      return view.length < 24 ? 0 : view.readUInt32BE(16) * view.readUInt32BE(20);
    case "gif":
      return view.readUInt16LE(6) * (view.length < 10 ? 0 : view.readUInt16LE(8));
    case "bmp":
      return view.length < 26 ? 0 : Math.abs(view.readInt32LE(18) * view.readInt32LE(22));
    case "jpeg":
      return jpegPixels(view);
    case "webp":
    case "tiff":
    default:
      return 0;
  }
}

/** Walks the segments to the start of frame (ITU-T T.81, B.2.2). */
function jpegPixels(view: Buffer): number {
  let at = 2;
  while (at + 9 < view.length && view[at] === 0xff) {
    const marker = view[at + 1] as number;
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return view.readUInt16BE(at + 5) * view.readUInt16BE(at + 7);
    }
    at += 2 + view.readUInt16BE(at + 2);
  }
  return 0;
}

interface Job {
  readonly resolve: (codes: readonly PictureCode[]) => void;
  readonly reject: (error: EdgeError) => void;
  readonly cancel: () => void;
}

export class PictureReader {
  private worker: Worker | undefined;
  private readonly jobs = new Map<number, Job>();
  private nextId = 1;

  constructor(private readonly clock: Clock) {}

  /**
   * The code in a picture: a GS1 symbol before others, then the topmost.
   * @throws EdgeError `picture-unreadable`, `picture-no-code`, `picture-too-large`, `picture-busy`
   */
  async read(bytes: Uint8Array): Promise<PictureCode> {
    const format = pictureFormat(bytes);
    if (format === undefined || format === "webp" || format === "tiff") {
      throw new EdgeError(
        "picture-unreadable",
        `a ${format ?? "picture of this kind"} cannot be read: send PNG, JPEG, GIF or BMP`,
      );
    }
    const size = pixels(format, bytes);
    if (bytes.length > MAX_BYTES || size > MAX_PIXELS) {
      throw new EdgeError(
        "picture-too-large",
        `the picture has ${bytes.length} bytes and ${size} pixels, limits ${MAX_BYTES} and ${MAX_PIXELS}`,
      );
    }
    if (this.jobs.size >= MAX_WAITING)
      throw new EdgeError("picture-busy", `${this.jobs.size} pictures wait already: this one was not read`);
    const codes = await this.decode(bytes);
    const best =
      codes.find(({ symbology }) => symbology === "]d2" || symbology === "]Q3" || symbology === "]C1") ?? codes[0];
    if (best === undefined) throw new EdgeError("picture-no-code", "no code was found in the picture");
    return best;
  }

  async close(): Promise<void> {
    this.abandon(new EdgeError("picture-unreadable", "the node was closed"));
    await this.stop();
  }

  private decode(bytes: Uint8Array): Promise<readonly PictureCode[]> {
    const worker = (this.worker ??= this.start());
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      const cancel = this.clock.after(DECODE_MS, () => {
        this.abandon(new EdgeError("picture-unreadable", `the picture was not read within ${DECODE_MS} ms`));
        void this.stop();
      });
      this.jobs.set(id, { resolve, reject, cancel });
      worker.ref();
      const request: PictureRequest = { id, bytes };
      worker.postMessage(request);
    });
  }

  private start(): Worker {
    const worker = new Worker(require.resolve("./picture-worker"), { resourceLimits: { maxOldGenerationSizeMb: 256 } });
    worker.on("message", (answer: PictureAnswer) => {
      const job = this.jobs.get(answer.id);
      if (!job) return;
      this.jobs.delete(answer.id);
      if (this.jobs.size === 0) worker.unref();
      job.cancel();
      if ("codes" in answer) job.resolve(answer.codes);
      else job.reject(new EdgeError("picture-unreadable", `the picture cannot be read: ${answer.fault}`));
    });
    worker.on("error", (error) => this.lost(worker, error.message));
    worker.on("exit", () => this.lost(worker, "the decoder ended"));
    return worker;
  }

  private lost(worker: Worker, why: string): void {
    if (this.worker !== worker) return;
    this.worker = undefined;
    this.abandon(new EdgeError("picture-unreadable", `the picture cannot be read: ${why}`));
  }

  private abandon(error: EdgeError): void {
    const jobs = [...this.jobs.values()];
    this.jobs.clear();
    for (const job of jobs) {
      job.cancel();
      job.reject(error);
    }
  }

  private async stop(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }
}
