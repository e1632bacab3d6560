import assert from "node:assert/strict";
import type { EdgeMessage } from "../../../lib/messages";
import { MOTOR, OTHER, UNKNOWN, scan, scanned, setUp } from "./fuser-rig";

const timed = (code: string, expected_runtime: unknown, more: EdgeMessage = {}): EdgeMessage =>
  scanned(code, { context: { product: code, expected_runtime }, ...more });
const READING: EdgeMessage = { payload: { vibration_x: 1, temperature: 80 } };
const OVER = (part: string, why: string) => ({ code: "run-over", reason: `the run of ${part} is over: ${why}` });

describe("fusion: the end of a run", () => {
  it("takes the context away: what comes after carries none, and says why", () => {
    const { fuser, only } = setUp({ trigger: "any" });
    fuser.take(scanned("A"));
    assert.equal(only({ ...READING }).usable, true);
    assert.deepEqual(fuser.take({ run: { phase: "end" } } as EdgeMessage), []);
    const { usable, message } = only({ ...READING, context: { product: "A" } });
    assert.equal(usable, false);
    assert.deepEqual(message.unusable, OVER("A", "an end signal came"));
    for (const property of ["scan", "context", "lookup", "run"] as const) assert.equal(message[property], undefined);
    assert.equal(message.sensor_data?.["temperature"], 80, "limits guard it all the same");
    fuser.take(scanned("B"));
    assert.deepEqual(only({ ...READING }).message.context, { product: "B" });
    fuser.close();
  });

  it("comes with expected_runtime times the factor, on a clock that does not jump", () => {
    const { fuser, only, clock, notices } = setUp({ trigger: "any" });
    fuser.take(timed("A", 60));
    clock.jump(3_600_000);
    clock.advance(89_999);
    assert.equal(only({ ...READING }).message.run?.phase, "start");
    clock.advance(1);
    const why = "expected_runtime 60 s × 1.5 = 90 s have passed";
    assert.deepEqual(only({ ...READING }).message.unusable, OVER("A", why));
    assert.deepEqual(
      notices.map(({ event, asset, fusion }) => [event?.kind, event?.cause, asset?.id, fusion]),
      [["run-timeout", why, "motor-1", undefined]],
    );
    fuser.close();
  });

  it("by time makes the sample of a run that is sampled at its end, once, with its own context", () => {
    const { fuser, clock, emitted } = setUp({ trigger: "run_end" });
    fuser.take({ ...READING });
    fuser.take(timed("A", 1));
    clock.advance(1500);
    assert.equal(emitted.length, 1);
    const { message } = emitted[0];
    assert.deepEqual([message.run?.phase, message.scan?.code, message.unusable], ["end", "A", undefined]);
    assert.deepEqual(fuser.take(timed("B", 1)), [], "the run of A made its sample");
    fuser.close();
    clock.advance(10_000);
    assert.equal(emitted.length, 1, "nothing after close");
  });

  it("holds where the timer is late: a stalled loop lends no context", () => {
    const { fuser, clock } = setUp({ trigger: "any" });
    fuser.take(timed("A", 1));
    const stalled = clock as unknown as { timers: unknown[] };
    stalled.timers = [];
    clock.advance(1500);
    const [sample] = fuser.take({ ...READING });
    assert.equal(sample.message.unusable?.code, "run-over");
    fuser.close();
  });

  it("by time needs a field that is settable, and a factor above 0", () => {
    const field = setUp({ trigger: "any", run: { runtimeField: "recipe.seconds", factor: 2 } });
    field.fuser.take(scanned("A", { context: { expected_runtime: 1, recipe: { seconds: 10 } } }));
    field.clock.advance(19_999);
    assert.equal(field.only({ ...READING }).message.scan?.code, "A");
    field.clock.advance(1);
    assert.equal(field.only({ ...READING }).message.scan, undefined);
    field.fuser.close();
    const never = setUp({ trigger: "any", run: { runtimeField: "expected_runtime", factor: 0 } });
    never.fuser.take(timed("A", 1));
    never.clock.advance(86_400_000);
    assert.equal(never.only({ ...READING }).message.scan?.code, "A");
    never.fuser.close();
  });

  it("may be further away than a timer can count", () => {
    const { fuser, only, clock } = setUp({ trigger: "any" });
    const days = 40;
    fuser.take(timed("A", days * 86_400));
    clock.advance(days * 1.5 * 86_400_000 - 1);
    assert.equal(only({ ...READING }).message.scan?.code, "A");
    clock.advance(1);
    assert.equal(only({ ...READING }).message.scan, undefined);
    fuser.close();
  });

  it("does not come by a time that is no number of seconds, and output 2 says so", () => {
    for (const wrong of ["60", 0, -1, NaN, {}, true]) {
      const { fuser, notices, clock, only } = setUp({ trigger: "any" });
      fuser.take(timed("A", wrong));
      clock.advance(86_400_000);
      assert.equal(notices.length, 1, JSON.stringify(wrong));
      assert.equal(notices[0]?.event?.kind, "run-untimed");
      assert.match(notices[0]?.event?.cause ?? "", /^expected_runtime is .*, must be a number of seconds above 0/);
      assert.equal(only({ ...READING }).message.scan?.code, "A");
      fuser.close();
    }
  });

  it("that is named ends its own run alone; one that ends nothing is counted", () => {
    const { fuser, only } = setUp({ trigger: "any" });
    fuser.take(scanned("A"));
    const first = only({ ...READING }).message.run;
    fuser.take(scanned("B"));
    assert.deepEqual(fuser.take({ run: { ...first, phase: "end" } } as EdgeMessage), []);
    assert.equal(fuser.counts.lateEnds, 1);
    const second = only({ ...READING }).message;
    assert.equal(second.scan?.code, "B");
    fuser.take({ run: { ...second.run, phase: "end" } } as EdgeMessage);
    assert.equal(only({ ...READING }).message.unusable?.code, "run-over");
    fuser.take({ command: { name: "end" } });
    assert.equal(fuser.counts.lateEnds, 2);
    fuser.close();
  });
});

describe("fusion: a run", () => {
  it("without a context says on each of its samples why", () => {
    const { fuser, only } = setUp({ trigger: "any" });
    fuser.take({ scan: scan("X"), unusable: UNKNOWN });
    const { message } = only({ ...READING, context: { product: "left over" } });
    assert.deepEqual([message.unusable, message.context, message.scan?.code], [UNKNOWN, undefined, "X"]);
    fuser.close();
  });

  it("is its asset's own: an end, a time and a scan of another touch nothing", () => {
    const { fuser, clock } = setUp({ trigger: "any" }, [MOTOR, OTHER]);
    const of = (id: string): EdgeMessage => fuser.take({ ...READING, topic: id })[0].message;
    fuser.take(timed("A", 1, { topic: "motor-1" }));
    fuser.take(scanned("B", { topic: "motor-2" }));
    assert.deepEqual([of("motor-1").scan?.code, of("motor-2").scan?.code], ["A", "B"]);
    clock.advance(1500);
    assert.deepEqual([of("motor-1").scan?.code, of("motor-2").scan?.code], [undefined, "B"]);
    fuser.take(scanned("C", { topic: "motor-1" }));
    fuser.take({ command: { name: "end" }, topic: "motor-2" });
    assert.deepEqual([of("motor-1").scan?.code, of("motor-2").scan?.code], ["C", undefined]);
    fuser.close();
  });

  it("that was never begun leaves samples usable without a context", () => {
    const { fuser, only } = setUp({ trigger: "any" });
    const { usable, message } = only({ ...READING, context: { product: "of the flow itself" } });
    assert.deepEqual([usable, message.run, message.context], [true, undefined, { product: "of the flow itself" }]);
    fuser.close();
  });
});
