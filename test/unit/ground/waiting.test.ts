import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { ManualClock } from "../../../lib/clock";
import { EdgeError } from "../../../lib/errors";
import { pause, within } from "../../../lib/waiting";

const late = (text: string): Error => new EdgeError("context-unavailable", `${text}; done or not`);
const listeners = (signal: AbortSignal): number => getEventListeners(signal, "abort").length;

describe("a peer that never answers", () => {
  it("is given up after the limit, with the number in the error", async () => {
    const clock = new ManualClock();
    const waiting = within(new Promise(() => undefined), 2000, "connecting", clock);
    clock.advance(2000);
    await assert.rejects(waiting, { code: "timeout", message: "connecting: no answer within 2,000 ms" });
    assert.equal(await within(Promise.resolve(7), 2000, "connecting", clock), 7);
  });

  it("is given up with the error that its user wants", async () => {
    const clock = new ManualClock();
    const waiting = within(new Promise(() => undefined), 3000, "writing", clock, late);
    clock.advance(3000);
    const message = "writing: no answer within 3,000 ms; done or not";
    await assert.rejects(waiting, { code: "context-unavailable", message });
  });
});

describe("a pause", () => {
  it("leaves nothing on its signal, however many there were", async () => {
    const clock = new ManualClock();
    const { signal } = new AbortController();
    for (let i = 0; i < 20; i++) {
      const waiting = pause(10, signal, clock);
      clock.advance(10);
      await waiting;
    }
    assert.equal(listeners(signal), 0);
  });

  it("ends when its signal is aborted, and never begins when it was", async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const waiting = pause(3_600_000, controller.signal, clock);
    controller.abort();
    await waiting;
    await pause(3_600_000, controller.signal, clock);
    assert.equal(listeners(controller.signal), 0);
    assert.equal(clock.monotonic(), 0);
  });
});
