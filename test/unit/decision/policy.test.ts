import assert from "node:assert/strict";
import { ManualClock } from "../../../lib/clock";
import { LabelBook } from "../../../lib/decision/labels";
import { LimitTable, PRESET_LIMITS, type LimitRow } from "../../../lib/decision/limits";
import { judge, levelOf, type PolicyInput } from "../../../lib/decision/policy";
import type { Quality, SensorData } from "../../../lib/messages";
import { CONTEXT, LABELS, fusion, prediction, sample } from "./support";

const settings = { threshold: 0.8, releaseBelow: 0.7 };
const labels = new LabelBook(LABELS, "normal");

function input(
  label: string | null,
  confidence?: number,
  data: SensorData = {},
  quality: Partial<Record<string, Quality>> = {},
): PolicyInput {
  return {
    prediction: prediction(label, confidence),
    unusable: undefined,
    context: CONTEXT,
    sensorData: sample(null, undefined, { sensor_data: data }).sensor_data as SensorData,
    channels: fusion(quality).channels,
  };
}

const judged = (of: PolicyInput, book = labels, limits = new LimitTable(PRESET_LIMITS)) =>
  judge(of, settings, book, limits);

describe("policy: what the model says", () => {
  const table: [label: string | null, confidence: number | undefined, said: string, stratum: string][] = [
    ["bearing_wear", 0.81, "alert", "alert_model"],
    ["other", 0.81, "alert", "alert_model"],
    ["normal", 0.81, "normal", "normal"],
    ["bearing_wear", 0.8, "review", "review"],
    ["other", 0.8, "review", "review"],
    ["normal", 0.8, "review", "review"],
    ["bearing_wear", 0.2, "review", "review"],
    ["normal", Number.NaN, "review", "review"],
    [null, undefined, "unjudged", "unjudged"],
  ];
  for (const [label, confidence, said, stratum] of table) {
    it(`${label} at ${confidence} is ${said}`, () => {
      const result = judged(input(label, confidence));
      assert.equal(result.said, said);
      assert.equal(result.stratum, stratum);
      assert.equal(result.conditions.length, said === "alert" ? 1 : 0);
      assert.ok(result.reasons.length > 0, "every judgement says why");
    });
  }

  it("takes severity and action from the model's manifest", () => {
    const [condition] = judged(input("motor_overload", 0.9)).conditions;
    assert.deepEqual([condition?.severity, condition?.action], ["critical", "Reduce the load."]);
  });

  it("takes any label but the normal one for a severe fault when no labels are declared", () => {
    const undeclared = new LabelBook(undefined, "ok");
    assert.equal(judged(input("ok", 0.9), undeclared).said, "normal");
    const fault = judged(input("normal", 0.9), undeclared);
    assert.equal(fault.said, "alert");
    assert.equal(fault.conditions[0]?.severity, "high");
  });

  it("never takes a label that the manifest does not declare for harmless", () => {
    assert.equal(judged(input("bearing_ware", 0.9)).said, "alert");
  });

  it("says why a sample is not judged", () => {
    const fault = { ...prediction(null), fault: { code: "model-none", message: "collect only" } };
    assert.deepEqual(judged({ ...input(null), prediction: fault }).reasons, ["not judged: model-none: collect only"]);
    const unusable = { code: "stale", channel: "temperature", reason: "temperature is stale" };
    const noPrediction = { ...input(null), prediction: undefined };
    assert.deepEqual(judged({ ...noPrediction, unusable }).reasons, ["not judged: stale: temperature is stale"]);
    assert.deepEqual(judged(noPrediction).reasons, ["not judged: no prediction"]);
  });
});

const over = (operator: LimitRow["operator"], value: number): boolean => {
  const row: LimitRow = { channel: "current", operator, value: 10, severity: "low", action: "", deadband: 0 };
  return judged(input("normal", 0.9, { current: value }), labels, new LimitTable([row])).conditions.length === 1;
};

describe("policy: limits", () => {
  const hot = { temperature: 96 };

  for (const [label, confidence] of [
    ["normal", 0.99],
    ["normal", 0.5],
    ["bearing_wear", 0.9],
    [null, undefined],
  ] as const) {
    it(`alert whatever the model says: ${label} at ${confidence}`, () => {
      const { conditions, said } = judged(input(label, confidence, hot));
      const limit = conditions.find((condition) => condition.source === "limit");
      assert.equal(limit?.label, "limit:temperature");
      assert.equal(limit.severity, "critical");
      assert.equal(conditions.length, said === "alert" ? 2 : 1);
    });
  }

  it("count as the model's alert where the model alerts too, else as the limit's", () => {
    assert.equal(judged(input("bearing_wear", 0.9, hot)).stratum, "alert_model");
    assert.equal(judged(input("normal", 0.9, hot)).stratum, "alert_limit");
    assert.equal(judged(input(null, undefined, hot)).stratum, "alert_limit");
  });

  it("are findings, each row, beside the model's own when it alerts", () => {
    const found = judged(input("bearing_wear", 0.9, hot)).findings;
    const limit = { kind: "limit", label: "limit:temperature", channel: "temperature", value: 96 };
    assert.deepEqual(found, [
      { kind: "model", label: "bearing_wear", value: 0.9, limit: 0.8, severity: "high" },
      { ...limit, limit: 85, severity: "medium" },
      { ...limit, limit: 95, severity: "critical" },
    ]);
    assert.deepEqual(judged(input("bearing_wear", 0.5)).findings, []);
    assert.deepEqual(judged(input("normal", 0.9)).findings, []);
  });

  it("alert with another channel bad and the sample unusable", () => {
    const unusable = { code: "channel-bad", channel: "current", reason: "current is bad" };
    const result = judged({ ...input(null, undefined, hot, { current: "bad" }), unusable });
    assert.equal(result.conditions.length, 1);
  });

  it("two rows of one channel are one condition, as severe as the worse", () => {
    const warned = judged(input("normal", 0.9, { temperature: 90 })).conditions;
    assert.deepEqual(
      warned.map(({ label, severity }) => [label, severity]),
      [["limit:temperature", "medium"]],
    );
    const critical = judged(input("normal", 0.9, hot)).conditions;
    assert.equal(critical.length, 1);
    assert.deepEqual(critical[0]?.limits, [{ channel: "temperature", value: 96, limit: 95 }], "the worse limit, once");
  });

  for (const quality of ["bad", "stale", "missing", "uncertain"] as const) {
    it(`do not believe a channel that is ${quality}, however high it reads`, () => {
      assert.equal(judged(input("normal", 0.9, { temperature: 2000 }, { temperature: quality })).conditions.length, 0);
    });
  }

  it("do not take null, NaN or Infinity for a reading", () => {
    for (const value of [null, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.equal(judged(input("normal", 0.9, { temperature: value as number })).conditions.length, 0);
    }
  });

  it("are strict or not, from above or below, as their operator says", () => {
    const table = [9, 10, 11].map((value) =>
      ([">", ">=", "<", "<="] as const).map((operator) => over(operator, value)),
    );
    assert.deepEqual(table, [
      [false, false, true, true],
      [false, true, false, true],
      [true, true, false, false],
    ]);
  });

  it("guard a window feature by its channel's quality", () => {
    const row: LimitRow = {
      channel: "current.rms",
      operator: ">",
      value: 10,
      severity: "low",
      action: "",
      deadband: 0,
    };
    const data = { "current.rms": 11 };
    assert.equal(judged(input("normal", 0.9, data), labels, new LimitTable([row])).conditions.length, 1);
    const bad = input("normal", 0.9, data, { current: "bad" });
    assert.equal(judged(bad, labels, new LimitTable([row])).conditions.length, 0);
  });

  it("that have nothing to compare with are skipped, and that is said once", () => {
    const limits = new LimitTable(PRESET_LIMITS);
    const poor = { ...input("normal", 0.9, hot), context: { product: "new", thresholds: { temp_critical: "95" } } };
    const first = judged(poor, labels, limits).reasons.slice(1);
    assert.deepEqual(first, [
      "limit temperature > thresholds.temp_warning is not guarded: no thresholds.temp_warning in the context",
      "limit temperature > thresholds.temp_critical is not guarded: thresholds.temp_critical in the context is not a number",
      "limit vibration_x > thresholds.vibration_max is not guarded: no thresholds.vibration_max in the context",
      "limit vibration_y > thresholds.vibration_max is not guarded: no thresholds.vibration_max in the context",
    ]);
    assert.equal(judged(poor, labels, limits).reasons.length, 1, "not with every sample");
    assert.equal(limits.unguarded.summary().what.length, 3, "but the status goes on saying it");
    judged(input("normal", 0.9), labels, limits);
    assert.deepEqual(limits.unguarded.summary(), { limits: 0, what: [] });
    assert.equal(judged(poor, labels, limits).reasons.length, 5, "and again when it starts again");
  });

  it("of a channel that is not good are not guarded, and that is said once with why", () => {
    const row: LimitRow = { channel: "current", operator: ">", value: 10, severity: "low", action: "", deadband: 0 };
    const limits = new LimitTable([row]);
    const because = (quality: Quality, reason?: string): PolicyInput => {
      const of = input("normal", 0.9, {}, { current: quality });
      const state = { ...of.channels["current"], ...(reason !== undefined && { reason }) };
      return { ...of, channels: { ...of.channels, current: state } };
    };
    const said = (of: PolicyInput) => judged(of, labels, limits).reasons.slice(1);
    assert.deepEqual(said(because("bad", 'current is bad: its unit is "x", the channel\'s is "A"')), [
      'limit current > 10 is not guarded: current is bad (its unit is "x", the channel\'s is "A")',
    ]);
    assert.deepEqual(limits.unguarded.summary(), { limits: 1, what: ["current"] });
    assert.deepEqual(said(because("bad", "current is bad: null is not a value")), [], "said already");
    assert.deepEqual(said(because("stale", "current is stale: 4,200 ms old, limit 2,000 ms")), [
      "limit current > 10 is not guarded: current is stale (4,200 ms old, limit 2,000 ms)",
    ]);
    assert.deepEqual(said(because("stale", "current is stale: 4,300 ms old, limit 2,000 ms")), [], "an age is no news");
    assert.deepEqual(said(because("uncertain")), ["limit current > 10 is not guarded: current is uncertain"]);
    assert.deepEqual(said(input("normal", 0.9, { current: null })), [
      "limit current > 10 is not guarded: current has no value",
    ]);
    judged(input("normal", 0.9), labels, limits);
    assert.deepEqual(limits.unguarded.summary(), { limits: 0, what: [] });
  });

  it("tell assets apart: one that is guarded does not hide one that is not", () => {
    const limits = new LimitTable(PRESET_LIMITS);
    const bad = { ...input("normal", 0.9, {}, { vibration_x: "bad" }), asset: "motor-1" };
    const good = { ...input("normal", 0.9), asset: "motor-2" };
    assert.equal(judged(bad, labels, limits).reasons.length, 2);
    judged(good, labels, limits);
    assert.deepEqual(limits.unguarded.summary(), { limits: 1, what: ["vibration_x"] });
    assert.equal(judged(bad, labels, limits).reasons.length, 1, "nor makes it news again");
    for (let i = 0; i < 3000; i++) judged({ ...bad, asset: `asset-${i}` }, labels, limits);
    assert.deepEqual(limits.unguarded.summary(), { limits: 1, what: ["vibration_x"] });
  });

  it("of a scan that no asset could be told for do not stay unguarded for ever, and are named", () => {
    const clock = new ManualClock();
    const limits = new LimitTable(PRESET_LIMITS.slice(0, 2), clock);
    const { context: _, ...lost } = { ...input("normal", 0.9), asset: "unassigned" };
    const see = (of: object) => judged(of as PolicyInput, labels, limits);
    assert.deepEqual([...limits.unguarded.causes()], [], "of assets without a sample nothing is told");
    see(lost);
    const cause =
      "temperature > thresholds.temp_warning, temperature > thresholds.temp_critical not guarded: no context";
    assert.deepEqual([...limits.unguarded.causes()], [{ asset: "unassigned", cause }]);
    see({ ...input("normal", 0.9), asset: "motor-1" });
    assert.deepEqual([...limits.unguarded.causes()], [], "a guarded sample of any asset ends it");
    see(lost);
    clock.advance(59_000);
    see(lost);
    clock.advance(59_000);
    assert.equal(limits.unguarded.summary().limits, 2);
    assert.equal(limits.unguarded.settlesInMs(), 1_000);
    see({ ...lost, asset: "motor-2" });
    clock.advance(1_000);
    assert.deepEqual(
      [...limits.unguarded.causes()].map(({ asset }) => asset),
      ["motor-2"],
      "a real asset's gap lasts",
    );
    assert.equal(limits.unguarded.settlesInMs(), undefined);
  });

  it("never read what a context inherits", () => {
    const limits = new LimitTable([{ ...PRESET_LIMITS[0], value: "constructor.length" }]);
    assert.equal(judged(input("normal", 0.9, hot), labels, limits).conditions.length, 0);
  });
});

describe("policy: when an alarm no longer holds", () => {
  const limits = new LimitTable(PRESET_LIMITS);
  const level = (label: string, of: PolicyInput) => levelOf(label, of, settings, limits);

  it("a fault holds between the thresholds and is off below 0.7", () => {
    assert.equal(level("bearing_wear", input("bearing_wear", 0.75)), "hold");
    assert.equal(level("bearing_wear", input("bearing_wear", 0.7)), "hold");
    assert.equal(level("bearing_wear", input("bearing_wear", 0.69)), "off");
    assert.equal(level("bearing_wear", input("normal", 0.99)), "off");
  });

  it("a sample that is not judged says nothing of a fault, a bad channel nothing of a limit", () => {
    assert.equal(level("bearing_wear", input(null)), "unknown");
    assert.equal(level("limit:temperature", input(null)), "off");
    assert.equal(level("limit:temperature", input("normal", 0.9, {}, { temperature: "stale" })), "unknown");
    assert.equal(level("limit:temperature", { ...input("normal", 0.9), context: undefined }), "unknown");
  });

  it("a limit holds within its deadband", () => {
    assert.equal(level("limit:temperature", input("normal", 0.9, { temperature: 84 })), "hold");
    assert.equal(level("limit:temperature", input("normal", 0.9, { temperature: 82.9 })), "off");
  });
});
