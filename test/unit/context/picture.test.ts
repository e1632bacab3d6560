import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { prepareZXingModule, writeBarcode, type WriterOptions } from "zxing-wasm/writer";
import { systemClock } from "../../../lib/clock";
import { GS } from "../../../lib/context/gs1";
import { PictureReader, pictureFormat, pixels } from "../../../lib/context/picture";
import { NoRead, readScan } from "../../../lib/context/scan";
import { withCode } from "./support";

prepareZXingModule({
  overrides: { wasmBinary: readFileSync(require.resolve("zxing-wasm/writer/zxing_writer.wasm")).buffer },
});

/** A code as a camera would send it: PNG bytes. */
async function png(text: string, options: WriterOptions): Promise<Buffer> {
  const { image, error } = await writeBarcode(text, { scale: 4, addQuietZones: true, ...options });
  assert.ok(image, error);
  return Buffer.from(await image.arrayBuffer());
}

/** A 1 x 1 white GIF. */
const EMPTY_GIF = Buffer.from("R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=", "base64");

describe("a picture", () => {
  let pictures: PictureReader;
  before(() => {
    pictures = new PictureReader(systemClock);
  });
  after(() => pictures.close());

  for (const [format, symbology] of [
    ["QRCode", "]Q1"],
    ["DataMatrix", "]d1"],
    ["Code128", "]C0"],
  ] as const) {
    it(`with a ${format} is read as its text and symbology`, async () => {
      assert.deepEqual(await pictures.read(await png("B2026-11-007", { format })), { text: "B2026-11-007", symbology });
    });
  }

  it("with a GS1 DataMatrix keeps FNC1 and is GS1", async () => {
    const bytes = await png(`(01)09506000134352(10)ABC(21)S7`, { format: "DataMatrix", options: "gs1" });
    const { text, symbology } = await pictures.read(bytes);
    assert.equal(symbology, "]d2");
    assert.ok(text.includes(GS), JSON.stringify(text));
    assert.deepEqual(readScan(text, new NoRead([]), symbology).gs1, {
      gtin: "09506000134352",
      batch: "ABC",
      serial: "S7",
    });
  });

  it("without a code says so", async () => {
    await assert.rejects(pictures.read(EMPTY_GIF), withCode("picture-no-code"));
  });

  it("that is truncated is unreadable, and the next one is read all the same", async () => {
    const whole = await png("A100", { format: "QRCode" });
    await assert.rejects(
      pictures.read(whole.subarray(0, whole.length >> 1)),
      (error: Error) => withCode("picture-unreadable")(error) || withCode("picture-no-code")(error),
    );
    await assert.rejects(pictures.read(whole.subarray(0, 60)), withCode("picture-unreadable"));
    assert.equal((await pictures.read(whole)).text, "A100");
  });

  it("that would unpack to gigabytes is refused by its header", async () => {
    const bomb = await png("A100", { format: "QRCode" });
    bomb.writeUInt32BE(100_000, 16);
    bomb.writeUInt32BE(100_000, 20);
    await assert.rejects(pictures.read(bomb), withCode("picture-too-large"));
  });

  it("of a kind that the decoder does not know is unreadable", async () => {
    await assert.rejects(
      pictures.read(Buffer.from("RIFF\x10\0\0\0WEBPVP8 ", "latin1")),
      withCode("picture-unreadable"),
    );
  });

  it("is told from a scanned text", () => {
    assert.equal(pictureFormat(Buffer.from("BM-4711-2026")), undefined);
    assert.equal(pictureFormat(Buffer.from("A")), undefined);
    assert.equal(pictureFormat(EMPTY_GIF), "gif");
  });

  it("tells its size in the header of a JPEG", () => {
    const jpeg = Buffer.from("ffd8ffe000044a46ffc0001108044006a0030111000211010311 01".replace(" ", ""), "hex");
    assert.equal(pixels("jpeg", jpeg), 0x0440 * 0x06a0);
    assert.equal(pixels("jpeg", jpeg.subarray(0, 6)), 0);
  });
});
