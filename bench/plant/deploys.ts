import { deployUnderLoad, startDeployRig } from "../../test/support/deploys/rig";
import { figure, type Figure } from "../figures";

/** Each in five ways: full, flows, nodes, a tab that is disabled and enabled, a restart. */
const ROUNDS = 20;
const PER_SECOND = 500;

/** What 100 deploys under load cost. */
export async function deployFigures(): Promise<Figure[]> {
  const rig = await startDeployRig();
  try {
    const { seen, lost, left, reloads, heapPerDeploy } = await deployUnderLoad(rig, ROUNDS, PER_SECOND);
    if (lost > 0)
      console.error(`lost: ${JSON.stringify({ open: seen.open, doubles: seen.doubles, failed: seen.failed })}`);
    const names = Object.keys(left);
    if (names.length > 0) console.error(`left: ${JSON.stringify(left)}`);
    return [
      figure("deploy_messages", seen.accepted, "messages", null),
      figure("deploy_lost", lost, "messages", "≤ 0"),
      figure(
        "handles_left",
        Object.values(left).reduce((sum, count) => sum + count, 0),
        "handles",
        "≤ 0",
      ),
      figure("model_reloads", reloads, "loads", "≤ 0"),
      figure("heap_per_deploy", heapPerDeploy / 1024, "kB", null),
    ];
  } catch (error) {
    console.error(rig.log);
    throw error;
  } finally {
    await rig.close();
  }
}
