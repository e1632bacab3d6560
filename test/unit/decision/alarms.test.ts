import assert from "node:assert/strict";
import type { AlarmSettings, Change } from "../../../lib/decision/alarm";
import type { EdgeMessage } from "../../../lib/messages";
import { Plant } from "./plant";
import { CONTEXT, MOTOR, sample } from "./support";

describe("alarms: raised, repeated, cleared", () => {
  it("a fault is delayed until 2 of 3 samples say so, then raised, then repeated", async () => {
    const plant = await Plant.start();
    assert.deepEqual(await plant.outcomes("bearing_wear", "normal", "bearing_wear", "bearing_wear"), [
      "delayed",
      "normal",
      "alert",
      "repeat",
    ]);
    assert.deepEqual(plant.events(), ["raised bearing_wear"]);
    const [{ mer }] = plant.sent as [Change];
    assert.deepEqual(
      [mer.severity, mer.action, mer.asset_id, mer.line, mer.durable],
      ["high", "Replace the bearing.", "motor-1", "line-1", true],
    );
    assert.equal(mer.evidence.count, 2, "the delayed sample counts too");
    assert.equal(plant.mer.evidence.count, 3);
  });

  it("one alert in three is not enough, however often", async () => {
    const plant = await Plant.start();
    const three = ["bearing_wear", "normal", "normal"];
    const outcomes = await plant.outcomes(...three, ...three, ...three);
    assert.deepEqual([...new Set(outcomes)], ["delayed", "normal"]);
    assert.deepEqual(plant.events(), []);
  });

  it("a sample that is not judged neither confirms a fault nor clears it", async () => {
    const plant = await Plant.start();
    assert.deepEqual(await plant.outcomes("bearing_wear", null, null, null, "bearing_wear"), [
      "delayed",
      "unjudged",
      "unjudged",
      "unjudged",
      "alert",
    ]);
    await plant.outcomes(null);
    await plant.pass(120_000);
    await plant.outcomes(null);
    assert.equal(plant.mer.active, true);
  });

  it("clears when the fault is gone for 30 s, by time alone, and stays open until a person closes it", async () => {
    const plant = await Plant.start();
    await plant.outcomes("bearing_wear", "bearing_wear", "normal");
    await plant.pass(29_000);
    assert.equal(plant.mer.active, true);
    await plant.pass(2000);
    assert.deepEqual(plant.events(), ["raised bearing_wear", "cleared bearing_wear"]);
    assert.equal(plant.mer.active, false);
    assert.ok(plant.mer.cleared_at);
  });

  it("between 0.7 and 0.8 a fault holds: the off-delay starts again", async () => {
    const plant = await Plant.start();
    await plant.outcomes("bearing_wear", "bearing_wear", "normal");
    await plant.pass(20_000);
    const held = await plant.see(sample("bearing_wear", 0.75));
    assert.equal(held.decision.outcome, "review");
    await plant.pass(60_000);
    assert.equal(plant.mer.active, true);
  });

  it("a fault that comes back is announced again, in the same record, to be acknowledged again", async () => {
    const plant = await Plant.start({ offDelayMs: 0 });
    await plant.outcomes("bearing_wear", "bearing_wear");
    await plant.command("ack", { mer_id: plant.mer.mer_id, by: "anna" });
    const outcomes = await plant.outcomes("normal", "bearing_wear", "bearing_wear");
    assert.deepEqual(outcomes, ["normal", "delayed", "alert"]);
    assert.deepEqual(
      plant.sent.map(({ event }) => event),
      ["raised", "acknowledged", "cleared", "raised"],
    );
    assert.equal(new Set(plant.sent.map(({ mer }) => mer.mer_id)).size, 1);
    assert.equal(plant.mer.acknowledged, null);
    assert.equal(plant.mer.cleared_at, undefined);
    assert.equal(plant.mer.evidence.count, 4);
  });

  it("one bout is one episode, delayed samples included; the next is another", async () => {
    const plant = await Plant.start({ offDelayMs: 0 });
    const episodes: (string | undefined)[] = [];
    for (const label of ["bearing_wear", "bearing_wear", "bearing_wear", "normal", "bearing_wear"]) {
      episodes.push((await plant.see(sample(label))).decision.episode_id);
    }
    assert.ok(episodes[0]);
    assert.deepEqual(episodes.slice(0, 4), [episodes[0], episodes[0], episodes[0], undefined]);
    assert.ok(episodes[4] && episodes[4] !== episodes[0]);
  });

  it("each asset and each fault has an alarm of its own", async () => {
    const plant = await Plant.start({ model: { n: 1, m: 1 } });
    const second = { asset: { ...MOTOR, id: "motor-2" } };
    for (const more of [{}, second, {}, second]) await plant.see(sample("bearing_wear", 0.9, more));
    await plant.see(sample("other", 0.9));
    assert.deepEqual(
      plant.book
        .open()
        .map(({ asset_id, label }) => `${asset_id} ${label}`)
        .sort(),
      ["motor-1 bearing_wear", "motor-1 other", "motor-2 bearing_wear"],
    );
  });

  it("counts are announced at most once a minute", async () => {
    const plant = await Plant.start({ model: { n: 1, m: 1 } });
    for (let i = 0; i < 130; i++) {
      await plant.see(sample("bearing_wear"));
      await plant.pass(1000);
    }
    assert.deepEqual(
      plant.sent.map(({ event, mer }) => [event, mer.evidence.count]),
      [
        ["raised", 1],
        ["updated", 61],
        ["updated", 121],
      ],
    );
  });

  it("a sample that comes over two wires is judged once", async () => {
    const plant = await Plant.start();
    const message = sample("bearing_wear");
    assert.ok(plant.decider.decide(message));
    assert.equal(plant.decider.decide({ ...message }), undefined);
    assert.equal(plant.decider.counts.duplicates, 1);
    assert.equal(
      plant.decider.decide({ topic: "motor-1/temperature", unusable: { code: "stale", reason: "…" } }),
      undefined,
    );
    assert.equal(plant.decider.counts.notices, 1);
  });
});

describe("alarms: limits", () => {
  const hot = { sensor_data: { temperature: 90 } };
  const tooHot = { sensor_data: { temperature: 96 } };

  it("a label that is no text is refused, and leaves nothing behind", async () => {
    const plant = await Plant.start({ model: { n: 1, m: 1 } });
    for (const prediction of [{ label: 7, confidence: 0.95 }, { confidence: 0.95 }, "bearing_wear", []]) {
      const wrong = { ...sample(null), prediction } as unknown as EdgeMessage;
      assert.throws(() => plant.decider.decide(wrong), { code: "sample-invalid", message: /msg\.prediction\.label/ });
    }
    assert.deepEqual(await plant.outcomes("bearing_wear", "normal"), ["alert", "normal"]);
  });

  it("a limit alerts at once, whatever the model says, also with no model", async () => {
    const plant = await Plant.start();
    const unusable = { code: "model-none", reason: "collect only" };
    const decided = await plant.see(sample(null, undefined, { ...tooHot, unusable }));
    assert.equal(decided.decision.outcome, "alert");
    assert.deepEqual(
      plant.mer.evidence.limits.map(({ limit }) => limit),
      [95],
    );
    assert.equal(plant.mer.evidence.confidence, null);
  });

  it("the record keeps the worst that was seen, and names the latest sample", async () => {
    const plant = await Plant.start();
    const worst = async (temperature: number): Promise<unknown[]> => {
      const message = sample("normal", 0.9, { sensor_data: { temperature } });
      await plant.see(message);
      const { limits, last_ldo_id } = plant.mer.evidence;
      assert.equal(last_ldo_id, `LDO-${message.fusion?.id}`);
      return limits.map(({ value, limit }) => [value, limit]);
    };
    assert.deepEqual(await worst(86), [[86, 85]]);
    assert.deepEqual(await worst(90), [[90, 85]]);
    assert.deepEqual(await worst(96), [[96, 95]], "a more severe limit goes before a larger excess");
    assert.deepEqual(await worst(110), [[110, 95]]);
    assert.deepEqual(await worst(97), [[110, 95]]);
    assert.deepEqual(await worst(86), [[110, 95]], "also while only the warning is left");
  });

  it("the record keeps the worst also of the samples that were only delayed", async () => {
    const plant = await Plant.start({ limit: { n: 2, m: 3 } });
    await plant.see(sample("normal", 0.9, { sensor_data: { temperature: 94 } }));
    await plant.see(sample("normal", 0.9, hot));
    assert.deepEqual(plant.mer.evidence.limits, [{ channel: "temperature", value: 94, limit: 85 }]);
  });

  it("a limit has an N of M of its own; a critical one never waits", async () => {
    const plant = await Plant.start({ limit: { n: 3, m: 3 } });
    assert.equal((await plant.see(sample("normal", 0.9, hot))).decision.outcome, "delayed");
    assert.equal((await plant.see(sample("normal", 0.9, tooHot))).decision.outcome, "alert");
    assert.equal(plant.mer.severity, "critical");
  });

  it("a worse limit is announced at once and has to be acknowledged again", async () => {
    const plant = await Plant.start();
    await plant.see(sample("normal", 0.9, hot));
    await plant.command("ack", { asset: "motor-1", label: "limit:temperature", by: "anna" });
    const decided = await plant.see(sample("normal", 0.9, tooHot));
    assert.equal(decided.decision.outcome, "alert");
    assert.deepEqual(
      plant.sent.map(({ event }) => event),
      ["raised", "acknowledged", "updated"],
    );
    assert.deepEqual([plant.mer.severity, plant.mer.acknowledged], ["critical", null]);
    await plant.see(sample("normal", 0.9, hot));
    assert.equal(plant.mer.severity, "critical", "and stays as bad as it was while it is open");
  });

  it("a doubtful sample goes to review, also under a limit's alert", async () => {
    const plant = await Plant.start();
    const decided = await plant.see(sample("normal", 0.5, tooHot));
    assert.equal(decided.decision.outcome, "alert");
    assert.equal(decided.review?.stream, "learning");
  });

  it("a limit with no threshold in the context leaves the alarm as it is", async () => {
    const plant = await Plant.start({ offDelayMs: 0 });
    await plant.see(sample("normal", 0.9, tooHot));
    await plant.see(sample("normal", 0.9, { context: { product: "unknown" } }));
    assert.equal(plant.mer.active, true);
    await plant.see(sample("normal", 0.9, { context: CONTEXT }));
    assert.equal(plant.mer.active, false);
  });
});

const withFault = async (alarms: Partial<AlarmSettings> = {}): Promise<Plant> => {
  const plant = await Plant.start({ model: { n: 1, m: 1 }, ...alarms });
  await plant.see(sample("bearing_wear"));
  return plant;
};

describe("alarms: what a person does", () => {
  const target = { asset: "motor-1", label: "bearing_wear", by: "anna" };

  it("acknowledges, once", async () => {
    const plant = await withFault();
    await plant.command("ack", target);
    await plant.command("ack", { ...target, by: "otto" });
    assert.deepEqual(plant.events(), ["raised bearing_wear", "acknowledged bearing_wear"]);
    assert.equal(plant.mer.acknowledged?.by, "anna");
  });

  it("closes with the cause; the next bout is a record of its own", async () => {
    const plant = await withFault({ model: { n: 2, m: 3 } });
    await plant.see(sample("bearing_wear"));
    const first = plant.mer.mer_id;
    await plant.command("close", { mer_id: first, by: "anna", cause: "bearing worn, replaced" });
    assert.deepEqual(plant.book.open(), []);
    const closed = plant.sent.at(-1)?.mer;
    assert.deepEqual([closed?.active, closed?.closed?.cause], [false, "bearing worn, replaced"]);
    assert.deepEqual(await plant.outcomes("bearing_wear", "bearing_wear"), ["delayed", "alert"]);
    assert.notEqual(plant.mer.mer_id, first);
    assert.deepEqual(
      (await plant.book.closed(10)).map(({ mer_id }) => mer_id),
      [first],
    );
  });

  it("shelves for a time: nothing is announced, everything counted, and it ends by itself", async () => {
    const plant = await withFault({ offDelayMs: 0 });
    await plant.command("shelve", { ...target, minutes: 10 });
    assert.deepEqual(await plant.outcomes("bearing_wear", "normal", "bearing_wear"), ["shelved", "normal", "shelved"]);
    assert.deepEqual(plant.events(), ["raised bearing_wear", "shelved bearing_wear"]);
    assert.equal(plant.mer.evidence.count, 3);
    await plant.pass(601_000);
    assert.deepEqual(plant.events().slice(2), ["unshelved bearing_wear"]);
    assert.equal(plant.sent.at(-1)?.mer.active, true);
    assert.deepEqual(await plant.outcomes("bearing_wear"), ["repeat"]);
  });

  it("a shelf ends when the fault becomes more severe", async () => {
    const plant = await Plant.start();
    await plant.see(sample("normal", 0.9, { sensor_data: { temperature: 90 } }));
    await plant.command("shelve", { asset: "motor-1", label: "limit:temperature", minutes: 60 });
    const decided = await plant.see(sample("normal", 0.9, { sensor_data: { temperature: 99 } }));
    assert.equal(decided.decision.outcome, "alert");
    assert.equal(plant.sent.at(-1)?.event, "unshelved");
    assert.deepEqual([plant.mer.severity, plant.mer.shelved_until], ["critical", null]);
  });

  it("is told what is wrong with a command", async () => {
    const plant = await withFault();
    const refused: [name: string, fields: object, code: string, words: RegExp][] = [
      ["ack", { mer_id: "MER-404" }, "mer-unknown", /no open record MER-404/],
      ["ack", { asset: "motor-9", label: "bearing_wear" }, "mer-unknown", /bearing_wear on motor-9/],
      ["ack", {}, "command-field", /needs mer_id, or asset and label/],
      ["close", target, "command-field", /needs cause/],
      ["shelve", { ...target, minutes: "10" }, "command-field", /not a number/],
      ["shelve", { ...target, minutes: 100_000 }, "command-field", /100000 minutes, at most 1440/],
      ["shelve", { ...target, until: "2025-12-31T23:59:50.000Z" }, "command-field", /10 s ago/],
      ["shelve", { ...target, until: "tomorrow" }, "command-field", /not an ISO 8601 time/],
      ["raise", target, "command-unknown", /no command raise/],
    ];
    for (const [name, fields, code, words] of refused) {
      await assert.rejects(
        async () => plant.command(name, fields),
        (error: Error & { code: string }) => error.code === code && words.test(error.message),
        `${name} ${JSON.stringify(fields)}`,
      );
    }
    assert.deepEqual(plant.events(), ["raised bearing_wear"]);
  });
});

const asset = (i: number) => ({ asset: { ...MOTOR, id: `motor-${i}` } });

const flood = async (): Promise<Plant> => {
  const plant = await Plant.start({ model: { n: 1, m: 1 }, offDelayMs: 0 });
  for (let i = 1; i <= 14; i++) await plant.see(sample("bearing_wear", 0.9, asset(i)));
  return plant;
};

describe("alarms: a flood", () => {
  it("beyond 10 alarms in 10 minutes new ones are recorded, and one alarm stands for them", async () => {
    const plant = await flood();
    assert.deepEqual(plant.events(), [
      ...Array.from({ length: 10 }, () => "raised bearing_wear"),
      "raised flood:line-1",
    ]);
    assert.equal(plant.book.open().length, 15);
    assert.equal(plant.store.records.size, 15, "all are in the database");
    const standing = plant.book.open().find(({ label }) => label === "flood:line-1");
    assert.equal(standing?.evidence.count, 4);
    assert.equal(plant.book.open(true).length, 11, "only those that were announced, when they alone are asked for");
    assert.equal(plant.store.transitions.length, 15, "every transition goes to the bucket");
  });

  it("a critical alarm is announced also in a flood", async () => {
    const plant = await flood();
    await plant.see(sample("motor_overload", 0.9, asset(1)));
    assert.ok(plant.events().includes("raised motor_overload"));
  });

  it("another line is not concerned", async () => {
    const plant = await flood();
    await plant.see(sample("bearing_wear", 0.9, { asset: { id: "press-1", line: "line-2", station: "" } }));
    assert.equal(plant.sent.at(-1)?.mer.line, "line-2");
  });

  it("when it is over, what was held back is announced: nothing is lost", async () => {
    const plant = await flood();
    await plant.see(sample("normal", 0.9, asset(14)));
    const before = plant.sent.length;
    await plant.pass(601_000);
    const after = plant.sent.slice(before).map(({ event, mer }) => `${event} ${mer.asset_id}`);
    assert.deepEqual(after.sort(), [
      "cleared line-1",
      "cleared motor-14",
      "raised motor-11",
      "raised motor-12",
      "raised motor-13",
    ]);
  });

  it("also when the device restarts in the middle of it", async () => {
    const { store, clock, book } = await flood();
    await book.close();
    const plant = await Plant.start({}, { store, clock });
    await plant.pass(2000);
    const raised = plant.events().filter((event) => event === "raised bearing_wear");
    assert.equal(raised.length, 4);
  });
});
