import assert from "node:assert/strict";
import { EventEmitter, getEventListeners } from "node:events";
import type { ClientMonitoredItemBase, DataValue } from "node-opcua-client";
import { ManualClock } from "../../../lib/clock";
import type { OpcuaConnection } from "../../../lib/fusion/opcua/connection";
import { Subscription, type Followed, type Hooks } from "../../../lib/fusion/opcua/subscription";

/** A connection that nothing is asked of. */
const idle = { lost: new Promise<never>(() => undefined) } as OpcuaConnection;

const HOOKS: Hooks = {
  intervalMs: 100,
  watchdogMs: 0,
  allSilentMs: 0,
  stillMs: 0,
  openingMs: 1000,
  items: () => [],
  heard: () => undefined,
  value: () => undefined,
};

/** A server's side of a subscription: reports what it is told to, and answers for units when it is told to. */
class Reporting {
  readonly lost = new Promise<never>(() => undefined);
  /** Questions for units that are not answered yet. */
  readonly questions: ((unit: string | Error) => void)[] = [];
  report: (value: DataValue) => void = () => undefined;

  subscribe(): Promise<EventEmitter> {
    return Promise.resolve(Object.assign(new EventEmitter(), { publishingInterval: 100, maxKeepAliveCount: 10 }));
  }

  monitor(_subscription: unknown, items: Followed[], _ms: number, onValue: (item: Followed, value: DataValue) => void) {
    for (const item of items) item.monitored = {} as ClientMonitoredItemBase;
    this.report = (value) => onValue(items[0], value);
    return Promise.resolve([]);
  }

  units(): Promise<{ unit: string }[]> {
    return new Promise((resolve, reject) =>
      this.questions.push((unit) => (typeof unit === "string" ? resolve([{ unit }]) : reject(unit))),
    );
  }
}

const turn = (): Promise<void> => new Promise(setImmediate);
const SEMANTICS_CHANGED = 0x4000;
const valueOf = (value: number, status = 0): DataValue =>
  ({ value: { value }, statusCode: { value: status } }) as unknown as DataValue;

describe("a subscription", () => {
  it("delivers no value before its unit is known, and asks again when the server says that it is another", async () => {
    const clock = new ManualClock();
    const item = { nodeId: "ns=1;s=x", listeners: new Set([() => undefined]), heardAt: 0 } as unknown as Followed;
    const heard: [unknown, string | undefined][] = [];
    const server = new Reporting();
    const subscription = new Subscription(server as unknown as OpcuaConnection, new AbortController().signal, clock, {
      ...HOOKS,
      items: () => [item],
      value: ({ unit }, value) => heard.push([value.value.value, unit]),
    });
    const begun = subscription.begin(() => [item]);
    await turn();
    server.report(valueOf(70));
    server.report(valueOf(71));
    assert.deepEqual(heard.splice(0), []);
    server.questions.shift()?.("°F");
    await begun;
    const waited = [70, 71].map((value) => [value, "°F"]);
    assert.deepEqual(heard.splice(0), waited, "all that waited, in order");

    clock.advance(60_000);
    server.report(valueOf(72));
    assert.equal(server.questions.length, 0, "no question for a sample");
    server.report(valueOf(22, SEMANTICS_CHANGED));
    server.report(valueOf(23));
    assert.deepEqual(heard.splice(0), [[72, "°F"]]);
    server.questions.shift()?.("°C");
    await turn();
    const both = [22, 23].map((value) => [value, "°C"]);
    assert.deepEqual(heard.splice(0), both);
    server.report(valueOf(24, SEMANTICS_CHANGED));
    assert.equal(server.questions.length, 0, "one that never takes the bit away is not asked for ever");
    assert.deepEqual(heard.splice(0), [[24, "°C"]]);

    clock.advance(60_000);
    server.report(valueOf(25, SEMANTICS_CHANGED));
    for (let value = 0; value < 100; value++) server.report(valueOf(value));
    server.questions.shift()?.(new Error("BadTimeout"));
    await turn();
    assert.deepEqual([heard.length, heard[0]], [100, [0, "°C"]], "what it told before counts; the oldest gave way");
    subscription.end();
  });

  it("that ended is held by nothing that outlives it", () => {
    const { signal } = new AbortController();
    for (let reconnects = 0; reconnects < 3; reconnects++) {
      const subscription = new Subscription(idle, signal, new ManualClock(), HOOKS);
      subscription.end();
    }
    assert.equal(getEventListeners(signal, "abort").length, 0);
  });
});
