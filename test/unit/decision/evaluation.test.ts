import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { DESIGNED_DRAW, draw } from "../../../lib/decision/evaluation";
import { uuidv7 } from "../../../lib/ids";
import type { Stratum } from "../../../lib/messages";

const settings = { salt: "install-1", probability: DESIGNED_DRAW, hiddenShare: 0.15 };

const drawnWith = (salt: string, ids: readonly string[]) =>
  ids.map((id) => draw(id, "alert_model", { ...settings, salt }) !== null);

describe("evaluation draw", () => {
  const N = 20_000;
  const ids = Array.from({ length: N }, (_, i) => uuidv7(1_700_000_000_000 + i));

  for (const [stratum, p] of Object.entries(DESIGNED_DRAW) as [Stratum, number][]) {
    it(`draws ${stratum} with probability ${p}`, () => {
      const drawn = ids.map((id) => draw(id, stratum, settings)).filter((item) => item !== null);
      const sigma = Math.sqrt((p * (1 - p)) / N);
      assert.ok(Math.abs(drawn.length / N - p) <= 5 * sigma, `${drawn.length} of ${N}`);
      assert.ok(drawn.every((item) => item.probability === p && item.stratum === stratum));
      if (drawn.length < 400) return;
      const hidden = drawn.filter((item) => item.hidden).length / drawn.length;
      assert.ok(Math.abs(hidden - 0.15) <= 5 * Math.sqrt((0.15 * 0.85) / drawn.length), `${hidden} are hidden`);
    });
  }

  it("is the same whenever it is asked, and another with another salt", () => {
    assert.deepEqual(drawnWith("a", ids), drawnWith("a", ids));
    assert.notDeepEqual(drawnWith("a", ids), drawnWith("b", ids));
  });

  it("is SHA-256(salt ‖ 0x00 ‖ id) read as a big-endian fraction, as the trainer computes it", () => {
    for (const id of ids.slice(0, 200)) {
      const digest = createHash("sha256")
        .update("install-1")
        .update(Buffer.from([0]))
        .update(id)
        .digest();
      const fraction = Number(digest.readBigUInt64BE(0)) / 2 ** 64;
      assert.equal(draw(id, "alert_model", settings) !== null, fraction < 0.2);
    }
  });

  it("nests: what is drawn at a low probability is drawn at a higher one", () => {
    for (const id of ids.slice(0, 5000)) {
      if (draw(id, "normal", settings)) assert.ok(draw(id, "review", settings));
    }
  });
});
