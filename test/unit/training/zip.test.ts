import assert from "node:assert/strict";
import * as fc from "fast-check";
import { EdgeError } from "../../../lib/errors";
import { readZip } from "../../../lib/training/zip";
import { zipOf } from "../../support/zip";

const report = JSON.stringify({ gates: [], text: "é".repeat(500) });
const files = { "report.json": report, "../../etc/passwd": "x", "report.html": "<p>" };

describe("an archive of artefacts", () => {
  for (const how of ["stored", "deflated"] as const) {
    it(`gives the files that are asked for, ${how}, and looks at no other`, () => {
      const found = readZip(zipOf(files, how), ["report.json", "report.html", "not there"], 10_000);
      assert.deepEqual([...found.keys()], ["report.json", "report.html"]);
      assert.equal(found.get("report.json")?.toString("utf8"), report);
    });
  }

  it("refuses what unpacks to more than it may, a bomb too", () => {
    assert.throws(
      () => readZip(zipOf(files), ["report.json"], 100),
      /report.json has 1\d\d\d bytes unpacked, limit 100/,
    );
    const bomb = zipOf({ "report.json": Buffer.alloc(20 << 20) });
    // Whose directory says that it is small.
    bomb.writeUInt32LE(10, bomb.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2])) + 24);
    assert.throws(() => readZip(bomb, ["report.json"], 1 << 20), /report.json cannot be unpacked/);
  });

  it("is refused whatever is damaged, and never breaks the reader", () => {
    const archive = zipOf(files);
    const names = Object.keys(files);
    fc.assert(
      fc.property(fc.nat(archive.byteLength - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, flip, cut) => {
        const bytes = Buffer.from(cut ? archive.subarray(0, at) : archive);
        if (!cut) bytes.writeUInt8((bytes[at] ?? 0) ^ flip, at);
        try {
          for (const [name, body] of readZip(bytes, names, 1 << 20))
            assert.equal(body.toString("utf8"), files[name as keyof typeof files]);
        } catch (error) {
          assert.ok(error instanceof EdgeError && error.code === "zip", String(error));
        }
      }),
      { numRuns: 400 },
    );
  });
});
