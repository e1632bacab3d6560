import assert from "node:assert/strict";
import { soakPlant } from "../soak/plant/run";

/** Half a minute of what `npm run soak -- plant` does for ten. */
describe("eight machines under fault switches", function () {
  this.timeout(180_000);

  it("what is kept agrees with the plant's own record, and each gap is explained", async () => {
    const report = await soakPlant({ seconds: 25, seed: 7, say: () => undefined });
    assert.deepEqual(report.complaints.slice(0, 10), []);
    assert.ok(report.faults >= 8, `${report.faults} faults were set`);
    assert.ok(report.explained > 0, "faults were felt");
  });
});
