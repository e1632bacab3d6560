import assert from "node:assert/strict";
import * as fc from "fast-check";
import { AssetTable } from "../../../lib/assets";
import { ManualClock } from "../../../lib/clock";
import { buildLdo } from "../../../lib/ldo/build";
import { LdoKeeper } from "../../../lib/ldo/keeper";
import { ldoLine } from "../../../lib/ldo/line";
import { checkLdo } from "../../../lib/ldo/validate";
import type { EdgeMessage, Fusion, Ldo } from "../../../lib/messages";
import type { Spool } from "../../../lib/storage/spool";
import { SOURCE, judged } from "./support";

const STAMP = { synced: true, skew_ms: 12, boot: { id: "b0", ms: 4_000 } };
const KEPT_AT = { wallMs: Date.UTC(2026, 0, 1, 0, 0, 0, 30), clock: STAMP, steadyForMs: Infinity };
const WATCH = { stamp: () => STAMP, steadyForMs: Infinity };

function ldoOf(message: EdgeMessage, source = {}): Ldo {
  return buildLdo(message, message.fusion as Fusion, { ...SOURCE, ...source }, KEPT_AT);
}

const coded = (code: string, words: RegExp) => (error: Error & { code?: string }) => {
  assert.equal(error.code, code);
  assert.match(error.message, words);
  return true;
};

describe("labeled data object", () => {
  it("names the asset as every node does: its own, else by reader, context, topic, or the only one", () => {
    const readers = ["gate"];
    const assets = new AssetTable([
      { id: "press-1", line: "line-3", station: "", readers },
      { id: "press-2", line: "", station: "", readers: [] },
    ]);
    const of = (more: object): unknown[] => {
      const { asset_id, line } = ldoOf(judged({ asset: undefined as never, ...more }), { assets });
      return [asset_id, line];
    };
    const { scan } = judged();
    assert.deepEqual(of({ asset: "press-1" }), ["press-1", "line-3"]);
    assert.deepEqual(of({ scan: { ...scan, reader: "gate" }, topic: "press-2" }), ["press-1", "line-3"]);
    assert.deepEqual(of({ context: { asset_id: "press-2" }, topic: "press-1" }), ["press-2", "line-1"]);
    assert.deepEqual(of({ topic: "press-1" }), ["press-1", "line-3"]);
    assert.deepEqual(of({ topic: "elsewhere" }), [null, "line-1"]);
  });

  it("holds what was scanned, sensed, judged and known", () => {
    const message = judged();
    const ldo = ldoOf(message);
    checkLdo(ldo);
    assert.deepEqual(JSON.parse(ldoLine(ldo)), {
      schema: "ldo/1",
      ldo_id: `LDO-${message.fusion?.id}`,
      timestamp: Date.UTC(2026, 0, 1) / 1000 + 0.02,
      device: "edge-1",
      install_id: SOURCE.installId,
      site: "site",
      line: "line-7",
      asset_id: "motor-1",
      run_id: message.run?.id,
      mode: "live",
      simulated: false,
      scan: message.scan,
      context: message.context,
      lookup: message.lookup,
      sensor_data: { temperature: 82 },
      sensor_quality: message.fusion?.channels,
      clock: { synced: true, skew_ms: 12, boot: { id: "b0", ms: 4_000 } },
      ai_prediction: "bearing_wear",
      ai_confidence: 0.93,
      ai_probabilities: { normal: 0.07, bearing_wear: 0.93 },
      why: [{ channel: "temperature", effect: 0.7 }],
      model: message.prediction?.model,
      backend: message.prediction?.backend,
      ground_truth_label: null,
      label_source: "none",
      decision: {
        outcome: "alert",
        reasons: ["bearing_wear at 0.93, threshold 0.8"],
        episode_id: "EP-1",
        evaluation: { stratum: "alert_model", probability: 0.2 },
      },
      mer_id: "MER-1",
      video_clip: null,
      latency_ms: { lookup: 0.25, fuse: 9.75, infer: 0.04, total: 20 },
    });
  });

  it("an unknown scan and an unusable sample leave one too", () => {
    const unusable = { code: "context-unknown", reason: "no context:A-1" };
    const { prediction: _p, decision: _d, context: _c, lookup: _l, ...bare } = judged();
    const ldo = ldoOf({ ...bare, unusable, sensor_data: { temperature: null } });
    checkLdo(ldo);
    assert.deepEqual([ldo.ai_prediction, ldo.context, ldo.decision, ldo.unusable], [null, null, null, unusable]);
  });

  it("a sample without scan counts its latency from the trigger", () => {
    const { scan: _, ...noScan } = judged();
    assert.deepEqual(ldoOf(noScan).latency_ms, { lookup: 0.25, fuse: null, infer: 0.04, total: 10 });
  });

  it("a clock that was set back gives no negative latency", () => {
    const message = judged();
    const ldo = buildLdo(message, message.fusion as Fusion, SOURCE, { ...KEPT_AT, wallMs: KEPT_AT.wallMs - 3_600_000 });
    assert.equal(ldo.latency_ms.total, 0);
  });

  it("right after a jump of the clock, what is measured with it is not known; what is not measured with it is", () => {
    const message = judged();
    const ldo = buildLdo(message, message.fusion as Fusion, SOURCE, { ...KEPT_AT, steadyForMs: 59_000 });
    assert.deepEqual(ldo.latency_ms, { lookup: 0.25, fuse: null, infer: 0.04, total: null });
  });

  it("takes the true label from the context, never from the prediction", () => {
    const known = ldoOf(judged({ context: { ground_truth_label: "normal" } }));
    assert.deepEqual(
      [known.ground_truth_label, known.label_source, known.ai_prediction],
      ["normal", "context", "bearing_wear"],
    );
    const elsewhere = ldoOf(judged({ context: { qa: { verdict: "belt" } } }), { truthField: "qa.verdict" });
    assert.equal(elsewhere.ground_truth_label, "belt");
    for (const value of ["", null, 7, {}]) {
      assert.equal(ldoOf(judged({ context: { ground_truth_label: value } })).label_source, "none");
    }
  });

  it("says that it is simulated when the message says so", () => {
    assert.equal(ldoOf(judged({ simulated: true })).simulated, true);
  });

  it("keeps whatever JSON a context holds", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (context) => {
        const ldo = ldoOf(judged({ context }));
        checkLdo(ldo);
        const kept = (JSON.parse(ldoLine(ldo)) as Ldo).context;
        assert.deepEqual(kept, JSON.parse(JSON.stringify(context)));
      }),
    );
  });
});

describe("labeled data object: what does not fit is refused with the path", () => {
  const prediction = judged().prediction as NonNullable<EdgeMessage["prediction"]>;
  const bad: [what: string, message: Partial<EdgeMessage>, words: RegExp][] = [
    ["NaN", { sensor_data: { temperature: Number.NaN } }, /\/sensor_data\/temperature must be number/],
    ["Infinity", { sensor_data: { temperature: Infinity } }, /\/sensor_data\/temperature/],
    ["a number as text", { sensor_data: { temperature: "12,5" as unknown as number } }, /\/sensor_data\/temperature/],
    ["a confidence above 1", { prediction: { ...prediction, confidence: 1.5 } }, /\/ai_confidence/],
    ["a context that is an array", { context: [] as never }, /\/context/],
    [
      "a foreign outcome",
      { decision: { outcome: "perhaps" as never, reasons: [], evaluation: null } },
      /\/decision\/outcome/,
    ],
  ];
  for (const [what, more, words] of bad) {
    it(what, () => assert.throws(() => checkLdo(ldoOf(judged(more))), coded("ldo-invalid", words)));
  }

  it("a time that is none", () => {
    const message = judged();
    (message.fusion as Fusion).at = "yesterday";
    assert.throws(() => checkLdo(ldoOf(message)), coded("ldo-invalid", /\/timestamp/));
  });

  it("a context of more than 64 kB, an object of more than 256 kB: with the numbers", () => {
    const big = ldoOf(judged({ context: { note: "ü".repeat(40_000) } }));
    assert.throws(() => ldoLine(big), coded("context-too-large", /80011 bytes, limit 65536/));
    const channels = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`channel_${i}`, i]));
    assert.throws(
      () => ldoLine(ldoOf(judged({ sensor_data: channels }))),
      coded("ldo-too-large", /\d{6} bytes, limit 262144/),
    );
    const wide = ldoOf(judged({ context: { note: "x".repeat(60_000) }, sensor_data: { a: 1 } }));
    assert.ok(ldoLine(wide).length > 60_000);
  });

  it("what JSON cannot say", () => {
    assert.throws(() => ldoLine(ldoOf(judged({ context: { serial: 1n } }))), coded("ldo-invalid", /BigInt/));
  });
});

describe("keeping objects", () => {
  const lines: { id: string; line: string; urgent: boolean | undefined }[] = [];
  const known = new Set<string>();
  const spool: Pick<Spool, "append"> = {
    append: (id, line, options) => {
      if (known.has(id)) return Promise.resolve("duplicate");
      known.add(id);
      lines.push({ id, line, urgent: options?.urgent });
      return Promise.resolve("stored");
    },
  };
  const keeper = new LdoKeeper(SOURCE, () => Promise.resolve(spool), new ManualClock(), WATCH);

  it("one sample is one object, however often it comes", async () => {
    const message = judged();
    assert.equal((await keeper.keep(message)).outcome, "stored");
    assert.equal((await keeper.keep({ ...message })).outcome, "duplicate");
  });

  it("an alert is urgent, a normal sample is not", async () => {
    await keeper.keep(judged());
    await keeper.keep(judged({ decision: { outcome: "normal", reasons: [], evaluation: null } }));
    assert.deepEqual(
      lines.slice(-2).map(({ urgent }) => urgent),
      [true, false],
    );
  });

  it("an object that is refused does not reach the disk", async () => {
    const before = lines.length;
    await assert.rejects(
      keeper.keep(judged({ sensor_data: { temperature: Number.NaN } })),
      coded("ldo-invalid", /temperature/),
    );
    await assert.rejects(keeper.keep({ payload: 1 }), coded("ldo-invalid", /output 3/));
    assert.equal(lines.length, before);
  });

  it("refuses when too many wait for the disk, and goes on when they are through", async () => {
    const gate = { open: (): void => assert.fail("not yet") };
    const slow = new Promise<"stored">((resolve) => (gate.open = () => resolve("stored")));
    const narrow = new LdoKeeper(SOURCE, () => Promise.resolve({ append: () => slow }), new ManualClock(), WATCH, 2);
    const waiting = [narrow.keep(judged()), narrow.keep(judged())];
    await assert.rejects(narrow.keep(judged()), coded("queue-full", /2 objects wait for the disk, limit 2/));
    gate.open();
    await Promise.all(waiting);
    await narrow.keep(judged());
  });
});
