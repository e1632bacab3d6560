import assert from "node:assert/strict";
import { ManualClock } from "../../../lib/clock";
import { Link } from "../../../lib/fusion/link";
import { loadOptional } from "../../../lib/optional";

/** Lets everything that is ready run. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function closed(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

describe("a link", () => {
  it("begins anew after every loss, waits longer each time, and not so once it worked", async () => {
    const clock = new ManualClock();
    const begun: number[] = [];
    const heard: string[] = [];
    const link = new Link(
      async (signal, works) => {
        begun.push(clock.monotonic());
        if (begun.length < 4) throw new Error("refused");
        works();
        if (begun.length === 5) return closed(signal);
        throw new Error("lost");
      },
      clock,
      () => 0.5,
    );
    link.watch((trouble) => heard.push(trouble));
    link.start();
    link.start();
    for (let i = 0; i < 80; i++) {
      await settle();
      clock.advance(25);
    }
    const waits = begun.slice(1).map((at, i) => at - begun[i]);
    assert.deepEqual(waits, [225, 350, 600, 225], "0.1 s and half of 0.25, 0.5, 1 s; then from the beginning");
    assert.deepEqual(heard, ["connecting", "refused", "", "lost", ""]);
    await link.stop();
  });

  it("waits at most 1.6 seconds between attempts", async () => {
    const clock = new ManualClock();
    let attempts = 0;
    const link = new Link(
      () => {
        attempts++;
        return Promise.reject(new Error("refused"));
      },
      clock,
      () => 1,
    );
    link.start();
    for (let i = 0; i < 30; i++) {
      await settle();
      clock.advance(1600);
    }
    assert.equal(attempts, 30);
    await link.stop();
  });

  it("serves one connection at a time, also when stopped and started in one go", async () => {
    const clock = new ManualClock();
    let open = 0;
    let most = 0;
    const link = new Link(
      async (signal, works) => {
        most = Math.max(most, ++open);
        works();
        await closed(signal);
        await settle();
        open--;
      },
      clock,
      () => 0,
    );
    link.start();
    await settle();
    void link.stop();
    link.start();
    await settle();
    await link.stop();
    assert.deepEqual([open, most], [0, 1]);
  });
});

describe("an optional library", () => {
  it("that is missing says the line that installs it", () => {
    assert.throws(() => loadOptional("node-opcua-client", "OPC UA", () => require("no-such-library") as unknown), {
      code: "library-missing",
      message:
        "OPC UA needs node-opcua-client, which is not installed — in the Node-RED user directory run `npm install node-opcua-client` and restart Node-RED",
    });
  });

  it("that is broken says its own error", () => {
    assert.throws(() => loadOptional("x", "X", () => Buffer.alloc(-1)), RangeError);
  });
});
