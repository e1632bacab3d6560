/** The worker behind PictureReader. The decoder's WebAssembly comes from the package, never from a network. */
import { readFileSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import { prepareZXingModule, readBarcodes, type ReaderOptions, type ReadResult } from "zxing-wasm/reader";
import { asError } from "../errors";
import type { PictureAnswer, PictureCode, PictureRequest } from "./picture";

prepareZXingModule({
  overrides: { wasmBinary: readFileSync(require.resolve("zxing-wasm/reader/zxing_reader.wasm")).buffer },
});

/** "Plain" keeps FNC1 as GS (0x1D). Linear codes other than Code 128 and EAN are left out: a stripe pattern reads as one. */
const COMMON: ReaderOptions = {
  formats: [
    "QRCode",
    "MicroQRCode",
    "rMQRCode",
    "DataMatrix",
    "Aztec",
    "Code128",
    "EAN13",
    "EAN8",
    "UPCA",
    "DataBar",
    "DataBarExpanded",
  ],
  textMode: "Plain",
  maxNumberOfSymbols: 8,
};

async function read(bytes: Uint8Array): Promise<PictureCode[]> {
  const fast = await readBarcodes(bytes, { ...COMMON, tryHarder: false, tryRotate: false, tryInvert: false });
  // What is no image comes back as one result without a format.
  const fault = fast.find((result) => (result.format as string) === "")?.error;
  if (fault !== undefined && fault !== "") throw new Error(fault);
  const found = fast.some((result) => result.isValid)
    ? fast
    : await readBarcodes(bytes, { ...COMMON, tryHarder: true });
  return found
    .filter((result) => result.isValid)
    .toSorted(byPlace)
    .map((result) => ({ text: result.text, symbology: result.symbologyIdentifier }));
}

function byPlace(a: ReadResult, b: ReadResult): number {
  return a.position.topLeft.y - b.position.topLeft.y || a.position.topLeft.x - b.position.topLeft.x;
}

function answer(message: PictureAnswer): void {
  parentPort?.postMessage(message);
}

parentPort?.on("message", ({ id, bytes }: PictureRequest) => {
  read(bytes).then(
    (codes) => answer({ id, codes }),
    (error: unknown) => answer({ id, fault: asError(error).message }),
  );
});
