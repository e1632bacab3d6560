import assert from "node:assert/strict";
import { ManualClock } from "../../../lib/clock";
import { Registry } from "../../../lib/storage/registry";

class Thing {
  closed = 0;
  async close(): Promise<void> {
    this.closed++;
  }
}

describe("the registry of what outlives a deploy", () => {
  const clock = new ManualClock();
  const registry = new Registry<Thing>(clock, 5000);
  const acquire = (config: object = { threads: 1 }): ReturnType<Registry<Thing>["acquire"]> =>
    registry.acquire("a", config, () => new Thing());

  it("gives the same thing for the same name and configuration", () => {
    const [one, two, other] = [acquire(), acquire(), acquire({ threads: 2 })];
    assert.equal(one.value, two.value);
    assert.notEqual(one.value, other.value);
    for (const lease of [one, two, other]) lease.release();
    clock.advance(5000);
    assert.equal(registry.size, 0);
  });

  it("keeps it over a deploy, and closes it some seconds after the last user went", () => {
    const first = acquire();
    first.release();
    clock.advance(4999);
    const second = acquire();
    assert.equal(second.value, first.value);
    clock.advance(60_000);
    assert.equal(first.value.closed, 0);
    second.release();
    second.release();
    clock.advance(5000);
    assert.equal(first.value.closed, 1);
    assert.notEqual(acquire().value, first.value);
  });
});
