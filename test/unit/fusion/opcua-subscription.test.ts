import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { ManualClock } from "../../../lib/clock";
import type { OpcuaConnection } from "../../../lib/fusion/opcua/connection";
import { Subscription } from "../../../lib/fusion/opcua/subscription";

/** A connection that nothing is asked of. */
const idle = { lost: new Promise<never>(() => undefined) } as OpcuaConnection;

describe("a subscription", () => {
  it("that ended is held by nothing that outlives it", () => {
    const { signal } = new AbortController();
    for (let reconnects = 0; reconnects < 3; reconnects++) {
      const subscription = new Subscription(idle, signal, new ManualClock(), {
        intervalMs: 100,
        watchdogMs: 0,
        allSilentMs: 0,
        stillMs: 0,
        openingMs: 1000,
        items: () => [],
        heard: () => undefined,
        value: () => undefined,
      });
      subscription.end();
    }
    assert.equal(getEventListeners(signal, "abort").length, 0);
  });
});
