import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Compile } from "typebox/compile";
import type { Alarm, AlarmSettings, Now } from "../../../lib/decision/alarm";
import type { AlarmCommand } from "../../../lib/decision/commands";
import type { Level } from "../../../lib/decision/limits";
import type { Condition } from "../../../lib/decision/policy";
import {
  EMPTY_STATE,
  allAlarms,
  reduce,
  restore,
  type AlarmEvent,
  type AlarmState,
  type Reduced,
} from "../../../lib/decision/reducer";
import { Mer, type Severity } from "../../../lib/messages";
import { alarmSettings } from "./support";

const merSchema = Compile(Mer);
const ASSETS = ["motor-1", "motor-2", "motor-3"];
const LABELS = ["bearing_wear", "limit:temperature"];

interface SampleStep {
  readonly kind: "sample";
  readonly asset: string;
  readonly label: string;
  readonly on: boolean;
  readonly severity: Severity;
  readonly level: Level;
}
interface CommandStep {
  readonly kind: "command";
  readonly name: AlarmCommand["name"];
  readonly asset: string;
  readonly label: string;
}
interface TimeStep {
  readonly kind: "tick";
  readonly ms: number;
}
type Step = SampleStep | CommandStep | TimeStep;

const asset = fc.constantFrom(...ASSETS);
const label = fc.constantFrom(...LABELS);
const sampleStep: fc.Arbitrary<SampleStep> = fc.record({
  kind: fc.constant("sample" as const),
  asset,
  label,
  on: fc.boolean(),
  severity: fc.constantFrom<Severity>("low", "medium", "high", "critical"),
  level: fc.constantFrom<Level>("off", "off", "hold", "unknown"),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: sampleStep },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("command" as const),
      name: fc.constantFrom("ack", "shelve", "unshelve", "close"),
      asset,
      label,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("tick" as const), ms: fc.integer({ min: 0, max: 90_000 }) }) },
);

/** Runs steps through the reducer; `check` sees every transition. */
function run(
  steps: readonly Step[],
  settings: AlarmSettings,
  check: (before: AlarmState, reduced: Reduced, event: AlarmEvent, now: Now) => void = () => undefined,
): { state: AlarmState; now: Now; last: Map<string, Mer>; sent: string[]; alerts: number } {
  let state = EMPTY_STATE;
  let now: Now = { wall: Date.UTC(2026, 0, 1), mono: 0 };
  const last = new Map<string, Mer>();
  const sent: string[] = [];
  let alerts = 0;
  steps.forEach((item, i) => {
    if (item.kind === "tick") now = { wall: now.wall + item.ms, mono: now.mono + item.ms };
    if (item.kind === "command" && !state.assets.get(item.asset)?.get(item.label)?.mer) return;
    const event = eventOf(item, i);
    const before = state;
    const reduced = reduce(before, event, now, settings);
    if (event.kind === "sample") alerts += event.conditions.length;
    state = reduced.state;
    for (const change of reduced.changes) {
      last.set(change.mer.mer_id, change.mer);
      if (change.sent) sent.push(change.mer.mer_id);
    }
    for (const { mer } of allAlarms(state)) if (mer) last.set(mer.mer_id, mer);
    check(before, reduced, event, now);
  });
  return { state, now, last, sent, alerts };
}

function eventOf(item: Step, i: number): AlarmEvent {
  if (item.kind === "tick") return { kind: "tick", mine: () => true };
  if (item.kind === "command") {
    const target = { assetId: item.asset, label: item.label };
    return {
      kind: "command",
      command: { name: item.name, target, by: "anna", until: { minutes: 1 }, cause: "found" } as AlarmCommand,
    };
  }
  const condition: Condition = {
    label: item.label,
    source: item.label.startsWith("limit:") ? "limit" : "model",
    severity: item.severity,
    action: "",
    confidence: 0.9,
    limits: [],
  };
  return {
    kind: "sample",
    asset: { id: item.asset, line: "line-1", station: "" },
    fusionId: String(i),
    ldoId: `LDO-${i}`,
    conditions: item.on ? [condition] : [],
    levelOf: () => item.level,
  };
}

const settings = alarmSettings({ floodLimit: 3, updateEveryMs: 20_000 });
const sequences = fc.array(step, { maxLength: 120 });

const durable = (of: AlarmState) =>
  [...allAlarms(of)]
    .flatMap(({ asset: { id }, mer, held, episode }) => (mer ? [{ id, mer, held, episode }] : []))
    .sort((a, b) => a.mer.mer_id.localeCompare(b.mer.mer_id));

const freeze = (state: AlarmState): void => {
  for (const alarm of allAlarms(state)) {
    Object.freeze(alarm);
    if (alarm.mer) Object.freeze(Object.freeze(alarm.mer).evidence);
  }
};

describe("alarms, under any sequence of samples, commands and time", () => {
  it("writes down nothing that is not a record as the schema says", () => {
    fc.assert(
      fc.property(sequences, (steps) => {
        run(steps, settings, (_, { state, changes }) => {
          const open = [...allAlarms(state)].flatMap(({ mer }) => mer ?? []);
          for (const mer of [...changes.map((change) => change.mer), ...open]) {
            const json: unknown = JSON.parse(JSON.stringify(mer));
            assert.deepEqual(merSchema.Errors(json), []);
          }
        });
      }),
      { numRuns: 30 },
    );
  });

  it("at most one record is open per asset and label", () => {
    fc.assert(
      fc.property(sequences, (steps) => {
        const { last } = run(steps, settings);
        const open = [...last.values()].filter((mer) => !mer.closed).map((mer) => `${mer.asset_id} ${mer.label}`);
        assert.equal(new Set(open).size, open.length);
      }),
    );
  });

  it("a record is born by raised, cleared only when active, and says nothing after closed", () => {
    fc.assert(
      fc.property(sequences, (steps) => {
        const life = new Map<string, { active: boolean; closed: boolean }>();
        run(steps, settings, (_before, { changes }) => {
          for (const { event, mer } of changes) {
            const was = life.get(mer.mer_id);
            assert.equal(was?.closed ?? false, false, `${event} after closed`);
            if (!was) assert.equal(event, "raised");
            if (event === "cleared") assert.equal(mer.active, false);
            if (event === "cleared" && was?.active === false)
              assert.match(changes.map(({ cause }) => cause).join(), /held back/);
            if (event === "raised") assert.equal(mer.active, true);
            life.set(mer.mer_id, { active: mer.active, closed: mer.closed !== null });
          }
        });
      }),
    );
  });

  it("a sample that meets a condition always has a verdict, and is counted once: in a record or in a delayed bout", () => {
    fc.assert(
      fc.property(sequences, (steps) => {
        let dropped = 0;
        const { state, last, alerts } = run(steps, settings, (before, reduced, event) => {
          if (event.kind === "sample") assert.equal(reduced.verdicts.length, event.conditions.length);
          for (const alarm of allAlarms(before)) dropped += droppedBout(alarm, reduced);
        });
        const recorded = [...last.values()]
          .filter(({ label: of }) => !of.startsWith("flood:"))
          .reduce((n, mer) => n + mer.evidence.count, 0);
        const delayed = [...allAlarms(state)].reduce((n, alarm) => n + (alarm.pending?.count ?? 0), 0);
        assert.equal(recorded + delayed + dropped, alerts);
      }),
    );
  });

  it("a raised alarm is announced, shelved by a person, or held back by a flood that says so and ends", () => {
    fc.assert(
      fc.property(sequences, (steps) => {
        const ran = run(steps, settings);
        const held = [...allAlarms(ran.state)].filter((alarm) => alarm.held);
        if (held.length > 0) assert.ok([...ran.last.values()].some(({ label: of }) => of === "flood:line-1"));
        const later = { wall: ran.now.wall + 700_000, mono: ran.now.mono + 700_000 };
        const end = reduce(ran.state, { kind: "tick", mine: () => true }, later, settings);
        const announced = new Set([
          ...ran.sent,
          ...end.changes.filter(({ sent }) => sent).map(({ mer }) => mer.mer_id),
        ]);
        for (const { mer, held: still } of allAlarms(end.state)) {
          assert.equal(still, false);
          if (mer) assert.ok(announced.has(mer.mer_id), `${mer.mer_id} was never announced`);
        }
      }),
    );
  });

  it("a restart at any moment restores the records exactly", () => {
    fc.assert(
      fc.property(sequences, (steps) => {
        const { state, now } = run(steps, settings);
        const stored = [...allAlarms(state)].flatMap(({ mer, held, episode }) => (mer ? [{ mer, held, episode }] : []));
        assert.deepEqual(durable(restore(structuredClone(stored), now)), durable(state));
      }),
    );
  });

  it("the reducer changes no state it was given", () => {
    fc.assert(
      fc.property(
        sequences,
        (steps) => void run(steps, settings, (before, { state }) => (freeze(before), freeze(state))),
      ),
    );
  });
});

/** How many samples of a delayed bout a step let go of without a record. */
function droppedBout(before: Alarm, { state, changes }: Reduced): number {
  if (!before.pending) return 0;
  const after = state.assets.get(before.asset.id)?.get(before.label);
  if (
    after?.pending ||
    changes.some(
      ({ event, mer }) => event === "raised" && mer.asset_id === before.asset.id && mer.label === before.label,
    )
  )
    return 0;
  return before.pending.count;
}
