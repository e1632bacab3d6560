import assert from "node:assert/strict";
import { ManualClock } from "../../../lib/clock";
import { SharedFiles } from "../../../lib/storage/shared-files";

interface Closable {
  close(): Promise<void>;
}

const registryAt = (clock: ManualClock) => new SharedFiles<Closable>(clock, "settings", "thing");

function opener(fail = 0): { open: () => Promise<Closable>; opened: () => number; closed: () => number } {
  let opened = 0;
  let closed = 0;
  const spool = { close: () => Promise.resolve(void closed++) };
  const open = (): Promise<Closable> => {
    opened++;
    return opened <= fail ? Promise.reject(new Error("locked")) : Promise.resolve(spool);
  };
  return { open, opened: () => opened, closed: () => closed };
}

describe("one opening per file", () => {
  it("is opened once, and closed with its last user", async () => {
    const registry = registryAt(new ManualClock());
    const { open, opened, closed } = opener();
    const [one, two] = [registry.lease("data", { quota_mb: 8 }, open), registry.lease("data", { quota_mb: 8 }, open)];
    assert.equal(await one.opened(), await two.opened());
    await one.release();
    assert.deepEqual([opened(), closed()], [1, 0]);
    await two.release();
    assert.deepEqual([opened(), closed()], [1, 1]);
  });

  it("has one set of settings", () => {
    const registry = registryAt(new ManualClock());
    const { open } = opener();
    registry.lease("data", { quota_mb: 8 }, open);
    assert.throws(() => registry.lease("data", { quota_mb: 9 }, open), {
      code: "settings",
      message: /another thing uses data .*"quota_mb":8.*"quota_mb":9/,
    });
    registry.lease("elsewhere", { quota_mb: 9 }, open);
  });

  it("is tried again some seconds after it could not be opened", async () => {
    const clock = new ManualClock();
    const { open, opened } = opener(1);
    const lease = registryAt(clock).lease("data", {}, open);
    await assert.rejects(lease.opened(), /locked/);
    await assert.rejects(lease.opened(), /locked/);
    assert.equal(opened(), 1);
    clock.advance(5000);
    await lease.opened();
    assert.equal(opened(), 2);
    await lease.release();
  });

  it("is not opened again before it is closed", async () => {
    const registry = registryAt(new ManualClock());
    const steps: string[] = [];
    const open = (): Promise<Closable> => {
      steps.push("open");
      const close = async (): Promise<void> => {
        await new Promise((resolve) => setImmediate(resolve));
        steps.push("closed");
      };
      return Promise.resolve({ close });
    };
    const one = registry.lease("data", {}, open);
    await one.opened();
    const released = one.release();
    await registry.lease("data", {}, open).opened();
    await released;
    assert.deepEqual(steps, ["open", "closed", "open"]);
  });

  it("can be opened again though closing it went wrong", async () => {
    const registry = registryAt(new ManualClock());
    let closing: Promise<void> = Promise.reject(new Error("disk gone"));
    const open = (): Promise<Closable> => Promise.resolve({ close: () => closing });
    const one = registry.lease("data", {}, open);
    await one.opened();
    await assert.rejects(one.release(), /disk gone/);
    closing = Promise.resolve();
    const two = registry.lease("data", {}, open);
    await two.opened();
    await two.release();
  });
});
