import assert from "node:assert/strict";
import { LASTING, PASSING, underBoth, type Fault } from "../support/opcua-faults";
import { OpcuaRig } from "../support/opcua-rig";
import { shareOut } from "../support/share-out";

const SERVERS = 4;

/** Neighbours of the list, and each with one that passes: every fault meets at least three others. The soak has all. */
function pairs(): [Fault, Fault][] {
  const chosen: [Fault, Fault][] = [];
  for (const [i, fault] of LASTING.entries()) {
    chosen.push([fault, LASTING[(i + 1) % LASTING.length]]);
    chosen.push([fault, PASSING[i % PASSING.length]]);
  }
  return chosen;
}

/** From the server to output 2 and back, for each fault alone and in twos. */
describe("sensor-fuse at an OPC UA server with faults", function () {
  this.timeout(120_000);
  let rigs: OpcuaRig[] = [];

  before(async () => {
    rigs = await Promise.all(Array.from({ length: SERVERS }, () => OpcuaRig.start()));
  });
  after(() => Promise.all(rigs.map((rig) => rig.stop())));

  it("tells each pair of faults within the maximum age, and is back within five seconds of its end", async () => {
    const failed = await shareOut(rigs, pairs(), (rig, [one, other]) =>
      underBoth(rig, one, other).then(() => undefined, String),
    );
    assert.deepEqual(failed, []);
  });
});
