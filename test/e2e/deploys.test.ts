import assert from "node:assert/strict";
import { deployUnderLoad, startDeployRig, type DeployRig } from "../support/deploys/rig";

const ROUNDS = 10;
const PER_SECOND = 500;

describe("deploys in the middle of a shift", function () {
  this.timeout(120_000);
  let rig: DeployRig;
  before(async () => (rig = await startDeployRig()));
  after(() => rig.close());

  it("lose no message, leave nothing behind, and load no model again", async () => {
    const { seen, lost, left, reloads } = await deployUnderLoad(rig, ROUNDS, PER_SECOND);
    assert.equal(lost, 0, `${JSON.stringify(seen)}\n${rig.log}`);
    assert.ok(seen.accepted > 0.5 * seen.sent, `most of ${seen.sent} must have met a node that runs: ${seen.accepted}`);
    assert.deepEqual(left, {});
    assert.equal(reloads, 0);
  });

  it("load the model again when the way it is run has changed", async () => {
    const before = await rig.loads();
    await rig.reconfigureModel();
    await rig.settle();
    assert.equal((await rig.loads()) - before, 1);
  });
});
